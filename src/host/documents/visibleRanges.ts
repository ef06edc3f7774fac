// Which parts of a document are looked at, when several editors show it or lines between are folded: a few stretches of
// text. Those that lie near each other count as one, because the engine analyses as much again on either side of each.
// Pure: offsets only.
import type { TextRange } from './documentAnalysis.ts';

/** Stretches asked for one after the other; of more, those with the least text between them become one. */
const mostRanges = 4;

/** @returns in text order; between two of them lies more text than they have together */
export function joinedRanges(
  ranges: readonly TextRange[],
  most = mostRanges,
): readonly TextRange[] {
  let joined: readonly TextRange[] = ranges
    .filter(({ start, end }) => end > start)
    .toSorted((a, b) => a.start - b.start || a.end - b.end);
  for (;;) {
    const { at, rest } = nearestPair(joined);
    const [left, right] = [joined[at], joined[at + 1]];
    if (left === undefined || right === undefined) return joined;
    if (rest > 0 && joined.length <= most) return joined;
    const both = { start: left.start, end: Math.max(left.end, right.end) };
    joined = joined.toSpliced(at, 2, both);
  }
}

/** The neighbours with the least text between them, not counting what is analysed with each. */
function nearestPair(ranges: readonly TextRange[]): { readonly at: number; readonly rest: number } {
  let nearest = { at: 0, rest: Infinity };
  for (let at = 0; at + 1 < ranges.length; at++) {
    const [left, right] = [ranges[at], ranges[at + 1]];
    if (left === undefined || right === undefined) break;
    const rest = right.start - left.end - lengthOf(left) - lengthOf(right);
    if (rest < nearest.rest) nearest = { at, rest };
  }
  return nearest;
}

function lengthOf({ start, end }: TextRange): number {
  return end - start;
}
