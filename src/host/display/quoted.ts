// Names from links, files and models inside the sentences of notifications. Without VS Code.
import { oneLine } from './oneLine.ts';

/** Longest name that is repeated whole. */
const longest = 120;

/** Notifications make links of `[…](…)`, also of commands: a name from outside is not to become one. */
export function quoted(name: string): string {
  const line = oneLine(name).replaceAll('](', '] (');
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}
