import { expect, test } from 'vitest';
import type { NamedEdit } from '../../../../src/shared/engineProtocol.ts';
import { featureIndex } from '../../../../src/shared/units.ts';
import { conditionProblem } from '../../../../webview/steer/draft/edit/conditionProblem.ts';
import { noEdit } from '../../../../webview/steer/draft/edit/draftEdit.ts';
import { measureOf, unitsOf } from '../../../../webview/steer/draft/edit/measure.ts';
import { rangesText, readRanges } from '../../../../webview/steer/draft/edit/tokenRanges.ts';
import { fromEdit, toEdit } from '../../../../webview/steer/draft/edit/viewEdit.ts';

const ref = { sae: '/s', feature: featureIndex(7) };
const other = { sae: '/s', feature: featureIndex(8) };
const calm = { name: 'calm', site: 'blocks.2.hook_resid_post' };

test.for<NamedEdit>([
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
  { ...calm, operation: 'add', amount: -2 },
  { ...calm, operation: 'add', amount: 0.5, unit: 'residual', onlyWhile: other },
  { ...calm, operation: 'project', amount: 0, positions: { scope: 'generated' } },
  { ...calm, operation: 'cap', amount: 3, positions: { ranges: [{ from: 0 }] } },
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
  const along = { ...noEdit(calm), amount: 3, unit: 'residual', scope: 'prompt' } as const;
  expect(toEdit({ ...along, operation: 'cap' })).toEqual({
    ...{ ...calm, operation: 'cap', amount: 3, positions: { scope: 'prompt' } },
  });
  expect(toEdit(along)).toBeUndefined();
});

test('an edit whose conditions cannot be read is none', () => {
  const ablate = { ...noEdit(ref), operation: 'ablate' } as const;
  expect(toEdit({ ...ablate, ranges: '4 to 9' })).toBeUndefined();
  expect(toEdit({ ...ablate, onlyWhile: { sae: '/s', number: '-1' } })).toBeUndefined();
  expect(toEdit({ ...ablate, onlyWhile: { sae: '/s', number: ' ' } })).toEqual({
    ...{ ...ref, operation: 'ablate' },
  });
});

test('the error can be dropped under a condition', () => {
  const edit = { ...noEdit(ref), operation: 'ablate', dropsError: true } as const;
  expect(toEdit({ ...edit, onlyActive: true, onlyWhile: { sae: '/s', number: '8' } })).toEqual({
    ...{ ...ref, operation: 'ablate', dropsError: true },
    ...{ onlyActive: true, onlyWhile: other },
  });
});

test('only a feature of the SAE can be a condition', () => {
  const saes = [{ sae: '/s', name: 's', site: 'blocks.0.hook_resid_post', features: 100 }];
  const problem = (number: string, sae = '/s'): string | undefined =>
    conditionProblem({ ...noEdit(calm), onlyWhile: { sae, number } }, saes);
  expect(['', ' ', '0', '99'].map((number) => problem(number))).toEqual([
    ...[undefined, undefined, undefined, undefined],
  ]);
  expect(problem('100')).toBe('“100” is no feature of this SAE: write a number from 0 to 99.');
  expect(problem('x 1')).toBe('“x 1” is no feature of this SAE: write a number from 0 to 99.');
  expect(problem('7', '/t')).toBe(
    'Feature 7 is of an SAE that is not active: choose the condition anew.',
  );
  expect(conditionProblem({ ...noEdit(calm), ranges: 'x' }, saes)).toContain('“x” are no ranges');
  expect(conditionProblem(noEdit(calm), saes)).toBeUndefined();
});

test('only a feature that the store knows has multiples of its max', () => {
  const brief = { feature: ref.feature, density: 0, maxActivation: 5, peakTokens: [] };
  const offered = { sae: '/s', brief, promptMax: 5 };
  const known = measureOf({ ...offered, inStore: true });
  const unknown = measureOf({ ...offered, inStore: false });
  expect(unitsOf('clamp', known)).toEqual(['max', 'activation']);
  expect(unitsOf('add', known)).toEqual(['max', 'activation', 'residual']);
  expect(unitsOf('add', unknown)).toEqual(['activation', 'residual']);
  expect(unitsOf('scale', known)).toEqual([]);
  expect([known.yardstick, unknown.yardstick]).toEqual([5, 5]);
});

test('along a direction is counted in its length and in that of the stream', () => {
  const offered = { ...calm, origin: { more: 'a', less: 'b' }, norm: 3 };
  const [made, read] = [measureOf({ ...offered, streamNorm: 20 }), measureOf(offered)];
  expect(unitsOf('add', made)).toEqual(['direction', 'residual']);
  expect(unitsOf('add', read)).toEqual(['direction', 'residual']);
  expect(unitsOf('project', made)).toEqual([]);
  expect(unitsOf('cap', made)).toEqual([]);
  expect([made.yardstick, read.yardstick]).toEqual([10, 3]);
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
