// What a reload of the window leaves of a steering session, and what other versions and hands may have left.
import { expect, it, test } from 'vitest';
import type { Memory } from '../../../../src/host/memory.ts';
import { SteerMemory } from '../../../../src/host/steering/steerMemory.ts';
import { defaultSteerSettings, type SteerStart } from '../../../../src/host/views/steerStart.ts';
import { featureIndex } from '../../../../src/shared/units.ts';

function memory(stored?: unknown): SteerMemory {
  const values = new Map<string, unknown>([['monosem.steerSession', stored]]);
  const made: Memory = {
    get: (key) => values.get(key),
    // As VS Code keeps it.
    update: async (key, value) => {
      await Promise.resolve();
      values.set(key, value === undefined ? undefined : JSON.parse(JSON.stringify(value)));
    },
  };
  return new SteerMemory(made);
}

const ref = { sae: '/s', feature: featureIndex(3) };
const site = 'blocks.2.hook_resid_post';
const calm = { name: 'calm', site, origin: { more: 'a', less: 'b' } };
const start: SteerStart = {
  ...{ prompt: 'Once', features: [ref], settings: { ...defaultSteerSettings, seed: 9 } },
  directions: [calm, { name: 'read', site, origin: { file: '/a/x.safetensors', tensor: 'v' } }],
  edits: [
    { ...ref, operation: 'ablate' },
    { name: 'calm', site, operation: 'add', amount: 2, positions: { scope: 'generated' } },
  ],
};

test('names and origins of directions outlive a reload, as everything else', async () => {
  const kept = memory();
  expect(kept.start).toBeUndefined();
  expect(kept.isLive).toBe(true);
  await kept.keep(start, { uri: 'file:///a' });
  await kept.setLive(false);
  expect(kept.start).toEqual(start);
  expect(kept.origin).toEqual({ uri: 'file:///a' });
  expect(kept.isLive).toBe(false);
  await kept.keep(undefined, undefined);
  expect(kept.start).toBeUndefined();
});

test('what an older version stored has no directions and one scope for all edits', () => {
  const edits = [{ ...ref, operation: 'ablate' }];
  const settings = { ...defaultSteerSettings, scope: 'prompt' };
  expect(memory({ prompt: 'Once', features: [], edits, settings }).start).toEqual({
    ...{ prompt: 'Once', features: [], directions: [], settings: defaultSteerSettings },
    edits: [{ ...ref, operation: 'ablate', positions: { scope: 'prompt' } }],
  });
});

it.each([
  'all',
  [{ ...calm, name: 'a b' }],
  [{ ...calm, site: '' }],
  [{ ...calm, origin: { more: 'a' } }],
  [{ ...calm, origin: { file: 3 } }],
  [{ ...calm, origin: { file: '/a', tensor: 4 } }],
  [calm, { ...calm, name: 'Calm' }],
  Array.from({ length: 65 }, (_, n) => ({ ...calm, name: `d${n}` })),
])('directions that are none are left out: %j', (directions) => {
  expect(memory({ ...start, directions }).start).toEqual({ ...start, directions: [] });
});

it.each([undefined, 'Once', { ...start, prompt: ' ' }, { ...start, prompt: 3 }])(
  'nothing begins with %j',
  (stored) => {
    expect(memory(stored).start).toBeUndefined();
  },
);
