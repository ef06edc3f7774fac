// `monosem feature ID`: what the feature store knows of a feature.
import type { FeatureExample, FeatureSummary } from '../../shared/engineProtocol.ts';
import type { Command } from '../command.ts';
import { featureOf, onlyPositional, sourceOf, sourceOptions } from '../options.ts';
import { bar, visibleToken } from '../table.ts';

export const feature: Command = {
  argument: 'ID',
  usage: 'feature ID [--examples 10]',
  summary: 'density, largest activation and top examples of a feature',
  options: { ...sourceOptions, examples: { type: 'string' } },
  async run({ engine, args, root }) {
    const source = sourceOf(args, root);
    const summary = await engine.feature({
      source,
      ...featureOf(onlyPositional(args, 'ID'), source),
      exampleLimit: args.number('examples', 10, { min: 0, max: 100, whole: true }),
    });
    return { json: jsonOf(summary), text: textOf(summary) };
  },
};

/** Typed arrays become plain arrays: JSON would write them as objects. */
function jsonOf(summary: FeatureSummary): unknown {
  return {
    ...summary,
    histogram: [...summary.histogram],
    examples: summary.examples.map((example) => ({
      ...example,
      activations: [...example.activations],
    })),
  };
}

function textOf(summary: FeatureSummary): string {
  if (summary.maxActivation === 0) {
    return `Feature ${summary.feature} never fired on the ${summary.corpusTokens} tokens of the corpus.`;
  }
  const fullest = summary.histogram.reduce((max, count) => Math.max(max, count), 1);
  const width = summary.maxActivation / summary.histogram.length;
  return [
    `Feature ${summary.feature} · ${summary.peakTokens.map(visibleToken).join(' ')}`,
    `density ${(summary.density * 100).toPrecision(3)}% of ${summary.corpusTokens} tokens · max ${summary.maxActivation.toFixed(2)} · mean when active ${summary.meanActivation.toFixed(2)}`,
    '',
    ...Array.from(summary.histogram, (count, bin) =>
      `${((bin + 1) * width).toFixed(2).padStart(7)} ${bar(count / fullest, 30)} ${count}`.trimEnd(),
    ),
    '',
    ...summary.examples.map(exampleLine),
  ].join('\n');
}

/** The snippet on one line, the peak in brackets. */
function exampleLine({ tokens, activations, peak }: FeatureExample): string {
  const snippet = tokens
    .map((token, t) => (t === peak ? `[${token}]` : token))
    .join('')
    .replaceAll('\n', '⏎')
    .replace(/\p{Cc}/gu, '�');
  return `${(activations[peak] ?? 0).toFixed(2).padStart(7)}  ${snippet}`;
}
