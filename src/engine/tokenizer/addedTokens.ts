// The list `added_tokens` of a tokenizer.json without the rest of it: vocabularies have hundreds of thousands of
// entries, and the binding reads those.

/** @returns the ids of special tokens: those that transformers leaves out of decoded text */
export function specialTokenIds(tokenizerJson: string): ReadonlySet<number> {
  const special = new Set<number>();
  for (const token of addedTokens(tokenizerJson)) {
    if (typeof token !== 'object' || token === null) continue;
    const { id, special: isSpecial } = token as { id?: unknown; special?: unknown };
    if (typeof id === 'number' && isSpecial === true) special.add(id);
  }
  return special;
}

function addedTokens(json: string): readonly unknown[] {
  const start = /(?<!\\)"added_tokens"\s*:\s*(?=\[)/.exec(json);
  if (start === null) return [];
  const from = start.index + start[0].length;
  const list: unknown = JSON.parse(json.slice(from, endOfArray(json, from)));
  return Array.isArray(list) ? list : [];
}

/** @param from of the opening bracket @returns the place behind the closing one */
function endOfArray(json: string, from: number): number {
  const marks = /"(?:[^"\\]|\\.)*"|[[\]]/g;
  marks.lastIndex = from;
  let depth = 0;
  for (let found = marks.exec(json); found !== null; found = marks.exec(json)) {
    if (found[0] === '[') depth++;
    else if (found[0] === ']') depth--;
    if (depth === 0) return marks.lastIndex;
  }
  return json.length;
}
