// `monosem token FILE --at N`: one token, what the model expected in its place and what behind it, layer by layer.
import { readUserText } from '../../engine/engine.ts';
import type { Expectation, SimilarTokens, TokenDetails } from '../../shared/engineProtocol.ts';
import type { Command } from '../command.ts';
import { likelyJson, likelyText } from '../likelyTokens.ts';
import { onlyPositional, sourceOf, sourceOptions } from '../options.ts';
import { table, visibleToken } from '../table.ts';
import { placeOf, placeOptions } from '../tokenPlace.ts';

/** Features per token that are compared. */
const comparedFeatures = 32;

const usualSimilar = 5;

export const token: Command = {
  argument: 'FILE',
  usage: 'token FILE --at N | --offset N [--top 10] [--similar 5]',
  summary: 'a token, what the model expects in its place, layer by layer, and tokens like it',
  options: {
    ...sourceOptions,
    ...placeOptions,
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
    top: likelyJson(top),
    ...(actual === undefined ? {} : { actual }),
    ...(lens === undefined
      ? {}
      : { lens: { layers: lens.layers.map(likelyJson), ranks: [...lens.ranks] } }),
  };
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
    likelyText(likely),
  ]);
  const columns = [
    { title: 'layer', align: 'right' },
    { title: 'rank', align: 'right' },
    { title: 'as if it were the last' },
  ] as const;
  return [
    '',
    `${title}${found}`,
    `  ${likelyText(top)}`,
    ...(rows === undefined ? [] : [table(columns, rows)]),
  ];
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
