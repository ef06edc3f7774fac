// Ranges of tokens as people write them: `4-9, 12-` are the tokens 4 to 9, both of them included, and those from 12 on.
// Token 0 is the first one the model reads. Pure.
import type { PositionRange } from '../../../../src/shared/engineProtocol.ts';

/** `5`, `4-9` or `12-`, with a hyphen or a dash */
const form = /^(\d{1,9})(?:\s*([-–])\s*(\d{1,9})?)?$/u;

/** `undefined` where the text is no list of ranges; an empty list for an empty text. */
export function readRanges(text: string): readonly PositionRange[] | undefined {
  if (text.trim() === '') return [];
  const ranges = text.split(/[,;]/u).map(readRange);
  return ranges.every((range) => range !== undefined) ? ranges : undefined;
}

export function rangesText(ranges: readonly PositionRange[]): string {
  return ranges.map(rangeText).join(', ');
}

function readRange(text: string): PositionRange | undefined {
  const [, first, dash, last] = form.exec(text.trim()) ?? [];
  if (first === undefined) return undefined;
  const from = Number(first);
  if (dash !== undefined && last === undefined) return { from };
  const to = Number(last ?? first) + 1;
  return to > from ? { from, to } : undefined;
}

function rangeText({ from, to }: PositionRange): string {
  if (to === undefined) return `${String(from)}-`;
  return to === from + 1 ? String(from) : `${String(from)}-${String(to - 1)}`;
}
