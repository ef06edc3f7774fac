// What is remembered over a reload of the window. The extension moves to another folder with every update; places
// inside it are remembered relative to it, so that what belongs to the embedded model stays known.

/** What a `Memento` of VS Code offers and this needs. */
export interface Memory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const placeholder = '${extension}';

/** @param folder the extension's */
export function portableMemory(memory: Memory, folder: string): Memory {
  return {
    get: (key) => withStart(memory.get(key), placeholder, folder),
    update: (key, value) => memory.update(key, withStart(value, folder, placeholder)),
  };
}

/** The same value with another beginning of all strings in it that begin so; plain data only. */
function withStart(value: unknown, from: string, to: string): unknown {
  if (typeof value === 'string') {
    const rest = value.startsWith(from) ? value.slice(from.length) : undefined;
    return rest !== undefined && /^([\\/]|$)/.test(rest) ? to + rest : value;
  }
  if (Array.isArray(value)) return value.map((each) => withStart(each, from, to));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, withStart(each, from, to)]),
  );
}
