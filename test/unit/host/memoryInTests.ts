// A memory like VS Code's that lives as long as the test.
import type { Memory } from '../../../src/host/memory.ts';

export function emptyMemory(content: Readonly<Record<string, unknown>> = {}): Memory & {
  readonly kept: Map<string, unknown>;
} {
  const kept = new Map<string, unknown>(Object.entries(content));
  return {
    kept,
    get: (key) => kept.get(key),
    update: (key, value) => {
      // As VS Code does: what is kept is a copy.
      kept.set(key, JSON.parse(JSON.stringify(value)));
      return Promise.resolve();
    },
  };
}
