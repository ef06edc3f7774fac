// The tables of docs/models.md, made from what the tests measured. They stand between two marks in that page; the
// words around them are written by hand.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { manifest, type GoldenFile } from './goldens.ts';

const page = fileURLToPath(new URL('../../../docs/models.md', import.meta.url));
const marks = ['<!-- begin table -->', '<!-- end table -->'] as const;

/** Largest relative error over all sites, by file. */
export type Measured = ReadonlyMap<string, number>;

/** One line per family, one column per dialect. */
export function modelTable(measured: Measured): string {
  const dialects = [...new Set(manifest.files.map(({ dialect }) => dialect))].sort();
  const rows = manifest.families.map(({ family, modelType, layers, parallel, notes }) => {
    const cells = dialects.map((dialect) => {
      const golden = manifest.files.find(
        (file) => file.family === family && file.dialect === dialect,
      );
      return golden === undefined ? '' : cell(golden, measured);
    });
    const kind = [parallel ? 'parallel' : 'sequential', notes]
      .filter((text) => text !== '')
      .join('; ');
    return [family, `\`${modelType}\``, kind, String(1 + layers * (parallel ? 7 : 8)), ...cells];
  });
  const head = ['family', '`model_type`', 'blocks', 'sites', ...dialects];
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function cell({ file, runError }: GoldenFile, measured: Measured): string {
  const error = measured.get(file);
  if (error !== undefined) return error.toExponential(0);
  return runError === undefined ? '?' : 'does not run';
}

/** The table as it stands in the page. */
export function writtenTable(): string {
  return split().table;
}

export function writeTable(table: string): void {
  const { before, after } = split();
  writeFileSync(page, `${before}\n\n${table}\n\n${after}`);
}

function split(): { before: string; table: string; after: string } {
  const text = readFileSync(page, 'utf8');
  const begin = text.indexOf(marks[0]) + marks[0].length;
  const end = text.indexOf(marks[1]);
  if (begin < marks[0].length || end < begin) throw new Error('docs/models.md has lost its marks');
  return { before: text.slice(0, begin), table: text.slice(begin, end), after: text.slice(end) };
}

/** A table without its measured figures and its spacing: what must not be out of date. */
export function withoutFigures(table: string): string {
  return table
    .replaceAll(/\de[+-]\d+/g, 'x')
    .replaceAll(/ +/g, ' ')
    .replaceAll(/-+/g, '-')
    .trim();
}
