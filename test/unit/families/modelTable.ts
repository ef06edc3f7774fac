// The tables of docs/models.md, made from what the tests measured. They stand between two marks in that page; the
// words around them are written by hand.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { manifest, type GoldenFile } from './goldens.ts';

const page = fileURLToPath(new URL('../../../docs/models.md', import.meta.url));
const marks = ['<!-- begin table -->', '<!-- end table -->'] as const;

/** Largest relative error over all sites, by file. */
export type Measured = ReadonlyMap<string, number>;

/** Columns: who wrote the file. */
const tools: readonly (readonly [title: string, dialect: RegExp])[] = [
  ['optimum', /^optimum/],
  ['torch.onnx', /^torch/],
  ['onnxruntime-genai', /^genai/],
  ['onnxruntime tools', /^(?!optimum|torch|genai)/],
];

/** One line per family, one column per tool; and below it what could not be tested, with the reason. */
export function modelTable(measured: Measured): string {
  const families = manifest.families.filter(({ family }) => family === baseOf(family));
  const rows = families.map(({ family, modelType, layers, parallel, notes }) => {
    const files = manifest.files.filter((file) => baseOf(file.family) === family);
    const cells = tools.map(([, dialect]) =>
      files
        .filter((file) => dialect.test(file.dialect))
        .map((file) => `${file.dialect} ${figure(file, measured)}`)
        .join('<br>'),
    );
    const name = `**${family}**<br>\`${modelType}\`${notes === '' ? '' : `<br>${notes}`}`;
    return [name, String(1 + layers * (parallel ? 7 : 8)), ...cells];
  });
  const head = ['family', 'sites', ...tools.map(([title]) => title)];
  const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return [...table, '', 'Not tested:', '', ...untested()].join('\n');
}

/** Some exporters need other widths than the first model of a family has; the second is called so. */
function baseOf(family: string): string {
  return family.replace(/_aligned$/, '');
}

function figure({ file, runError, singleToken }: GoldenFile, measured: Measured): string {
  if (singleToken) return 'refused: reads one token at a time';
  if (runError !== undefined) return 'does not run';
  return measured.get(file)?.toExponential(0) ?? '?';
}

function untested(): string[] {
  const exporters = manifest.unsupported.map(
    ({ family, dialect, reason }) =>
      `- ${family}, ${dialect}: the exporter says \`${brief(reason)}\``,
  );
  const runtime = manifest.files.flatMap(({ family, dialect, runError }) =>
    runError === undefined
      ? []
      : [`- ${family}, ${dialect}: plain onnxruntime says \`${brief(runError)}\``],
  );
  return [...exporters, ...runtime];
}

function brief(reason: string): string {
  const said = reason.replace(/^.*Status Message: /s, '').replaceAll('`', "'");
  return said.length > 160 ? `${said.slice(0, 160)}…` : said;
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
