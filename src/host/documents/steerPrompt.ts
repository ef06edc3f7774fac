// Which text of an editor a steering session starts from, and where its result belongs. Pure: offsets and strings.
import type { TextChange } from './tokenTable.ts';

/** Longest text taken from before the cursor, in UTF-16 units: leaves the models most of their context to write in. */
export const longestPrompt = 400;

/**
 * The end of `before` as a prompt of at most `longest` units, cut where a sentence, a line or at least a word begins.
 * White space at the end goes: models continue words, not the blank after them.
 */
export function promptBefore(before: string, longest = longestPrompt): string {
  const text = before.trimEnd();
  if (text.length <= longest) return text.trimStart();
  const tail = text.slice(-longest);
  const starts = [/[.!?]["'”’]?\s+(?=\S)/, /\n+(?=\S)/, /\s+(?=\S)/].map((boundary) => {
    const found = boundary.exec(tail);
    return found === null ? Infinity : found.index + found[0].length;
  });
  const half = tail.length / 2;
  const start = starts.find((index) => index <= half) ?? starts[2] ?? 0;
  return Number.isFinite(start) ? tail.slice(start) : tail;
}

/**
 * The stretch of a document that steering starts from when nothing is selected: what stands before the cursor, or the
 * first line with text when nothing does.
 */
export function promptAround(
  text: string,
  cursor: number,
): { readonly prompt: string; readonly end: number } {
  const before = promptBefore(text.slice(0, cursor));
  if (before !== '') return { prompt: before, end: cursor };
  const line = /\S[^\r\n]*/.exec(text);
  const prompt = (line?.[0] ?? '').slice(0, longestPrompt).trimEnd();
  return { prompt, end: (line?.index ?? 0) + prompt.length };
}

/** Where an offset lies after a change; text inserted at the offset itself comes before it. */
export function movedOffset(offset: number, { offset: at, removed, inserted }: TextChange): number {
  if (at > offset) return offset;
  return Math.max(at, offset - removed) + inserted;
}
