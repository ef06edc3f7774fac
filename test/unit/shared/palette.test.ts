import { describe, expect, test } from 'vitest';
import {
  featureColour,
  freeSlot,
  palette,
  paletteNames,
  paletteSlot,
  palettes,
  slotColour,
} from '../../../src/shared/palette.ts';
import { featureIndex } from '../../../src/shared/units.ts';
import { contrast, difference, rgb, visions } from './colourMath.ts';

describe.each(paletteNames)('the %s palette', (name) => {
  const colours = palettes[name];

  test('every slot is used about equally and neighbours differ', () => {
    const counts = new Array<number>(colours.length).fill(0);
    for (let id = 0; id < 24_576; id += 1) {
      const slot = paletteSlot(featureIndex(id), name);
      counts[slot] = (counts[slot] ?? 0) + 1;
      expect(paletteSlot(featureIndex(id + 1), name)).not.toBe(slot);
    }
    expect(Math.min(...counts)).toBeGreaterThan(24_576 / colours.length / 1.1);
    expect(Math.max(...counts)).toBeLessThan((24_576 / colours.length) * 1.1);
  });

  test('every colour is readable on its background', () => {
    const least = { standard: 7.8, colourBlindSafe: 4.5 }[name];
    for (const { light, dark } of colours) {
      expect(contrast(rgb(light), rgb('#ffffff'))).toBeGreaterThanOrEqual(4.5);
      expect(contrast(rgb(dark), rgb('#1e1e1e'))).toBeGreaterThanOrEqual(least);
    }
  });

  test('a feature has the colour of its slot, and slots go round', () => {
    const feature = featureIndex(1234);
    expect(featureColour(feature, name)).toBe(colours[paletteSlot(feature, name)]);
    expect(slotColour(colours.length + 1, name)).toBe(colours[1]);
  });
});

test('the colour of an id never changes', () => {
  const ids = [0, 1, 2, 3, 1234, 4095].map(featureIndex);
  expect(ids.map((id) => paletteSlot(id))).toEqual([0, 7, 2, 10, 7, 10]);
  expect(ids.map((id) => paletteSlot(id, 'colourBlindSafe'))).toEqual([0, 4, 1, 6, 5, 6]);
  expect(featureColour(featureIndex(1))).toBe(palette[7]);
});

/** The two closest colours, as somebody with this vision sees them. */
function closest(colours: readonly string[], vision: string): number {
  const matrix = visions[vision];
  if (matrix === undefined) throw new Error(`no vision is called ${vision}`);
  const pairs = colours.flatMap((a, n) => colours.slice(n + 1).map((b) => [a, b] as const));
  return Math.min(...pairs.map(([a, b]) => difference(rgb(a), rgb(b), matrix)));
}

test.each(Object.keys(visions))('the colour-blind-safe colours stay apart with %s', (vision) => {
  for (const theme of ['light', 'dark'] as const) {
    const colours = palettes.colourBlindSafe.map((colour) => colour[theme]);
    // Four times what is just noticed.
    expect(closest(colours, vision)).toBeGreaterThan(0.09);
  }
});

test('the standard colours do not, which is what the other palette is for', () => {
  const colours = palettes.standard.map(({ dark }) => dark);
  expect(closest(colours, 'deuteranopia')).toBeLessThan(0.02);
});

test('slots that are given away one by one: twelve different ones, eight also in the smaller palette', () => {
  const taken: number[] = [];
  for (let n = 0; n < 32; n++) taken.push(freeSlot((slot) => taken.includes(slot)));
  expect(new Set(taken).size).toBe(32);
  expect(taken.slice(0, 12).toSorted((a, b) => a - b)).toEqual([...palettes.standard.keys()]);
  const small = palettes.colourBlindSafe.length;
  expect(new Set(taken.slice(0, small).map((slot) => slot % small)).size).toBe(small);
  expect(freeSlot((slot) => slot !== 9)).toBe(9);
  // The hues of the first four are at least 60° apart.
  for (const [n, a] of taken.slice(0, 4).entries()) {
    for (const b of taken.slice(0, n)) expect(Math.abs(a - b)).toBeGreaterThanOrEqual(2);
  }
});
