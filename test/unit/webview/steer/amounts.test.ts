import { expect, test } from 'vitest';
import { featureIndex } from '../../../../src/shared/units.ts';
import { type EditValues, noEdit } from '../../../../webview/steer/draft/edit/draftEdit.ts';
import type { Measure } from '../../../../webview/steer/draft/edit/measure.ts';
import { amountRange, inUnit } from '../../../../webview/steer/edits/amounts.ts';
import { editText } from '../../../../webview/steer/edits/editText.ts';

const measure = (max: number): Measure => ({
  yardstick: max,
  sizes: { activation: 1, ...(max > 0 && { max }) },
});
const made: Measure = { yardstick: 12, sizes: { direction: 3, residual: 24 } };
const read: Measure = { yardstick: 3, sizes: { direction: 3 } };

test('ranges are multiples of the largest activation', () => {
  const range = (...[operation, unit = 'activation']: Parameters<typeof amountRange>) =>
    amountRange(operation, unit, 8);
  expect(range('scale', 'activation', 8)).toEqual({ min: 0, max: 4, step: 0.05, initial: 2 });
  expect(range('clamp', 'activation', 8)).toEqual({ min: 0, max: 32, step: 0.1, initial: 8 });
  expect(range('clamp', 'max', 8)).toEqual({ min: 0, max: 10, step: 0.1, initial: 1 });
  expect(range('add', 'activation', 8)).toEqual({ min: -32, max: 32, step: 0.2, initial: 8 });
  expect(range('add', 'max', 8)).toEqual({ min: -10, max: 10, step: 0.1, initial: 1 });
  expect(range('add', 'residual', 8)).toEqual({ min: -2, max: 2, step: 0.01, initial: 0.5 });
  expect(range('cap', 'activation', 8)).toEqual({ min: -16, max: 16, step: 0.1, initial: 0 });
  expect(range('project', 'activation', 8)).toEqual({ min: -2, max: 4, step: 0.05, initial: 0 });
  expect(range('ablate', 'activation', 8)).toBeUndefined();
  expect(range('none', 'activation', 8)).toBeUndefined();
});

test('ranges along a direction are multiples of its length or of that of the stream', () => {
  const range = (operation: 'add' | 'project' | 'cap', unit: 'direction' | 'residual') => {
    const { min, max } = amountRange(operation, unit, made.yardstick) ?? {};
    return [min, max];
  };
  expect(range('add', 'direction')).toEqual([-4, 4]);
  expect(range('add', 'residual')).toEqual([-2, 2]);
  expect(range('project', 'direction')).toEqual([-2, 4]);
  expect(range('cap', 'direction')).toEqual([-24, 24]);
});

test.for([0.0031, 0.7, 8.127, 430])('%f: bounds lie on the grid, near four times it', (max) => {
  const range = amountRange('add', 'activation', max);
  if (range === undefined) throw new Error('no range');
  expect(Math.abs(range.max / range.step - Math.round(range.max / range.step))).toBeLessThan(1e-6);
  expect(range.max / (4 * max)).toBeCloseTo(1, 1);
  expect(range.initial / max).toBeCloseTo(1, 3);
});

test('a feature whose largest activation is unknown has a range all the same', () => {
  expect(amountRange('clamp', 'activation', 0)).toEqual({
    min: 0,
    max: 40,
    step: 0.2,
    initial: 10,
  });
});

test('another unit keeps the strength where the two can be compared', () => {
  const feature = measure(8);
  expect(inUnit(2, { from: 'max', to: 'activation' }, 'add', feature)).toBe(16);
  expect(inUnit(4, { from: 'activation', to: 'max' }, 'add', feature)).toBe(0.5);
  expect(inUnit(2, { from: 'max', to: 'residual' }, 'add', feature)).toBe(0.5);
  expect(inUnit(7, { from: 'max', to: 'max' }, 'add', feature)).toBe(7);
  expect(inUnit(2, { from: 'direction', to: 'residual' }, 'add', made)).toBe(0.25);
  expect(inUnit(0.5, { from: 'residual', to: 'direction' }, 'add', made)).toBe(4);
  expect(inUnit(4, { from: 'direction', to: 'residual' }, 'add', read)).toBe(0.5);
});

const words = (part: Partial<EditValues>, max = 8): string =>
  editText({ ...noEdit({ sae: '/s', feature: featureIndex(7) }), ...part }, measure(max));

test('edits in words', () => {
  expect(words({ operation: 'clamp', amount: 16.254 }, 8.127)).toBe(
    'Its activation becomes 16.3, 2× its max. On all tokens.',
  );
  expect(words({ operation: 'clamp', amount: 2, unit: 'max' }, 8.127)).toBe(
    'Its activation becomes 16.3, 2× its max. On all tokens.',
  );
  expect(words({ operation: 'add', amount: -4 })).toBe(
    '−4.00 is added, −0.5× its max. On all tokens.',
  );
  expect(words({ operation: 'add', amount: 5 }, 0)).toBe('5.00 is added. On all tokens.');
  expect(words({ operation: 'add', amount: 0.5, unit: 'residual' })).toBe(
    '0.5× the norm of the stream is added along its direction. On all tokens.',
  );
  expect(words({ operation: 'scale', amount: 0.5 })).toBe(
    'Its activation is multiplied by 0.5. On all tokens.',
  );
  expect(words({ operation: 'project', amount: 0.5 })).toBe(
    'The part of the stream along its direction is multiplied by 0.5. On all tokens.',
  );
  expect(words({ operation: 'cap', amount: 3 })).toBe(
    'The part of the stream along its direction is 3.00 at most. On all tokens.',
  );
  expect(words({})).toBe('');
});

test('edits along a direction in words', () => {
  const along = (part: Partial<EditValues>, known = made): string =>
    editText({ ...noEdit({ name: 'calm', site: 'blocks.2.hook_resid_post' }), ...part }, known);
  expect(along({ operation: 'add', amount: -2 })).toBe(
    '−2× the direction is added, −0.25× the norm of the stream. On all tokens.',
  );
  expect(along({ operation: 'add', amount: 1.5 }, read)).toBe(
    '1.5× the direction is added. On all tokens.',
  );
  expect(along({ operation: 'add', amount: 0.3, unit: 'residual' })).toBe(
    '0.3× the norm of the stream is added along it. On all tokens.',
  );
  expect(along({ operation: 'project', amount: 0, scope: 'prompt' })).toBe(
    'The part of the stream along it is multiplied by 0. On the prompt.',
  );
  expect(along({ operation: 'cap', amount: 3, onlyWhile: { sae: '/s', number: '8' } })).toBe(
    'The part of the stream along it is 3.00 at most. On all tokens. Only where feature 8 is active.',
  );
  expect(along({})).toBe('');
});

test('conditions in words', () => {
  expect(words({ operation: 'ablate', ranges: '4 to 9' })).toBe(
    'Switched off: its activation becomes 0. On all tokens.',
  );
  const other = { sae: '/s', number: '8' };
  const conditions = {
    scope: 'prompt',
    ranges: '4-9',
    skipSpecial: true,
    dropsError: true,
  } as const;
  expect(words({ operation: 'ablate', ...conditions })).toBe(
    'Switched off: its activation becomes 0. On the prompt. Only tokens 4-9. Not on special tokens. The error of the SAE is dropped.',
  );
  expect(
    words({ operation: 'ablate', onlyActive: true, onlyWhile: other, scope: 'generated' }),
  ).toBe(
    'Switched off: its activation becomes 0. On the continuation. Only where it is active. Only where feature 8 is active.',
  );
});
