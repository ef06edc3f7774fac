// Stop strings as people write them: one per line, with `\n`, `\t` and `\\` for what a line cannot hold or show. Pure.

/** More than anybody needs; the host refuses a longer list. */
const mostStops = 16;

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', '\\': '\\' };

/** A backslash before anything else is a backslash. */
export function readStops(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.replaceAll(/\\([nt\\])/gu, (_, letter: string) => escapes[letter] ?? ''))
    .filter((stop) => stop !== '')
    .slice(0, mostStops);
}

export function stopsText(stops: readonly string[]): string {
  return stops
    .map((stop) => stop.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t'))
    .join('\n');
}
