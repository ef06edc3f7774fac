// Which sessions of graphs with edits stay open: each holds the weights of the model once more.
import { expect, test } from 'vitest';
import { EditPrograms } from '../../../src/engine/sources/editPrograms.ts';
import type { Program } from '../../../src/engine/model/program.ts';
import { plainLayout, type EditLayout } from '../../../src/engine/steering/layout.ts';

const along = (site: string): EditLayout => ({
  ...plainLayout,
  directions: [{ site, kind: 'add' }],
});

/** What is opened and closed, in order; sessions of sites in `broken` do not open. */
function programs(broken = new Set<string>()): { kept: EditPrograms; told: string[] } {
  const told: string[] = [];
  const kept = new EditPrograms(({ directions: [direction] }) => {
    const name = direction?.site ?? 'plain';
    told.push(`open ${name}`);
    if (broken.has(name)) return Promise.reject(new Error(name));
    return Promise.resolve({ dispose: () => told.push(`close ${name}`) } as unknown as Program);
  });
  return { kept, told };
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
const use = (kept: EditPrograms, layout: EditLayout): Promise<string> =>
  kept.use(layout, () => Promise.resolve('done'));

test('the plain one stays, and of all others the one used last', async () => {
  const { kept, told } = programs();
  for (const layout of [plainLayout, along('a'), along('b'), plainLayout, along('b')])
    expect(await use(kept, layout)).toBe('done');
  await turn();
  expect(told).toEqual(['open plain', 'open a', 'open b', 'close a']);
  expect(kept.count).toBe(2);
  kept.dispose();
  await turn();
  expect(told.slice(4).sort()).toEqual(['close b', 'close plain']);
  expect(kept.count).toBe(0);
});

test('one that is used is closed when its job is done, not before', async () => {
  const { kept, told } = programs();
  let finish = (): void => undefined;
  const long = kept.use(along('a'), () => new Promise<void>((resolve) => (finish = resolve)));
  await turn();
  await use(kept, along('b'));
  await turn();
  expect(told).toEqual(['open a', 'open b']);
  finish();
  await long;
  await turn();
  expect(told).toEqual(['open a', 'open b', 'close a']);
});

test('one that did not open is tried again', async () => {
  const broken = new Set(['a']);
  const { kept, told } = programs(broken);
  await expect(use(kept, along('a'))).rejects.toThrow('a');
  broken.clear();
  expect(await use(kept, along('a'))).toBe('done');
  expect(told).toEqual(['open a', 'open a']);
  expect(kept.count).toBe(1);
});
