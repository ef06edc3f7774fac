// `monosem ablation-map FILE --feature ID`: where in a text the model needs a feature.
import { readUserText } from '../../engine/engine.ts';
import type { AblationMapTotals } from '../../shared/engineProtocol.ts';
import type { Command } from '../command.ts';
import { ablatedTokens, lossTable, type ReadToken } from '../lossTable.ts';
import { featureOf, onlyPositional, required, sourceOf, sourceOptions } from '../options.ts';
import { signed } from '../table.ts';

export const ablationMap: Command = {
  argument: 'FILE',
  usage: 'ablation-map FILE --feature ID [--threshold 0.01] [--limit 20]',
  summary:
    'loss of every token with a feature and without it anywhere; the largest changes are shown',
  options: {
    ...sourceOptions,
    feature: { type: 'string' },
    threshold: { type: 'string' },
    limit: { type: 'string' },
  },
  async run({ engine, args, root, status }) {
    const file = onlyPositional(args, 'FILE');
    const threshold = args.number('threshold', 0.01, { min: 0, max: Infinity });
    const limit = args.number('limit', 20, { min: 0, max: 100_000, whole: true });
    const source = sourceOf(args, root);
    const { sae, feature } = featureOf(required(args, 'feature'), source, '--feature');
    const text = await readUserText(file);
    const tokens: ReadToken[] = [];
    const totals = await engine.ablationMap(
      { source, text, sae, feature, threshold },
      {
        signal: { aborted: false },
        progress: (batch) => {
          tokens.push(...ablatedTokens(batch, text, batch.from));
          status(`${tokens.length} tokens`);
        },
      },
    );
    const shown = largestChanges(tokens, limit);
    return {
      json: {
        ...{ feature, ...totals },
        tokens: tokens.map(({ changed: ablated, ...token }) => ({ ...token, ablated })),
      },
      text: [
        summary(feature, totals, threshold),
        ...(shown.length === 0 ? [] : ['', lossTable(shown, 'without')]),
      ].join('\n'),
    };
  },
};

function summary(
  feature: number,
  { tokens, meanChange, meanBaseline, meanAblated, changedTokens }: AblationMapTotals,
  threshold: number,
): string {
  return tokens === 0
    ? 'There is nothing to measure: nothing precedes the only token of the text; give a longer one.'
    : `Without feature ${feature} the mean loss of ${tokens} tokens changes by ${signed(meanChange, 4)} nats, from ${meanBaseline.toFixed(4)} to ${meanAblated.toFixed(4)}; that of ${changedTokens} tokens by more than ${threshold}.`;
}

/** Largest first; none without a change. */
function largestChanges(tokens: readonly ReadToken[], limit: number): ReadToken[] {
  const size = ({ baseline, changed }: ReadToken): number => Math.abs(changed - baseline);
  return tokens
    .filter((token) => size(token) > 0)
    .sort((a, b) => size(b) - size(a))
    .slice(0, limit);
}
