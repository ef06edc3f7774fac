// The sources whose words people read, parsed.
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { root } from '../setup/paths.mjs';

/** The engine and the command line speak English. */
const places = [
  ...['src/host', 'src/providers', 'src/shared', 'webview'],
  ...['src/extension.ts', 'src/surfaces.ts'],
];

export function parsed(text: string, file: string): ts.SourceFile {
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
}

/** Named from the root of the repository. */
export function sources(): readonly ts.SourceFile[] {
  return places
    .flatMap(filesAt)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .sort()
    .map((file) => parsed(fs.readFileSync(path.join(root, file), 'utf8'), file));
}

function filesAt(place: string): readonly string[] {
  if (place.endsWith('.ts')) return [place];
  return fs
    .readdirSync(path.join(root, place), { recursive: true, encoding: 'utf8' })
    .map((name) => path.posix.join(place, name.replaceAll('\\', '/')));
}

/** `file:line`, as editors and terminals link it. */
export function placeOf(node: ts.Node): string {
  const source = node.getSourceFile();
  const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
  return `${source.fileName}:${String(line + 1)}`;
}
