import { expect, test } from 'vitest';
import { sizeText } from '../../../src/host/display/size.ts';
import { variantItems } from '../../../src/host/display/variantText.ts';

const variants = [
  { variant: 'onnx/model.onnx', description: 'full precision', bytes: 538_090_408 },
  { variant: 'onnx/model_q4.onnx', description: '4-bit weights', bytes: 84_000_000 },
];

test('the first is the one that is taken anyway, and is recommended', () => {
  expect(variantItems(variants)).toEqual([
    {
      label: 'onnx/model.onnx',
      description: 'recommended: full precision · 538 MB',
      value: '',
    },
    {
      label: 'onnx/model_q4.onnx',
      description: '4-bit weights · 84 MB',
      value: 'onnx/model_q4.onnx',
    },
  ]);
});

test('the one in use is marked', () => {
  const marked = (present: string): readonly boolean[] =>
    variantItems(variants, present).map(({ description }) => description.endsWith('· in use'));
  expect(marked('')).toEqual([true, false]);
  expect(marked('onnx/model_q4.onnx')).toEqual([false, true]);
});

test.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1000, '1 KB'],
  [999_600, '1 MB'],
  [60_816_028, '60.8 MB'],
  [2_147_483_648, '2.15 GB'],
])('%d bytes are %s', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});
