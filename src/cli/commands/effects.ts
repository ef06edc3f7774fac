// `monosem effects --prompt TEXT`: which features make the model expect what it expects there.
import type {
  ChangedProbabilities,
  DistributionChange,
  EffectOrder,
  FeatureEffects,
  TokenStretch,
} from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { tokenIndex } from '../../shared/units.ts';
import type { Command } from '../command.ts';
import { likelyJson, likelyText } from '../likelyTokens.ts';
import { required, sourceOf, sourceOptions, type Arguments } from '../options.ts';
import { signed, table, visibleToken, type Column } from '../table.ts';

const orders: readonly EffectOrder[] = ['kl', 'target'];

export const effects: Command = {
  usage:
    'effects --prompt TEXT [--at N|N-M] [--read-at N] [--target TEXT] [--by kl|target] [--top 20] [--each] [--listed 5]',
  summary:
    'what each active feature does to the next token, ablated by itself; --each: the top of every SAE',
  options: {
    ...sourceOptions,
    prompt: { type: 'string' },
    at: { type: 'string' },
    'read-at': { type: 'string' },
    target: { type: 'string' },
    by: { type: 'string' },
    top: { type: 'string' },
    each: { type: 'boolean' },
    listed: { type: 'string' },
  },
  async run({ engine, args, root }) {
    const text = required(args, 'prompt');
    const tokens = stretchOf(args.text('at'));
    const readAt = args.number('read-at', 0, { min: 0, max: Infinity, whole: true });
    const target = args.text('target');
    const order = orderOf(args);
    const top = args.number('top', 20, { min: 1, max: 1000, whole: true });
    const listed = args.number('listed', 5, { min: 1, max: 1000, whole: true });
    const source = sourceOf(args, root);
    const found = await engine.featureEffects(
      {
        ...{ source, text, top, order, listed },
        ofEachSae: args.flag('each'),
        ...(tokens && { tokens }),
        ...(args.text('read-at') === undefined ? {} : { readAt: { token: tokenIndex(readAt) } }),
        ...(target === undefined ? {} : { target: { text: target } }),
      },
      { signal: { aborted: false }, progress: () => undefined },
    );
    const { baseline, effects: each, together } = found;
    return {
      json: {
        ...found,
        baseline: likelyJson(baseline),
        effects: each.map((effect) => ({ ...effect, ...changeJson(effect) })),
        together: changeJson(together),
      },
      text: textOf(found, (sae) => source.saes.indexOf(sae) + 1).join('\n'),
    };
  },
};

/** @throws MonosemError `badArgument` */
function stretchOf(text: string | undefined): TokenStretch | undefined {
  if (text === undefined) return undefined;
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(text.trim()) ?? [];
  if (first === undefined || last === undefined) {
    throw new MonosemError(
      'badArgument',
      `--at takes the number of a token from 0, or of the first and last one such as 3-7, not "${text}".`,
    );
  }
  return { first: { token: tokenIndex(Number(first)) }, last: { token: tokenIndex(Number(last)) } };
}

/** @throws MonosemError `badArgument` */
function orderOf(args: Arguments): EffectOrder {
  const text = args.text('by') ?? 'kl';
  const order = orders.find((known) => known === text);
  if (order !== undefined) return order;
  throw new MonosemError('badArgument', `--by takes ${orders.join(' or ')}, not "${text}".`);
}

/** Typed arrays become plain arrays: JSON would write them as objects. */
function changeJson({ kl, targetChange, raised, lowered }: DistributionChange): object {
  return { kl, targetChange, raised: changedJson(raised), lowered: changedJson(lowered) };
}

function changedJson({ ids, texts, before, after }: ChangedProbabilities): object[] {
  return Array.from(ids, (id, n) => ({
    id,
    text: texts[n],
    before: before[n],
    after: after[n],
  }));
}

/** @param numberOf which of the SAEs, from 1 */
function textOf(found: FeatureEffects, numberOf: (sae: string) => number): string[] {
  const { from, to, readAt, target, baseline, effects: each, together } = found;
  const places = to - from === 1 ? `token ${from}` : `tokens ${from} to ${to - 1}`;
  const isOne = each.every(({ sae }) => numberOf(sae) === 1);
  const columns: readonly Column[] = [
    { title: 'feature', align: 'right' },
    { title: 'activation', align: 'right' },
    { title: 'share', align: 'right' },
    { title: 'KL', align: 'right' },
    { title: 'Δ ln p', align: 'right' },
    { title: 'likelier without' },
    { title: 'less likely without' },
  ];
  const rows = each.map((effect) => [
    isOne ? effect.feature.toString() : `${numberOf(effect.sae)}/${effect.feature}`,
    effect.activation.toFixed(2),
    `${(100 * effect.share).toFixed(1)}%`,
    ...changeCells(effect),
  ]);
  return [
    `Behind token ${readAt}: ${likelyText(baseline)}`,
    `Features active on ${places}, each ablated there; Δ ln p is that of ${visibleToken(target.text)} (${percent(target.probability)}).`,
    '',
    table(columns, [...rows, ['all', '', '', ...changeCells(together)]]),
  ];
}

function changeCells({ kl, targetChange, raised, lowered }: DistributionChange): string[] {
  return [kl.toFixed(4), signed(targetChange), changedText(raised), changedText(lowered)];
}

/** Tokens that a line has room for. */
const shownTokens = 3;

/** Those whose change shows. */
function changedText({ texts, before, after }: ChangedProbabilities): string {
  return texts
    .map((text, n) => ({ text, from: percent(before[n]), to: percent(after[n]) }))
    .filter(({ from, to }) => from !== to)
    .slice(0, shownTokens)
    .map(({ text, from, to }) => `${visibleToken(text)} ${from}→${to}`)
    .join('  ');
}

function percent(probability = NaN): string {
  return `${(100 * probability).toFixed(1)}%`;
}
