// Decides which stretch of text gets the colour of which feature, and how strongly. Offsets in, offsets out; how it is
// painted is the editor's business. Without VS Code.
import { readingOf } from '../../documents/tokenTable.ts';
import type { Token } from '../../documents/tokenTable.ts';
import type { SaePlace } from '../../../shared/engineProtocol.ts';
import { strengthLevel } from './strength.ts';

/** UTF-16 offsets; never empty, no blanks at the ends unless there is nothing else. */
export interface PaintedToken {
  readonly start: number;
  readonly end: number;
  readonly feature: number;
  readonly level: number;
}

/**
 * @param tokens in text order
 * @param text the whole document
 * @param sae the one whose features are painted
 * @param knownMaximum largest activation of a feature, if known; otherwise the largest among `tokens` counts
 */
export function paintTokens(
  tokens: readonly Token[],
  text: string,
  sae: SaePlace,
  knownMaximum: (feature: number) => number | undefined,
): readonly PaintedToken[] {
  const strongest = tokens.flatMap((token) => topFeature(token, sae));
  const largest = new Map<number, number>();
  for (const { feature, activation } of strongest) {
    largest.set(feature, Math.max(activation, largest.get(feature) ?? 0));
  }
  const painted: PaintedToken[] = [];
  for (const { token, feature, activation } of onePerRange(strongest)) {
    const range = withoutBlanks(text, token);
    if (range === undefined) continue;
    const maximum = knownMaximum(feature) ?? largest.get(feature) ?? activation;
    painted.push({ ...range, feature, level: strengthLevel(activation, maximum) });
  }
  return painted;
}

interface Strongest {
  readonly token: Token;
  readonly feature: number;
  readonly activation: number;
}

function topFeature(token: Token, sae: SaePlace): readonly Strongest[] {
  const reading = readingOf(token, sae);
  const feature = reading?.features[0];
  const activation = reading?.activations[0] ?? 0;
  return feature === undefined || activation <= 0 ? [] : [{ token, feature, activation }];
}

/** Tokens that split one character share its range: the strongest of them colours it. */
function onePerRange(all: readonly Strongest[]): readonly Strongest[] {
  const kept: Strongest[] = [];
  for (const candidate of all) {
    const previous = kept.at(-1);
    const isShared =
      previous !== undefined &&
      previous.token.start === candidate.token.start &&
      previous.token.end === candidate.token.end;
    if (!isShared) kept.push(candidate);
    else if (candidate.activation > previous.activation) kept[kept.length - 1] = candidate;
  }
  return kept;
}

const blank = /\s/;

/** The token's range without the blanks at its ends; spaces alone keep their place, line breaks have none. */
function withoutBlanks(
  text: string,
  token: Token,
): { readonly start: number; readonly end: number } | undefined {
  let { start, end } = token;
  const shown = text.slice(start, end);
  if (shown.trim() === '') return /[\r\n]/.test(shown) || shown === '' ? undefined : { start, end };
  while (blank.test(text.charAt(start))) start++;
  while (blank.test(text.charAt(end - 1))) end--;
  return { start, end };
}
