// `monosem token FILE --at N`: one token, what the model expected in its place and what behind it, layer by layer.
import { readUserText } from '../../engine/engine.ts';
import type {
  Expectation,
  LikelyTokens,
  SimilarTokens,
  TokenDetails,
  TokenPlace,
} from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { charOffset, tokenIndex } from '../../shared/units.ts';
import type { Command } from '../command.ts';
import { onlyPositional, sourceOf, sourceOptions, type Arguments } from '../options.ts';
import { table, visibleToken } from '../table.ts';

/** Features per token that are compared. */
const comparedFeatures = 32;

const usualSimilar = 5;

export const token: Command = {
  argument: 'FILE',
  usage: 'token FILE --at N | --offset N [--top 10] [--similar 5]',
  summary: 'a token, what the model expects in its place, layer by layer, and tokens like it',
  options: {
    ...sourceOptions,
    at: { type: 'string' },
    offset: { type: 'string' },
    top: { type: 'string' },
    similar: { type: 'string' },
  },
  async run({ engine, args, root }) {
    const document = onlyPositional(args, 'FILE');
    const at = placeOf(args);
    const top = args.number('top', 10, { min: 1, max: 1000, whole: true });
    const limit = args.number('similar', usualSimilar, { min: 0, max: 1000, whole: true });
    const source = sourceOf(args, root);
    const text = await readUserText(document);
    const idle = { signal: { aborted: false }, progress: (): void => undefined };
    const details = await engine.tokenDetails({ source, document, text, at, top }, idle);
    const analysed = { source, document, text, at, topK: comparedFeatures, limit };
    const similar: SimilarTokens[] = [];
    for (const sae of source.saes)
      similar.push(await engine.similarTokens({ ...analysed, sae }, idle));
    const likes = similar.map((found) => likesOf(found, text));
    return {
      json: { ...jsonOf(details), similar: likes },
      text: [...textOf(details), ...likes.flatMap(similarText)].join('\n'),
    };
  },
};

/** @throws MonosemError `badArgument` unless exactly one of --at and --offset is given */
function placeOf(args: Arguments): TokenPlace {
  const whole = { min: 0, max: Infinity, whole: true };
  const [isIndex, isOffset] = [args.text('at') !== undefined, args.text('offset') !== undefined];
  if (isIndex === isOffset) {
    throw new MonosemError(
      'badArgument',
      'Which token is meant is not said; give --at with its number from 0, or --offset with a place in the text.',
    );
  }
  return isIndex
    ? { token: tokenIndex(args.number('at', 0, whole)) }
    : { offset: charOffset(args.number('offset', 0, whole)) };
}

interface Like {
  readonly token: number;
  readonly text: string;
  readonly similarity: number;
}

function likesOf({ tokens, starts, ends, similarities }: SimilarTokens, text: string): Like[] {
  return Array.from(tokens, (index, i) => ({
    token: index,
    text: text.slice(starts[i], ends[i]),
    similarity: similarities[i] ?? 0,
  }));
}

/** Typed arrays become plain arrays: JSON would write them as objects. */
function jsonOf(details: TokenDetails): object {
  const { here, next } = details;
  return {
    ...details,
    bytes: [...details.bytes],
    ...(here === undefined ? {} : { here: jsonOfExpectation(here) }),
    next: jsonOfExpectation(next),
  };
}

function jsonOfExpectation({ top, actual, lens }: Expectation): object {
  return {
    top: jsonOfTokens(top),
    ...(actual === undefined ? {} : { actual }),
    ...(lens === undefined
      ? {}
      : { lens: { layers: lens.layers.map(jsonOfTokens), ranks: [...lens.ranks] } }),
  };
}

function jsonOfTokens({ ids, texts, probabilities }: LikelyTokens): object[] {
  return Array.from(ids, (id, n) => ({ id, text: texts[n], probability: probabilities[n] }));
}

function textOf(details: TokenDetails): string[] {
  const { here, next, whyNoLens } = details;
  const hex = Array.from(details.bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return [
    `Token ${details.token} · ${visibleToken(details.text)} · id ${details.id} · ${visibleToken(details.piece)} · bytes ${hex}`,
    ...(here === undefined
      ? ['Nothing precedes it, so nothing was expected here.']
      : expectationText('In its place', here)),
    ...expectationText('Behind it', next),
    ...(whyNoLens === undefined ? [] : ['', whyNoLens]),
  ];
}

function expectationText(title: string, { top, actual, lens }: Expectation): string[] {
  const found =
    actual === undefined ? '' : ` · loss ${actual.loss.toFixed(3)} nats · rank ${actual.rank}`;
  const rows = lens?.layers.map((likely, layer) => [
    layer.toString(),
    lens.ranks[layer] === 0 ? '' : (lens.ranks[layer] ?? 0).toString(),
    listText(likely),
  ]);
  const columns = [
    { title: 'layer', align: 'right' },
    { title: 'rank', align: 'right' },
    { title: 'as if it were the last' },
  ] as const;
  return [
    '',
    `${title}${found}`,
    `  ${listText(top)}`,
    ...(rows === undefined ? [] : [table(columns, rows)]),
  ];
}

function listText({ texts, probabilities }: LikelyTokens): string {
  return texts
    .map((text, n) => `${visibleToken(text)} ${(100 * (probabilities[n] ?? 0)).toFixed(1)}%`)
    .join('  ');
}

function similarText(likes: readonly Like[]): string[] {
  if (likes.length === 0) return [];
  return [
    '',
    'Tokens with like features',
    ...likes.map(
      ({ token: index, text, similarity }) =>
        `  ${similarity.toFixed(3)}  ${index}  ${visibleToken(text)}`,
    ),
  ];
}
