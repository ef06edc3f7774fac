// Where two texts differ: one stretch between what they share at their beginnings and at their ends.

/** [start, oldEnd) of the old text became [start, newEnd) of the new one. UTF-16 offsets, never inside a surrogate pair. */
export interface TextChange {
  readonly start: number;
  readonly oldEnd: number;
  readonly newEnd: number;
}

/** Compared at once before single units are looked at. */
const stride = 4096;

export function changeBetween(before: string, after: string): TextChange {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (
    start + stride <= shorter &&
    before.slice(start, start + stride) === after.slice(start, start + stride)
  ) {
    start += stride;
  }
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  if (isLowSurrogate(before, start) || isLowSurrogate(after, start)) start = Math.max(0, start - 1);
  const most = shorter - start;
  let same = 0;
  while (same + stride <= most && endOf(before, same) === endOf(after, same)) same += stride;
  while (
    same < most &&
    before.charCodeAt(before.length - 1 - same) === after.charCodeAt(after.length - 1 - same)
  ) {
    same++;
  }
  if (same > 0 && isLowSurrogate(after, after.length - same)) same--;
  return { start, oldEnd: before.length - same, newEnd: after.length - same };
}

/** The `stride` units in front of the last `skipped` ones. */
function endOf(text: string, skipped: number): string {
  return text.slice(text.length - skipped - stride, text.length - skipped);
}

function isLowSurrogate(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
}
