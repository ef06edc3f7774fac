// Which part of an example is shown, and how strongly each token: pure, so that the tests can look at it.
import type { FeatureExample } from '../../src/shared/engineProtocol.ts';
import { joinSplitCharacters } from '../common/tokenText.ts';

/** Tokens shown on each side of the peak unless the whole context is wanted. */
export const shortContext = 12;

export interface ExcerptToken {
  readonly text: string;
  readonly activation: number;
  readonly isPeak: boolean;
}

export interface Excerpt {
  readonly tokens: readonly ExcerptToken[];
  /** Whether the example goes on before the first or after the last token shown. */
  readonly isCutBefore: boolean;
  readonly isCutAfter: boolean;
}

/** @param context tokens on each side of the peak; `Infinity` for all */
export function excerptOf(example: FeatureExample, context: number): Excerpt {
  const all = joinSplitCharacters(example.tokens).map(({ text, members }) => ({
    text,
    activation: Math.max(...members.map((member) => example.activations[member] ?? 0)),
    isPeak: members.includes(example.peak),
  }));
  const peak = Math.max(
    0,
    all.findIndex(({ isPeak }) => isPeak),
  );
  const from = Math.max(0, peak - context);
  const to = Math.min(all.length, peak + context + 1);
  return { tokens: all.slice(from, to), isCutBefore: from > 0, isCutAfter: to < all.length };
}

/** The text of a whole example, for copying. */
export function exampleText(example: FeatureExample): string {
  return example.tokens.join('');
}
