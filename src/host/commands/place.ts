// Places in texts as commands and links name them. Without VS Code.

/** A UTF-16 offset from outside; `undefined` for what is none. */
export function readOffset(value: unknown): number | undefined {
  const isOffset = typeof value === 'number' && Number.isInteger(value) && value >= 0;
  return isOffset && value < 2 ** 31 ? value : undefined;
}
