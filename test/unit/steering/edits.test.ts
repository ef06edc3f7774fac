import { describe, expect, it, test } from 'vitest';
import {
  compose,
  directionKindOf,
  identity,
  nameOfTarget,
  transformOf,
  withAmount,
} from '../../../src/engine/steering/edits.ts';
import type { FeatureEdit, SteerEdit } from '../../../src/shared/engineProtocol.ts';
import { featureIndex } from '../../../src/shared/units.ts';

const ref = { sae: '/sae', feature: featureIndex(3) };
const along = { site: 'blocks.0.hook_resid_post', direction: Float32Array.of(1, 2) };

describe('transformOf', () => {
  /** f' of an edit. */
  const apply = (f: number, edit: FeatureEdit): number => {
    const { gain, bias } = transformOf(edit) ?? { gain: NaN, bias: NaN };
    return gain * f + bias;
  };

  it('means what the protocol says', () => {
    expect(apply(2, { ...ref, operation: 'ablate' })).toBe(0);
    expect(apply(2, { ...ref, operation: 'scale', amount: 1.5 })).toBe(3);
    expect(apply(2, { ...ref, operation: 'clamp', amount: 7 })).toBe(7);
    expect(apply(0, { ...ref, operation: 'clamp', amount: 7, unit: 'activation' })).toBe(7);
    expect(apply(2, { ...ref, operation: 'add', amount: -5 })).toBe(-3);
    expect(apply(2, { ...ref, operation: 'add', amount: -5, unit: 'activation' })).toBe(-3);
  });

  it.each<FeatureEdit>([
    { ...ref, operation: 'add', amount: 1, unit: 'residual' },
    { ...ref, operation: 'project', amount: 0 },
    { ...ref, operation: 'cap', amount: 2 },
  ])('leaves to the direction of the decoder row what is about the stream: %o', (edit) => {
    expect(transformOf(edit)).toBeUndefined();
  });

  it.each([NaN, Infinity, -Infinity])('refuses %d, and names the feature', (amount) => {
    for (const operation of ['scale', 'clamp', 'add', 'project', 'cap'] as const) {
      expect(() => transformOf({ ...ref, operation, amount })).toThrow(
        expect.objectContaining({
          code: 'badEdit',
          message: `The amount of "${operation}" on feature 3 is not a finite number; give one such as 2.5.`,
        }),
      );
    }
  });

  it('takes no multiples of an activation that it does not know', () => {
    for (const operation of ['clamp', 'add'] as const) {
      expect(() => transformOf({ ...ref, operation, amount: 1, unit: 'max' })).toThrow(
        expect.objectContaining({ code: 'internal' }),
      );
    }
  });
});

test('transforms follow each other', () => {
  const [twice, plusOne] = [
    { gain: 2, bias: 0 },
    { gain: 1, bias: 1 },
  ];
  expect(compose(twice, plusOne)).toEqual({ gain: 2, bias: 1 });
  expect(compose(plusOne, twice)).toEqual({ gain: 2, bias: 2 });
  expect(compose(identity, twice)).toEqual(twice);
  expect(compose(twice, identity)).toEqual(twice);
});

test.each<[string, SteerEdit]>([
  ['add', { ...along, operation: 'add', amount: 1 }],
  ['add', { ...along, operation: 'add', amount: 1, unit: 'direction' }],
  ['addNorm', { ...along, operation: 'add', amount: 1, unit: 'residual' }],
  ['addNorm', { ...ref, operation: 'add', amount: 1, unit: 'residual' }],
  ['project', { ...along, operation: 'project', amount: 1 }],
  ['cap', { ...ref, operation: 'cap', amount: 1 }],
])('along a direction it is %s: %o', (kind, edit) => {
  expect(directionKindOf(edit)).toBe(kind);
});

test('a direction by no number is refused under the name it has', () => {
  const edit = { ...along, operation: 'add', amount: NaN } as const;
  expect(() => directionKindOf(edit)).toThrow(
    /on a direction at blocks\.0\.hook_resid_post is not/,
  );
  expect(() => directionKindOf({ ...edit, name: 'truth' })).toThrow(/on the direction "truth" is/);
  expect(nameOfTarget({ ...ref, operation: 'ablate' })).toBe('feature 3');
});

test('another amount leaves the rest, and an ablation has none', () => {
  const positions = { scope: 'prompt' } as const;
  const edit = { ...ref, operation: 'clamp', amount: 1, positions } as const;
  expect(withAmount<FeatureEdit>(edit, 4)).toEqual({ ...edit, amount: 4 });
  const ablation = { ...ref, operation: 'ablate' } as const;
  expect(withAmount<FeatureEdit>(ablation, 4)).toBe(ablation);
});
