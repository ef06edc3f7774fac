// Pieces of a document in one line each. Without VS Code.
import { oneLine } from '../oneLine.ts';

/** UTF-16 units shown of a line. */
const excerptLength = 80;
/** UTF-16 units shown on either side of a token. */
const reach = 32;

/** A document in lines. */
export interface TextLines {
  readonly lineCount: number;
  /** UTF-16 offsets; the end is behind the line's break. */
  readonly lineAt: (line: number) => { readonly start: number; readonly end: number };
  readonly slice: (start: number, end: number) => string;
  readonly lineOf: (offset: number) => number;
}

/** The beginning of a stretch of text, in one line. */
export function excerptOf({ slice }: TextLines, start: number, end: number): string {
  const longest = 2 * excerptLength;
  const text = oneLine(whole(slice(start, Math.min(end, start + longest))));
  if (text.length > excerptLength) return `${whole(text.slice(0, excerptLength))}…`;
  return end - start > longest ? `${text}…` : text;
}

/** Without the half of a character that a cut may have left at the end. */
function whole(text: string): string {
  return text.replace(/[\uD800-\uDBFF]$/, '');
}

/** The token with what is around it, cut where words are, in one line. */
export function excerptAround(text: TextLines, start: number, end: number): string {
  const before = text.slice(Math.max(0, start - reach), start);
  const behind = text.slice(end, end + reach);
  const isCutBefore = start > reach;
  const cutBefore = isCutBefore ? before.replace(/^\S*\s/u, '') : before;
  const cutBehind = behind.length === reach ? behind.replace(/\s\S*$/u, '') : behind;
  const excerpt = oneLine(cutBefore + text.slice(start, end) + cutBehind);
  return `${isCutBefore ? '…' : ''}${excerpt}${behind.length === reach ? '…' : ''}`;
}
