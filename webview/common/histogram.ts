// A small histogram of tokens by their activation: one bar per bin, drawn as SVG, with its axis in words. The bars are shaded like the tokens of the
// examples, so the histogram is also their legend.
import { t } from '../../src/shared/l10n.ts';
import { countText, numberText } from '../../src/shared/numberText.ts';
import { element, svgElement } from './element.ts';
import { paintStrength } from './featureColour.ts';
import { addTooltips, indexOfItem } from './tooltip.ts';

const height = 56;
const barWidth = 10;
/** A bin that is not empty is never drawn lower than this. */
const leastHeight = 1.5;

/** @param counts tokens in equal-width bins from 0 to `max` */
export function histogram(counts: ArrayLike<number>, max: number): HTMLElement {
  const bins = Array.from(counts);
  const tallest = Math.max(1, ...bins);
  const drawing = svgElement('svg', {
    class: 'histogram-bars',
    attributes: {
      viewBox: `0 0 ${String(bins.length * barWidth)} ${String(height)}`,
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': describeHistogram(bins, max),
    },
  });
  bins.forEach((count, bin) => {
    drawing.append(bar(bin, (count / tallest) * height, bins.length, count > 0));
  });
  const figure = element(
    'figure',
    { class: 'histogram' },
    element('div', { class: 'histogram-top' }, tokenCount(tallest)),
    drawing,
    element(
      'div',
      { class: 'histogram-axis', attributes: { 'aria-hidden': 'true' } },
      element('span', {}, '0'),
      element('span', {}, numberText(max / 2)),
      element('span', {}, numberText(max)),
    ),
  );
  addTooltips(figure, (item) => binLines(indexOfItem(item), bins, max));
  return figure;
}

/** The histogram in one sentence, for those who cannot see it. */
export function describeHistogram(bins: readonly number[], max: number): string {
  const total = bins.reduce((sum, count) => sum + count, 0);
  if (total === 0) return t('Histogram of activations without a token.');
  let below = 0;
  const half = bins.findIndex((count) => (below += count) * 2 >= total) + 1;
  const median = numberText((half / bins.length) * max);
  return t(
    'Histogram of activations from 0 to {0}. Tokens: {1}. Half of them lie below {2}.',
    numberText(max),
    countText(total),
    median,
  );
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

function binLines(bin: number, bins: readonly number[], max: number): string[] {
  const edge = (at: number): string => numberText((at / bins.length) * max);
  return [t('{0} to {1}', edge(bin), edge(bin + 1)), tokenCount(bins[bin] ?? 0)];
}

function tokenCount(count: number): string {
  return count === 1 ? t('1 token') : t('{0} tokens', countText(count));
}
