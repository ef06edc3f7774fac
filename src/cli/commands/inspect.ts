// `monosem inspect FILE`: every token of a file with its loss and its top features.
import type { SourceFacts, TokenBatch } from '../../shared/engineProtocol.ts';
import { readUserText } from '../../engine/engine.ts';
import type { Command, Output } from '../command.ts';
import { onlyPositional, sourceOf, sourceOptions } from '../options.ts';
import { bar, table, visibleToken } from '../table.ts';

interface InspectedFeature {
  /** 1 for the first SAE. */
  readonly sae: number;
  readonly id: number;
  readonly activation: number;
}

interface InspectedToken {
  readonly index: number;
  readonly id: number;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** nats; null for a token nothing precedes */
  readonly loss: number | null;
  /** SAE by SAE, strongest first. */
  readonly features: readonly InspectedFeature[];
}

export const inspect: Command = {
  argument: 'FILE',
  usage: 'inspect FILE [--top 5]',
  summary: 'tokens of a text file with loss and top features',
  options: { ...sourceOptions, top: { type: 'string' } },
  async run({ engine, args, root, status }) {
    const file = onlyPositional(args, 'FILE');
    const topK = args.number('top', 5, { min: 1, max: 100, whole: true });
    const source = sourceOf(args, root);
    const text = await readUserText(file);
    const facts = await engine.describe({ source });
    const tokens: InspectedToken[] = [];
    await engine.analyse(
      { source, document: file, text, topK, loss: true },
      {
        signal: { aborted: false },
        progress: (batch) => {
          tokens.push(...inspectedTokens(batch, text));
          status(`${tokens.length} tokens`);
        },
      },
    );
    tokens.sort((a, b) => a.index - b.index);
    return output(facts, tokens);
  },
};

function inspectedTokens(batch: TokenBatch, text: string): InspectedToken[] {
  return Array.from({ length: batch.count }, (_, row) => {
    const start = batch.starts[row] ?? 0;
    const end = batch.ends[row] ?? 0;
    const loss = batch.losses?.[row] ?? NaN;
    return {
      index: batch.from + row,
      id: batch.ids[row] ?? 0,
      text: text.slice(start, end),
      start,
      end,
      loss: Number.isNaN(loss) ? null : loss,
      features: activeInRow(batch, row),
    };
  });
}

function activeInRow({ readings }: TokenBatch, row: number): InspectedFeature[] {
  return readings.flatMap(({ slots, features, activations }, n) => {
    const from = row * slots;
    return Array.from(activations.subarray(from, from + slots), (activation, k) => ({
      sae: n + 1,
      id: features[from + k] ?? 0,
      activation,
    })).filter(({ activation }) => activation > 0);
  });
}

function output({ model, saes }: SourceFacts, tokens: readonly InspectedToken[]): Output {
  // Activations of different SAEs have no common measure.
  const strongest = saes.map((_, n) =>
    tokens.reduce((max, token) => Math.max(max, strongestOf(token, n + 1)), 1e-9),
  );
  const rows = tokens.map((token) => [
    token.index.toString(),
    visibleToken(token.text),
    token.loss?.toFixed(2) ?? '',
    ...strongest.flatMap((most, n) => [
      bar(strongestOf(token, n + 1) / most, 8),
      token.features
        .filter(({ sae }) => sae === n + 1)
        .map(({ id, activation }) => `${id}:${activation.toFixed(2)}`)
        .join('  '),
    ]),
  ]);
  const isAlone = saes.length === 1;
  return {
    json: {
      model: model.name,
      saes: saes.map(({ name, site, features }) => ({ name, site, features })),
      tokens,
    },
    text: [
      ...saes.map(({ site, features }, n) =>
        [
          ...(isAlone ? [] : [`SAE ${n + 1}`]),
          ...[model.name, site, `${features} features`, `${tokens.length} tokens`],
        ].join(' · '),
      ),
      '',
      table(
        [
          { title: '#', align: 'right' },
          { title: 'token' },
          { title: 'loss', align: 'right' },
          ...saes.flatMap(({ site }) => [
            { title: 'top' },
            { title: isAlone ? 'feature:activation' : site },
          ]),
        ],
        rows,
      ),
    ].join('\n'),
  };
}

function strongestOf({ features }: InspectedToken, sae: number): number {
  return features.find((feature) => feature.sae === sae)?.activation ?? 0;
}
