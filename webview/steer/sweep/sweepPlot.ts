// One measure over the strength: a line with a point for each strength. A point says its numbers on hover and on focus, and
// a click or Enter takes its strength; the arrow keys go from point to point. The table beside it says the same in words.
import { t } from '../../../src/shared/l10n.ts';
import { figureText, numberText } from '../../../src/shared/numberText.ts';
import { element, svgElement } from '../../common/element.ts';
import { addTooltips, indexOfItem, markItem } from '../../common/tooltip.ts';
import { amountText } from './amountText.ts';
import { type PlotArea, type PlotScale, linePath, plotScale } from './plotScale.ts';

const size = { width: 280, height: 130 };
const area: PlotArea = { left: 38, right: 270, top: 10, bottom: 106 };

export interface SweepPlotOptions {
  /** What is measured. */
  readonly name: string;
  readonly title: string;
  readonly amounts: readonly number[];
  readonly values: readonly number[];
  /** The value without any edit, where that is not 0 by definition. */
  readonly baseline?: number;
  /** The strength that the edit has. */
  readonly current: number;
  readonly onChoose: (amount: number) => void;
}

export function sweepPlot(options: SweepPlotOptions): HTMLElement {
  const { name, title, amounts, values, baseline } = options;
  const caption = element('figcaption', { attributes: { title } }, name);
  if (!values.some(Number.isFinite)) {
    const why = t('There is nothing to measure: the texts are too short.');
    return element(
      'figure',
      { class: 'sweep-plot' },
      caption,
      element('p', { class: 'quiet' }, why),
    );
  }
  const all = baseline === undefined ? values : [...values, baseline];
  const scale = plotScale(amounts, all, area);
  const plot = svgElement(
    'svg',
    {
      class: 'plot',
      attributes: {
        viewBox: `0 0 ${String(size.width)} ${String(size.height)}`,
        ...{ role: 'group', 'aria-label': t('{0} over strength', name) },
      },
    },
    ...axes(amounts, scale),
    ...marks(options, scale),
    svgElement('path', { class: 'plot-line', attributes: { d: linePath(places(options, scale)) } }),
    ...points(options, scale),
  );
  const tipOf = (index: number): readonly string[] => [
    t('Strength {0}', amountText(amounts[index] ?? NaN)),
    `${name} ${numberText(values[index] ?? NaN)}`,
  ];
  const figure = element('figure', { class: 'sweep-plot' }, caption, plot);
  addTooltips(figure, (item) => tipOf(indexOfItem(item)));
  return figure;
}

function places({ amounts, values }: SweepPlotOptions, scale: PlotScale) {
  return amounts.map((amount, index) => {
    const value = values[index] ?? NaN;
    return { x: scale.x(amount), ...(Number.isFinite(value) && { y: scale.y(value) }) };
  });
}

function points(options: SweepPlotOptions, scale: PlotScale): readonly SVGElement[] {
  const { name, amounts, values, current, onChoose } = options;
  const first = values.findIndex(Number.isFinite);
  return places(options, scale).flatMap(({ x, y }, index) => {
    const amount = amounts[index];
    if (y === undefined || amount === undefined) return [];
    const [strength, value] = [amountText(amount), numberText(values[index] ?? NaN)];
    const point = svgElement('circle', {
      class: amount === current ? 'plot-point is-current' : 'plot-point',
      attributes: {
        ...{ cx: x.toFixed(1), cy: y.toFixed(1), r: 4, role: 'button' },
        'data-control': `${name} ${String(index)}`,
        'aria-label': t('Take the strength {0}: {1} {2}', strength, name, value),
      },
      onClick: () => {
        onChoose(amount);
      },
    });
    point.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      onChoose(amount);
    });
    markItem(point, index, index === first);
    return [point];
  });
}

/** Where the edit is now, and what there is without it. */
function marks({ amounts, current, baseline }: SweepPlotOptions, scale: PlotScale): SVGElement[] {
  const isInside = current >= Math.min(...amounts) && current <= Math.max(...amounts);
  return [
    ...(isInside ? [line('plot-current', [scale.x(current), area.top], [0, height()])] : []),
    ...(baseline !== undefined && Number.isFinite(baseline)
      ? [line('plot-baseline', [area.left, scale.y(baseline)], [width(), 0])]
      : []),
  ];
}

function axes(amounts: readonly number[], scale: PlotScale): SVGElement[] {
  const [low, high] = [Math.min(...amounts), Math.max(...amounts)];
  const ticks = low < 0 && high > 0 ? [low, 0, high] : [low, high];
  return [
    line('plot-axis', [area.left, area.bottom], [width(), 0]),
    line('plot-axis', [area.left, area.top], [0, height()]),
    label('0', area.left - 5, area.bottom, 'end'),
    label(figureText(scale.most), area.left - 5, area.top + 8, 'end'),
    ...ticks.map((tick) => label(amountText(tick), scale.x(tick), area.bottom + 14, 'middle')),
  ];
}

function label(text: string, x: number, y: number, anchor: string): SVGElement {
  const attributes = { ...{ x, y }, 'text-anchor': anchor, 'aria-hidden': 'true' };
  return svgElement('text', { class: 'plot-label', attributes }, text);
}

function line(
  name: string,
  [x, y]: readonly [number, number],
  [dx, dy]: readonly [number, number],
): SVGElement {
  return svgElement('line', { class: name, attributes: { x1: x, y1: y, x2: x + dx, y2: y + dy } });
}

function width(): number {
  return area.right - area.left;
}

function height(): number {
  return area.bottom - area.top;
}
