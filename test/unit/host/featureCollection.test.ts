import { expect, test } from 'vitest';
import { FeatureCollection, mostPinned } from '../../../src/host/collection/featureCollection.ts';
import { featureIndex } from '../../../src/shared/units.ts';
import { emptyMemory } from './memoryInTests.ts';

const ref = (n: number, sae = '/a'): { sae: string; feature: ReturnType<typeof featureIndex> } => ({
  sae,
  feature: featureIndex(n),
});

test('pinned features keep their order and their colours over a reload', async () => {
  const memory = emptyMemory();
  const collection = new FeatureCollection(memory);
  await collection.pin(ref(5));
  await collection.pin(ref(3));
  await collection.pin(ref(5, '/b'));
  const expected = [
    { ...ref(5), slot: 0 },
    { ...ref(3), slot: 4 },
    { ...ref(5, '/b'), slot: 7 },
  ];
  expect(collection.pinned).toEqual(expected);
  expect(new FeatureCollection(memory).pinned).toEqual(expected);
});

test('a colour that has become free is given to the next feature; the others keep theirs', async () => {
  const collection = new FeatureCollection(emptyMemory());
  for (const n of [1, 2, 3]) await collection.pin(ref(n));
  await collection.unpin(ref(2));
  await collection.pin(ref(9));
  expect(collection.pinned.map(({ feature, slot }) => [feature, slot])).toEqual([
    [1, 0],
    [3, 7],
    [9, 4],
  ]);
});

test('pinning twice, and pinning more than there is room for, changes nothing', async () => {
  const collection = new FeatureCollection(emptyMemory());
  for (let n = 0; n < mostPinned + 3; n++) await collection.pin(ref(n));
  await collection.pin(ref(0));
  expect(collection.pinned.length).toBe(mostPinned);
});

test('recent features are listed once each, the last one first', async () => {
  const memory = emptyMemory();
  const collection = new FeatureCollection(memory);
  for (const n of [1, 2, 1, 3]) await collection.look(ref(n));
  expect(collection.recent).toEqual([ref(3), ref(1), ref(2)]);
  for (let n = 10; n < 60; n++) await collection.look(ref(n));
  expect(collection.recent.length).toBe(20);
  expect(new FeatureCollection(memory).recent).toEqual(collection.recent);
});

test('every change is told', async () => {
  const collection = new FeatureCollection(emptyMemory());
  let changes = 0;
  const listening = collection.onDidChange(() => changes++);
  await collection.pin(ref(1));
  await collection.look(ref(1));
  await collection.unpin(ref(1));
  await collection.unpin(ref(1));
  expect(changes).toBe(3);
  listening.dispose();
});

test('what is remembered wrongly is left out', () => {
  const { pinned, recent } = new FeatureCollection(
    emptyMemory({
      'monosem.pinnedFeatures': [
        { ...ref(1), slot: 0 },
        { ...ref(2), slot: -1 },
        { ...ref(2), slot: 1e9 },
        { feature: 3 },
        null,
      ],
      'monosem.recentFeatures': 'none',
    }),
  );
  expect(pinned).toEqual([{ ...ref(1), slot: 0 }]);
  expect(recent).toEqual([]);
});
