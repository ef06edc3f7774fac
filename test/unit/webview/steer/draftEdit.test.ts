import { expect, test } from 'vitest';
import type { FeatureEdit } from '../../../../src/shared/engineProtocol.ts';
import { featureIndex } from '../../../../src/shared/units.ts';
import {
  fromEdit,
  knownMax,
  noEdit,
  toEdit,
  unitsOf,
} from '../../../../webview/steer/draft/draftEdit.ts';
import { rangesText, readRanges } from '../../../../webview/steer/draft/tokenRanges.ts';

const ref = { sae: '/s', feature: featureIndex(7) };
const other = { sae: '/s', feature: featureIndex(8) };

test.for<FeatureEdit>([
  { ...ref, operation: 'ablate' },
  { ...ref, operation: 'scale', amount: 2 },
  { ...ref, operation: 'clamp', amount: 3 },
  { ...ref, operation: 'clamp', amount: 3, unit: 'max' },
  { ...ref, operation: 'add', amount: -3, unit: 'residual', onlyActive: true },
  { ...ref, operation: 'project', amount: 0, onlyWhile: other },
  { ...ref, operation: 'cap', amount: 1.5, dropsError: true },
  { ...ref, operation: 'ablate', dropsError: true, onlyActive: true, onlyWhile: other },
  { ...ref, operation: 'ablate', positions: { scope: 'prompt', skipSpecial: true } },
  { ...ref, operation: 'ablate', positions: { ranges: [{ from: 4, to: 10 }, { from: 12 }] } },
])('an edit is the same behind the controls: %j', (edit) => {
  expect(toEdit(fromEdit(edit))).toEqual(edit);
});

test('what an operation has no use for is kept and not sent', () => {
  const edit = { ...noEdit(ref), amount: 3, unit: 'max' } as const;
  expect(toEdit({ ...edit, operation: 'ablate' })).toEqual({ ...ref, operation: 'ablate' });
  expect(toEdit({ ...edit, operation: 'project' })).toEqual({
    ...{ ...ref, operation: 'project', amount: 3 },
  });
  expect(toEdit(edit)).toBeUndefined();
});

test('an edit whose ranges cannot be read is none', () => {
  expect(toEdit({ ...noEdit(ref), operation: 'ablate', ranges: '4 to 9' })).toBeUndefined();
});

test('only a feature that the store knows has multiples of its max', () => {
  const brief = { feature: ref.feature, density: 0, maxActivation: 5, peakTokens: [] };
  const offered = { sae: '/s', brief, promptMax: 5 };
  expect(knownMax({ ...offered, inStore: true })).toBe(5);
  expect(knownMax({ ...offered, inStore: false })).toBe(0);
  expect(unitsOf('clamp', 5)).toEqual(['max', 'activation']);
  expect(unitsOf('add', 5)).toEqual(['max', 'activation', 'residual']);
  expect(unitsOf('add', 0)).toEqual(['activation', 'residual']);
  expect(unitsOf('scale', 5)).toEqual([]);
});

test('ranges of tokens: both ends are in them', () => {
  expect(readRanges('4-9, 12-')).toEqual([{ from: 4, to: 10 }, { from: 12 }]);
  expect(readRanges(' 5 ; 0 – 0')).toEqual([
    { from: 5, to: 6 },
    { from: 0, to: 1 },
  ]);
  expect(readRanges('  ')).toEqual([]);
  expect(rangesText([{ from: 4, to: 10 }, { from: 5, to: 6 }, { from: 12 }])).toBe('4-9, 5, 12-');
});

test.for(['x', '4 9', '9-4', '-3', '4,', '1.5', '-'])('%j is no list of ranges', (text) => {
  expect(readRanges(text)).toBeUndefined();
});
