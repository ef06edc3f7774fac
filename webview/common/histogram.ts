// A small histogram: one bar per bin, drawn as SVG, with its axis in words. The bars are shaded like the tokens of the
// examples, so the histogram is also their legend.
import { element, svgElement } from './element.ts';
import { paintStrength } from './featureColour.ts';
import { countText, counted, numberText } from './numberText.ts';
import { addTooltips, indexOfItem } from './tooltip.ts';

const height = 56;
const barWidth = 10;
/** A bin that is not empty is never drawn lower than this. */
const leastHeight = 1.5;

/** @param counts equal-width bins from 0 to `max`; `noun` names what is counted, in the singular */
export function histogram(counts: ArrayLike<number>, max: number, noun: string): HTMLElement {
  const bins = Array.from(counts);
  const tallest = Math.max(1, ...bins);
  const drawing = svgElement('svg', {
    class: 'histogram-bars',
    attributes: {
      viewBox: `0 0 ${String(bins.length * barWidth)} ${String(height)}`,
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': describeHistogram(bins, max, noun),
    },
  });
  bins.forEach((count, bin) => {
    drawing.append(bar(bin, (count / tallest) * height, bins.length, count > 0));
  });
  const figure = element(
    'figure',
    { class: 'histogram' },
    element('div', { class: 'histogram-top' }, `${countText(tallest)} ${noun}s`),
    drawing,
    element(
      'div',
      { class: 'histogram-axis', attributes: { 'aria-hidden': 'true' } },
      element('span', {}, '0'),
      element('span', {}, numberText(max / 2)),
      element('span', {}, numberText(max)),
    ),
  );
  addTooltips(figure, (item) => binLines(indexOfItem(item), bins, max, noun));
  return figure;
}

/** The histogram in one sentence, for those who cannot see it. */
export function describeHistogram(bins: readonly number[], max: number, noun: string): string {
  const total = bins.reduce((sum, count) => sum + count, 0);
  if (total === 0) return `Histogram without ${noun}s.`;
  let below = 0;
  const half = bins.findIndex((count) => (below += count) * 2 >= total) + 1;
  const median = numberText((half / bins.length) * max);
  return `Histogram of ${counted(total, noun)} from 0 to ${numberText(max)}: half of them lie below ${median}.`;
}

function bar(bin: number, size: number, bins: number, isFilled: boolean): SVGGElement {
  const drawn = isFilled ? Math.max(leastHeight, size) : 0;
  const visible = svgElement('rect', {
    class: 'histogram-bar',
    attributes: { x: bin * barWidth + 1, width: barWidth - 2, y: height - drawn, height: drawn },
  });
  paintStrength(visible, (bin + 0.5) / bins);
  const target = svgElement('rect', {
    class: 'histogram-target',
    attributes: { x: bin * barWidth, width: barWidth, y: 0, height },
  });
  return svgElement('g', { attributes: { 'data-tip': bin } }, target, visible);
}

function binLines(bin: number, bins: readonly number[], max: number, noun: string): string[] {
  const edge = (at: number): string => numberText((at / bins.length) * max);
  return [`${edge(bin)} to ${edge(bin + 1)}`, counted(bins[bin] ?? 0, noun)];
}
