import { expect, test } from 'vitest';
import { ShownSae } from '../../../../src/host/source/shownSae.ts';
import type { Memory } from '../../../../src/host/memory.ts';

function bench(
  saes: readonly string[],
  remembered?: unknown,
): { shown: ShownSae; kept: unknown[] } {
  const kept: unknown[] = [];
  const memory: Memory = {
    get: () => remembered,
    update: (_, value) => Promise.resolve(void kept.push(value)),
  };
  const shown = new ShownSae({
    active: () => saes,
    source: () => Promise.resolve({ model: '/m', saes }),
    memory,
  });
  return { shown, kept };
}

test('the first one is painted until another is chosen, which is remembered and told', async () => {
  const { shown, kept } = bench(['/a', '/b']);
  let changes = 0;
  const listening = shown.onDidChange(() => changes++);
  expect(shown.current).toBe('/a');
  await shown.choose('/b');
  expect(shown.current).toBe('/b');
  expect([changes, kept]).toEqual([1, ['/b']]);
  listening.dispose();
});

test('what is remembered counts only while it is active', () => {
  expect(bench(['/a', '/b'], '/b').shown.current).toBe('/b');
  expect(bench(['/a', '/b'], '/gone').shown.current).toBe('/a');
  expect(bench(['/a'], { sae: '/a' }).shown.current).toBe('/a');
  expect(bench([]).shown.current).toBeUndefined();
});

test('without a place the painted one is meant', async () => {
  const { shown } = bench(['/a', '/b'], '/b');
  expect(await shown.meant(undefined)).toBe('/b');
  expect(await shown.meant(null)).toBe('/b');
  expect(await shown.meant('/a')).toBe('/a');
});

test.each(['/gone', '', 5, { sae: '/a' }, ['/a']])(
  'what is not active is refused in a sentence: %j',
  async (requested) => {
    const { shown, kept } = bench(['/a', '/b']);
    await expect(shown.meant(requested)).rejects.toMatchObject({ code: 'badArgument' });
    await expect(shown.meant(requested)).rejects.toThrow(/ among the active .*\/a, \/b/);
    expect(kept).toEqual([]);
  },
);
