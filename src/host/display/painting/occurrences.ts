// Where the followed features occur, and the way from one occurrence to the next. Without VS Code.
import type { FeatureRef } from '../../../shared/engineProtocol.ts';
import type { TokenRows } from '../../documents/tokenTable.ts';
import type { PaintFacts } from './facts.ts';
import { activeTokens } from './followed.ts';
import { wordIn } from './stretches.ts';

/** Adjacent tokens on which one of the features is active, from the first character that is no blank; UTF-16 offsets. */
export interface Occurrence {
  readonly start: number;
  readonly end: number;
}

export type Direction = 'next' | 'previous';

export interface FoundOccurrence extends Occurrence {
  /** The search went on from the other end of the text. */
  readonly hasWrapped: boolean;
}

/** In text order. */
export function occurrencesOf(
  rows: readonly TokenRows[],
  features: readonly FeatureRef[],
  facts: PaintFacts,
): readonly Occurrence[] {
  const joined: { readonly start: number; end: number }[] = [];
  for (const { start, end } of activeTokens(rows, features, facts)) {
    const previous = joined.at(-1);
    if (previous !== undefined && start <= previous.end) previous.end = Math.max(previous.end, end);
    else joined.push({ start, end });
  }
  const { text, textStart } = facts;
  return joined.map(({ start, end }) => {
    const word = wordIn(text, start - textStart, end - textStart);
    return word === undefined
      ? { start, end }
      : { start: word[0] + textStart, end: word[1] + textStart };
  });
}

/**
 * @param occurrences in text order
 * @param cursor UTF-16 offset; an occurrence that starts there counts as visited
 */
export function occurrenceFrom(
  occurrences: readonly Occurrence[],
  cursor: number,
  direction: Direction,
): FoundOccurrence | undefined {
  const ahead =
    direction === 'next'
      ? occurrences.find(({ start }) => start > cursor)
      : occurrences.findLast(({ start }) => start < cursor);
  if (ahead !== undefined) return { ...ahead, hasWrapped: false };
  const first = direction === 'next' ? occurrences[0] : occurrences.at(-1);
  return first && { ...first, hasWrapped: true };
}
