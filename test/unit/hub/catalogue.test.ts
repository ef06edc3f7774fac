// The catalogue: names a command line takes, models that exist in it, repositories and paths in the hub's form.
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { catalogue } from '../../../src/engine/hub/catalogue.ts';
import { expectRepo, staysInside } from '../../../src/engine/hub/listing.ts';

const { models, saes } = catalogue;
const words = [
  ...['id', 'name', 'original', 'onnx', 'exportCommand'],
  ...['model', 'repo', 'path', 'scheme'],
];

test('every entry has its fields and no others', () => {
  for (const entry of [...models, ...saes]) {
    expect(words).toEqual(expect.arrayContaining(Object.keys(entry)));
    expect(
      Object.values({ ...entry } as Record<string, string>).every((text) =>
        /^\S(.*\S)?$/.test(text),
      ),
    ).toBe(true);
    expect(entry.id).toMatch(/^[a-z0-9.-]+$/);
  }
});

test('names are unique', () => {
  const ids = [...models, ...saes].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const places = saes.map(({ repo, path }) => `${repo}/${path}`);
  expect(new Set(places).size).toBe(places.length);
});

test('repositories and paths are such', () => {
  for (const { original, onnx } of models) {
    expectRepo(original);
    expectRepo(onnx ?? original);
  }
  for (const { repo, path } of saes) {
    expectRepo(repo);
    expect(staysInside(path)).toBe(true);
  }
});

test('every SAE has its model, every model an SAE', () => {
  expect(new Set(saes.map(({ model }) => model))).toEqual(new Set(models.map(({ id }) => id)));
});

test('every path is made as its scheme says, and says the layer', () => {
  for (const { path, scheme } of saes) {
    expect(scheme).toContain('{layer}');
    const parts = scheme.split(/\{[a-z0-9]+\}/);
    const pattern = parts
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('[a-z0-9]+');
    expect(path).toMatch(new RegExp(`^${pattern}$`));
  }
});

test('a model has a repository with ONNX, or the command that makes one', () => {
  for (const { onnx, exportCommand, original } of models) {
    expect([onnx, exportCommand].filter((way) => way !== undefined)).toHaveLength(1);
    expect(exportCommand ?? original).toContain(original);
  }
});

test('docs/downloads.md lists every collection and how its paths are made', () => {
  const page = fs.readFileSync('docs/downloads.md', 'utf8').replace(/ +/g, ' ');
  for (const { repo, path, scheme } of saes) {
    expect(page).toContain(`| ${repo} | \`${scheme}\` | \`${path}\` |`);
  }
});
