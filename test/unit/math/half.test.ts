import { expect, test } from 'vitest';
import {
  floatToHalf,
  halfToFloat,
  narrowToHalf,
  widenBfloat16,
  widenHalf,
} from '../../../src/engine/math/half.ts';

test('all 65,536 half-precision values survive the way there and back', () => {
  const bits = Uint16Array.from({ length: 65536 }, (_, i) => i);
  const wide = widenHalf(bits);
  const back = narrowToHalf(wide);
  for (let i = 0; i < 65536; i += 1) {
    expect(wide[i]).toEqual(halfToFloat(i));
    if (Number.isNaN(wide[i])) expect((back[i] ?? 0) & 0x7fff).toBe(0x7e00);
    else expect(back[i]).toBe(i);
  }
});

test('facts of IEEE 754 binary16', () => {
  expect(halfToFloat(0x3c00)).toBe(1);
  expect(halfToFloat(0x3555)).toBe(0.333251953125);
  expect(halfToFloat(0x0001)).toBe(2 ** -24);
  expect(halfToFloat(0x7bff)).toBe(65504);
  expect(halfToFloat(0xfc00)).toBe(-Infinity);
  expect(Object.is(halfToFloat(0x8000), -0)).toBe(true);
});

test('rounding is to nearest, ties to even, across the subnormal border and into infinity', () => {
  const step = 2 ** -10;
  expect(floatToHalf(1 + 0.5 * step)).toBe(0x3c00);
  expect(floatToHalf(1 + 1.5 * step)).toBe(0x3c02);
  expect(floatToHalf(1 + 0.51 * step)).toBe(0x3c01);
  expect(floatToHalf(2 - 0.25 * step)).toBe(0x4000);
  expect(floatToHalf(65519.996)).toBe(0x7bff);
  expect(floatToHalf(65520)).toBe(0x7c00);
  expect(floatToHalf(2 ** -25)).toBe(0);
  expect(floatToHalf(1.5 * 2 ** -24)).toBe(2);
  expect(floatToHalf(2 ** -14 - 2 ** -26)).toBe(0x0400);
  expect(floatToHalf(-1e-40)).toBe(0x8000);
});

test('the platform agrees, which knows half precision from Node 24 on', () => {
  const view = new DataView(new ArrayBuffer(2)) as DataView & {
    setFloat16: (offset: number, value: number) => void;
  };
  const native = (x: number): number => {
    view.setFloat16(0, x);
    return view.getUint16(0);
  };
  for (let i = 0; i < 20_000; i += 1) {
    const x = Math.fround((i - 10_000) * 1.00137 ** (i % 5000) * 1e-3);
    expect(floatToHalf(x)).toBe(native(x));
  }
});

test('bfloat16 is the upper half of float32', () => {
  expect([...widenBfloat16(Uint16Array.of(0x3f80, 0xc049, 0x7f80, 0x0001))]).toEqual([
    1,
    -3.140625,
    Infinity,
    2 ** -133,
  ]);
});
