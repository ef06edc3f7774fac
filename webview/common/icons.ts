// The few icons of the views, drawn on a 16 × 16 grid with the text colour. Decoration only: every button has a name.
import { svgElement } from './element.ts';

const strokes = {
  previous: 'M10 3 5 8l5 5',
  next: 'M6 3l5 5-5 5',
  copy: 'M6 5.5h7.5V14H6zM10 5V2.5H2.5V11H5.5',
  remove: 'M4 4l8 8M12 4l-8 8',
  insert: 'M8 2v8M4.5 7 8 10.5 11.5 7M3 13.5h10',
  replace: 'M3 4h7.5M8 1.5 10.5 4 8 6.5M13 12H5.5M8 9.5 5.5 12 8 14.5',
  diff: 'M4.5 3v6M1.5 6h6M9 11h5.5M13 2 3 14.5',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9M10.3 10.3 14 14',
  measure: 'M1.5 5.5h13v5h-13zM4.5 5.5v2.5M8 5.5v3M11.5 5.5v2.5',
  sweep: 'M2 13.5V3M2 13.5h12M3.5 11l3-5 3 3 4-6',
  undo: 'M5.5 3 2.5 6l3 3M2.5 6H10a3.5 3.5 0 0 1 0 7H6',
  redo: 'M10.5 3l3 3-3 3M13.5 6H6a3.5 3.5 0 0 0 0 7h4',
  compare: 'M2.5 3.5h4.5v9H2.5zM9 3.5h4.5v9H9z',
  done: 'M3 8.5 6.5 12 13 4.5',
  steer: 'M2 5h5M11 5h3M9 3v4M2 11h2M8 11h6M6 9v4',
} as const;

const solids = {
  run: 'M4.5 2.5v11l9-5.5z',
  stop: 'M3.5 3.5h9v9h-9z',
} as const;

export type IconName = keyof typeof strokes | keyof typeof solids;

export function icon(name: IconName): SVGSVGElement {
  const isSolid = name in solids;
  const path = svgElement('path', {
    attributes: {
      d: { ...strokes, ...solids }[name],
      fill: isSolid ? 'currentColor' : 'none',
      stroke: 'currentColor',
      'stroke-width': isSolid ? 0 : 1.2,
      'stroke-linejoin': 'round',
    },
  });
  return svgElement(
    'svg',
    {
      class: 'icon',
      attributes: { viewBox: '0 0 16 16', width: 16, height: 16, 'aria-hidden': 'true' },
    },
    path,
  );
}
