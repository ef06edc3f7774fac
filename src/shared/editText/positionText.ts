// Positions of tokens as people write them: `4-9+12+20-`, both ends included, as "pages 4 to 9" are; the protocol's ranges
// end before their `to`. Position 0 is BOS where the model has one, else the first token.
import type { PositionRange } from '../engineProtocol.ts';

const pattern = /^(\d{1,15})(?:(-)(\d{1,15})?)?$/;

/** What stands for no position at all. */
const none = 'none';

/** `undefined` for what is no list of positions. */
export function readRanges(text: string): readonly PositionRange[] | undefined {
  if (text === none) return [];
  const ranges = text.split('+').map(readRange);
  return ranges.every((range) => range !== undefined) ? ranges : undefined;
}

export function writeRanges(ranges: readonly PositionRange[]): string {
  return ranges.length === 0 ? none : ranges.map(writeRange).join('+');
}

function readRange(text: string): PositionRange | undefined {
  const [, first, dash, last] = pattern.exec(text.trim()) ?? [];
  if (first === undefined) return undefined;
  const from = Number(first);
  if (dash === undefined) return { from, to: from + 1 };
  if (last === undefined) return { from };
  return Number(last) < from ? undefined : { from, to: Number(last) + 1 };
}

function writeRange({ from, to }: PositionRange): string {
  if (to === undefined) return `${from}-`;
  return to === from + 1 ? `${from}` : `${from}-${to - 1}`;
}
