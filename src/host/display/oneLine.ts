// Strings of files and models where a line of plain text is wanted. Without VS Code.

/** Line ends become blanks; other characters that would not show, or would reorder the line, become `�`. */
export function oneLine(text: string): string {
  return text
    .replaceAll(/[\s\u2028\u2029]+/gu, ' ')
    .replaceAll(/\p{Cc}|\p{Cf}/gu, '�')
    .trim();
}
