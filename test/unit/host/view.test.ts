import fc from 'fast-check';
import { expect, test } from 'vitest';
import { featureIndex } from '../../../src/shared/units.ts';
import { isSameView, neuronsOfView, readView, viewKinds } from '../../../src/host/view/view.ts';
import type { View } from '../../../src/host/view/view.ts';
import { ViewInUse } from '../../../src/host/view/viewInUse.ts';
import { emptyMemory } from './memoryInTests.ts';

const feature = { sae: '/saes/a', feature: featureIndex(7) };

const views: readonly View[] = viewKinds.map((kind) => {
  switch (kind) {
    case 'feature':
      return { kind, feature };
    case 'neurons':
      return { kind, block: 3 };
    default:
      return { kind };
  }
});

test.each(views)('$kind survives being remembered', (view) => {
  expect(readView(JSON.parse(JSON.stringify(view)))).toEqual(view);
});

test('a kind that needs nothing else may be named alone', () => {
  expect(readView('surprise')).toEqual({ kind: 'surprise' });
  expect(readView('feature')).toBeUndefined();
  expect(readView('neurons')).toBeUndefined();
});

test.each([
  [undefined],
  [null],
  [42],
  ['sideways'],
  [{ kind: 'feature', feature: { sae: '', feature: 1 } }],
  [{ kind: 'feature', feature: { sae: '/a', feature: -1 } }],
  [{ kind: 'neurons', block: 1.5 }],
  [{ kind: 'neurons', block: -1 }],
  [{ kind: 'neurons', block: 1e9 }],
  [['top']],
])('%j is no view', (value) => {
  expect(readView(value)).toBeUndefined();
});

test('whatever is read is one of the kinds and nothing more', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      const view = readView(value);
      expect(view === undefined || viewKinds.includes(view.kind)).toBe(true);
    }),
  );
});

test('two views are the same when they paint the same', () => {
  for (const a of views) {
    for (const b of views) expect(isSameView(a, b)).toBe(a === b);
  }
  expect(isSameView({ kind: 'neurons', block: 1 }, { kind: 'neurons', block: 2 })).toBe(false);
  const other = { ...feature, feature: featureIndex(8) };
  expect(isSameView({ kind: 'feature', feature }, { kind: 'feature', feature: other })).toBe(false);
});

test('only the view of neurons reads neurons', () => {
  expect(views.map(neuronsOfView).filter((place) => place !== undefined)).toEqual([
    'neurons:blocks.3.mlp.hook_post',
  ]);
});

test('a new window shows the strongest features, one that remembers shows what it showed', async () => {
  const memory = emptyMemory();
  const first = new ViewInUse(memory, true);
  expect(first.current).toEqual({ kind: 'top' });
  await first.choose({ kind: 'surprise' });
  expect(new ViewInUse(memory, true).current).toEqual({ kind: 'surprise' });
});

test('switching off and on again returns to the view, also over a reload', async () => {
  const memory = emptyMemory();
  const view = new ViewInUse(memory, true);
  const told: string[] = [];
  const listening = view.onDidChange(({ kind }) => told.push(kind));
  await view.choose({ kind: 'neurons', block: 2 });
  await view.toggle();
  expect(view.isOn).toBe(false);
  await view.toggle();
  expect(view.current).toEqual({ kind: 'neurons', block: 2 });
  expect(told).toEqual(['neurons', 'off', 'neurons']);
  listening.dispose();
});

test('where colours are switched off by the setting, switching on shows what was shown last', async () => {
  const view = new ViewInUse(emptyMemory({ 'monosem.view': { kind: 'boundaries' } }), false);
  expect(view.isOn).toBe(false);
  await view.toggle();
  expect(view.current).toEqual({ kind: 'boundaries' });
});

test('choosing what is chosen tells nobody', async () => {
  const view = new ViewInUse(emptyMemory(), true);
  let changes = 0;
  const listening = view.onDidChange(() => changes++);
  await view.choose({ kind: 'top' });
  expect(changes).toBe(0);
  listening.dispose();
});
