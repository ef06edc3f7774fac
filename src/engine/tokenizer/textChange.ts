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
  let start = commonBeginning(before, after);
  if (isLowSurrogate(before, start) || isLowSurrogate(after, start)) start = Math.max(0, start - 1);
  let same = commonEnd(before, after, Math.min(before.length, after.length) - start);
  if (same > 0 && isLowSurrogate(after, after.length - same)) same--;
  return { start, oldEnd: before.length - same, newEnd: after.length - same };
}

function commonBeginning(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let same = 0;
  while (same + stride <= most && a.slice(same, same + stride) === b.slice(same, same + stride)) {
    same += stride;
  }
  while (same < most && a.charCodeAt(same) === b.charCodeAt(same)) same++;
  return same;
}

/** @param most units compared */
function commonEnd(a: string, b: string, most: number): number {
  const inFrontOf = (text: string, skipped: number): string =>
    text.slice(text.length - skipped - stride, text.length - skipped);
  let same = 0;
  while (same + stride <= most && inFrontOf(a, same) === inFrontOf(b, same)) same += stride;
  while (same < most && a.charCodeAt(a.length - 1 - same) === b.charCodeAt(b.length - 1 - same)) {
    same++;
  }
  return same;
}

function isLowSurrogate(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
}
