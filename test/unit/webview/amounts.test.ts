import { expect, test } from 'vitest';
import { featureIndex } from '../../../src/shared/units.ts';
import { amountRange, editText, toEdit } from '../../../webview/steer/amounts.ts';

test('ranges are multiples of the largest activation', () => {
  expect(amountRange('scale', 8)).toEqual({ min: 0, max: 4, step: 0.05, initial: 2 });
  expect(amountRange('clamp', 8)).toEqual({ min: 0, max: 32, step: 0.1, initial: 16 });
  expect(amountRange('add', 8)).toEqual({ min: -32, max: 32, step: 0.2, initial: 8 });
  expect(amountRange('cap', 8)).toEqual({ min: -16, max: 16, step: 0.1, initial: 0 });
  expect(amountRange('project', 8)).toEqual({ min: -2, max: 4, step: 0.05, initial: 0 });
  expect(amountRange('ablate', 8)).toBeUndefined();
  expect(amountRange('none', 8)).toBeUndefined();
});

test.for([0.0031, 0.7, 8.127, 430])('%f: bounds lie on the grid, near four times it', (max) => {
  const range = amountRange('add', max);
  if (range === undefined) throw new Error('no range');
  expect(Math.abs(range.max / range.step - Math.round(range.max / range.step))).toBeLessThan(1e-6);
  expect(range.max / (4 * max)).toBeCloseTo(1, 1);
  expect(range.initial / max).toBeCloseTo(1, 3);
});

test('a feature whose largest activation is unknown has a range all the same', () => {
  expect(amountRange('clamp', 0)).toEqual({ min: 0, max: 40, step: 0.2, initial: 20 });
});

test('edits in words', () => {
  expect(editText('clamp', 16.254, 8.127)).toBe(
    'Its activation is 16.3 on every token (2× its max).',
  );
  expect(editText('add', -4, 8)).toBe('−4.00 is added on every token (−0.5× its max).');
  expect(editText('add', 5, 0)).toBe('5.00 is added on every token.');
  expect(editText('scale', 0.5, 8)).toBe('Its activation is multiplied by 0.5.');
  expect(editText('project', 0.5, 8)).toBe(
    'The part of the stream along its direction is multiplied by 0.5.',
  );
  expect(editText('cap', 3, 8)).toBe('The part of the stream along its direction is 3.00 at most.');
  expect(editText('none', 0, 8)).toBe('');
});

test('an edit without an amount has none', () => {
  const ref = { sae: '/s', feature: featureIndex(7) };
  expect(toEdit(ref, 'ablate', 3)).toEqual({ ...ref, operation: 'ablate' });
  expect(toEdit(ref, 'add', 3)).toEqual({ ...ref, operation: 'add', amount: 3 });
  expect(toEdit(ref, 'none', 3)).toBeUndefined();
});
