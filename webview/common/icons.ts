// The few icons of the views, drawn on a 16 × 16 grid with the text colour. Decoration only: every button has a name.
import { svgElement } from './element.ts';

const strokes = {
  previous: 'M10 3 5 8l5 5',
  next: 'M6 3l5 5-5 5',
  copy: 'M6 5.5h7.5V14H6zM10 5V2.5H2.5V11H5.5',
  remove: 'M4 4l8 8M12 4l-8 8',
  insert: 'M8 2v8M4.5 7 8 10.5 11.5 7M3 13.5h10',
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
