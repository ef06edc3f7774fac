import { expect, test } from 'vitest';
import { featureColour, palette, paletteSlot } from '../../../src/shared/palette.ts';
import { featureIndex } from '../../../src/shared/units.ts';

/** Relative luminance of `#rrggbb` (WCAG 2.2). */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [bright = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (bright + 0.05) / (dark + 0.05);
}

test('every slot is used about equally and neighbours differ', () => {
  const counts = new Array<number>(palette.length).fill(0);
  for (let id = 0; id < 24_576; id += 1) {
    const slot = paletteSlot(featureIndex(id));
    counts[slot] = (counts[slot] ?? 0) + 1;
    expect(paletteSlot(featureIndex(id + 1))).not.toBe(slot);
  }
  expect(Math.min(...counts)).toBeGreaterThan(24_576 / palette.length / 1.1);
  expect(Math.max(...counts)).toBeLessThan((24_576 / palette.length) * 1.1);
});

test('the colour of an id never changes', () => {
  expect([0, 1, 2, 3, 1234, 4095].map((id) => paletteSlot(featureIndex(id)))).toEqual([
    0, 7, 2, 10, 7, 10,
  ]);
});

test('every colour is readable on its background', () => {
  for (let id = 0; id < 100; id += 1) {
    const { light, dark } = featureColour(featureIndex(id));
    expect(contrast(light, '#ffffff')).toBeGreaterThanOrEqual(4.5);
    expect(contrast(dark, '#1e1e1e')).toBeGreaterThanOrEqual(7.8);
  }
});
