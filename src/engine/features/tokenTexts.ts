// Display text of tokens from a document's text and token ends. Concatenated, the texts are the document up to the
// last token. Where several tokens share one character (bytes of it), the first shows it and the others are empty.

/** @param ends [T] UTF-16, never falling → texts of tokens [from, to) */
export function tokenTexts(text: string, ends: Uint32Array, from: number, to: number): string[] {
  let start = from === 0 ? 0 : (ends[from - 1] ?? 0);
  return Array.from(ends.subarray(from, to), (end) => {
    const piece = text.slice(start, end);
    start = end;
    return piece;
  });
}

/** The text of one token; of a token that shares a character with those before it, that character. */
export function tokenTextAt(text: string, ends: Uint32Array, token: number): string {
  const end = ends[token] ?? 0;
  let first = token;
  while (first > 0 && ends[first - 1] === end) first -= 1;
  return text.slice(first === 0 ? 0 : (ends[first - 1] ?? 0), end);
}
