// How a document longer than the model's context is covered: overlapping windows whose starts are chosen from the
// content, so that an edit in the middle leaves the other windows, and their results, as they were. Pure arithmetic
// on token ids; runs nothing.

/** Tokens [start, end) are fed to the model; results are reported for [from, end), so every token has one owner. */
export interface Window {
  readonly start: number;
  readonly from: number;
  readonly end: number;
}

/** Tokens hashed to rank a place as a window start. */
const anchorLength = 8;

/** 32-bit FNV-1a over the ids at [at, at + anchorLength). */
function anchorHash(ids: Uint32Array, at: number): number {
  let hash = 0x811c9dc5;
  const end = Math.min(at + anchorLength, ids.length);
  for (let token = at; token < end; token++) {
    hash = Math.imul(hash ^ (ids[token] ?? 0), 0x01000193);
  }
  return hash >>> 0;
}

/**
 * The best window start in [low, high]: among line starts if there are any, else among all tokens, the one with the
 * smallest hash of what follows. Depends on the text near it alone, so it is found again after edits elsewhere.
 */
function chooseStart(
  ids: Uint32Array,
  isLineStart: (token: number) => boolean,
  [low, high]: readonly [number, number],
): number {
  let best = high;
  let bestRank = Infinity;
  for (let at = low; at <= high; at++) {
    const rank = anchorHash(ids, at) + (isLineStart(at) ? 0 : 2 ** 32);
    if (rank < bestRank) {
      bestRank = rank;
      best = at;
    }
  }
  return best;
}

/**
 * Covers a token sequence with windows of at most `capacity` tokens. Every reported token after the first window
 * has at least a quarter of the capacity as context.
 * @param capacity the model's context length less the BOS
 */
export function planWindows(
  ids: Uint32Array,
  isLineStart: (token: number) => boolean,
  capacity: number,
): Window[] {
  const windows: Window[] = [];
  if (ids.length === 0) return windows;
  let end = Math.min(capacity, ids.length);
  windows.push({ start: 0, from: 0, end });
  while (end < ids.length) {
    const low = end - Math.floor(capacity / 2);
    const high = Math.max(low, end - Math.ceil(capacity / 4));
    const start = chooseStart(ids, isLineStart, [low, high]);
    const from = end;
    end = Math.min(start + capacity, ids.length);
    windows.push({ start, from, end });
  }
  return windows;
}

const newline = 10;

/** Is a token the first of its line? For `planWindows`. @param starts [T] UTF-16 offsets of the tokens */
export function lineStarts(text: string, starts: Uint32Array): (token: number) => boolean {
  return (token) => text.charCodeAt((starts[token] ?? 0) - 1) === newline;
}
