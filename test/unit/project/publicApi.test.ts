// The public API as other extensions get it: one file of types that stands alone, and an example that uses it.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../../scripts/setup/paths.mjs';

interface Manifest {
  readonly publisher: string;
  readonly name: string;
  readonly engines: { readonly vscode: string };
  readonly extensionDependencies?: readonly string[];
}

const read = (file: string): string => fs.readFileSync(path.join(root, file), 'utf8');
const manifestOf = (folder: string): Manifest =>
  JSON.parse(read(path.join(folder, 'package.json'))) as Manifest;
const published = 'docs/api/monosem.d.ts';
const own = 'src/host/api/types.ts';

test('the published types are those of the source', () => {
  expect(read(published), `copy ${own} to ${published}`).toBe(read(own));
});

test('they need nothing but VS Code', () => {
  const imports = [...read(own).matchAll(/from '([^']+)'|import\(/g)].map(([, name]) => name);
  expect(imports).toEqual(['vscode']);
});

test('every function and type of the API is explained on its page', () => {
  const page = read('docs/api.md');
  const names = [...read(own).matchAll(/^ {2}(?:readonly )?(\w+)\(|^ {2}readonly (onDid\w+)/gm)];
  expect(names.length).toBeGreaterThan(8);
  for (const [, method, event] of names) expect(page).toContain(`\`${method ?? event ?? ''}`);
});

test('the example extension depends on Monosem and on no package', () => {
  const manifest = manifestOf('.');
  const example = manifestOf('docs/example-extension');
  expect(example.extensionDependencies).toEqual([`${manifest.publisher}.${manifest.name}`]);
  expect(example.engines.vscode).toBe(manifest.engines.vscode);
  expect(example).not.toHaveProperty('dependencies');
});
