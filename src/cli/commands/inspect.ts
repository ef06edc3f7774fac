// `monosem inspect FILE`: every token of a file with its loss and its top features.
import type { SourceFacts, TokenBatch } from '../../shared/engineProtocol.ts';
import { readUserText } from '../../engine/engine.ts';
import type { Command, Output } from '../command.ts';
import { onlyPositional, sourceOf, sourceOptions } from '../options.ts';
import { bar, table, visibleToken } from '../table.ts';

interface InspectedToken {
  readonly index: number;
  readonly id: number;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** nats; null for a token nothing precedes */
  readonly loss: number | null;
  readonly features: readonly { readonly id: number; readonly activation: number }[];
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

function activeInRow(batch: TokenBatch, row: number): { id: number; activation: number }[] {
  const from = row * batch.topK;
  return Array.from(batch.activations.subarray(from, from + batch.topK), (activation, k) => ({
    id: batch.features[from + k] ?? 0,
    activation,
  })).filter(({ activation }) => activation > 0);
}

function output({ model, sae }: SourceFacts, tokens: readonly InspectedToken[]): Output {
  const strongest = tokens.reduce((max, t) => Math.max(max, t.features[0]?.activation ?? 0), 1e-9);
  const rows = tokens.map((token) => [
    token.index.toString(),
    visibleToken(token.text),
    token.loss?.toFixed(2) ?? '',
    bar((token.features[0]?.activation ?? 0) / strongest, 8),
    token.features.map(({ id, activation }) => `${id}:${activation.toFixed(2)}`).join('  '),
  ]);
  return {
    json: {
      model: model.name,
      sae: { id: sae.name, site: sae.site, features: sae.features },
      tokens,
    },
    text: [
      `${model.name} · ${sae.site} · ${sae.features} features · ${tokens.length} tokens`,
      '',
      table(
        [
          { title: '#', align: 'right' },
          { title: 'token' },
          { title: 'loss', align: 'right' },
          { title: 'top' },
          { title: 'feature:activation' },
        ],
        rows,
      ),
    ].join('\n'),
  };
}
