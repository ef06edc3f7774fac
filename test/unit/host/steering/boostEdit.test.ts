import { expect, test } from 'vitest';
import { boostEdit } from '../../../../src/host/steering/boostEdit.ts';
import { featureIndex } from '../../../../src/shared/units.ts';

const ref = { sae: '/s', feature: featureIndex(57) };

test('a feature is held at its largest activation', () => {
  const edit = { ...ref, operation: 'clamp', amount: 1, unit: 'max' };
  expect(boostEdit(ref, { maxActivation: 4 })).toEqual(edit);
});

test.each([undefined, { maxActivation: 0 }])('where none is known (%j) it is tripled', (brief) => {
  expect(boostEdit(ref, brief)).toEqual({ ...ref, operation: 'scale', amount: 3 });
});
