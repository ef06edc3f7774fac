import { describe, expect, it } from 'vitest';
import { transformsOf } from '../../../src/engine/steering/edits.ts';
import { gainAndBias } from '../../../src/engine/steering/interventions.ts';
import { parseEdit } from '../../../src/engine/steering/parseEdit.ts';
import type { FeatureEdit } from '../../../src/shared/engineProtocol.ts';
import { MonosemError } from '../../../src/shared/errors.ts';
import { featureIndex } from '../../../src/shared/units.ts';

const code = (action: () => unknown): string | undefined => {
  try {
    action();
  } catch (error) {
    return error instanceof MonosemError ? error.code : String(error);
  }
  return undefined;
};

const first = '/saes/first';
const second = '/saes/second';
const parse = (text: string): FeatureEdit => parseEdit(text, [first, second]);

describe('parseEdit', () => {
  it.each([
    ['12:ablate', { feature: 12, operation: 'ablate' }],
    ['0:scale=0.5', { feature: 0, operation: 'scale', amount: 0.5 }],
    ['4095:clamp=8', { feature: 4095, operation: 'clamp', amount: 8 }],
    ['7:add=-3e-1', { feature: 7, operation: 'add', amount: -0.3 }],
  ])('%s', (text, edit) => {
    expect(parse(text)).toEqual({ sae: first, ...edit });
  });

  it('takes the SAE by its number', () => {
    expect(parse('2/12:clamp=3')).toEqual({
      sae: second,
      feature: 12,
      operation: 'clamp',
      amount: 3,
    });
    expect(parse('1/12:ablate')).toEqual(parse('12:ablate'));
  });

  it.each([
    '',
    '0/12:ablate',
    '3/12:ablate',
    '/12:ablate',
    '1/2/12:ablate',
    '12',
    '12:',
    'x:ablate',
    '12:ablate=1',
    '12:clamp',
    '12:clamp=',
    '12:clamp=a',
    '-1:ablate',
    '1.5:ablate',
    '12:explode=3',
    '12:add=Infinity',
  ])('refuses "%s"', (text) => {
    expect(code(() => parse(text))).toBe('badEdit');
  });
});

describe('transformsOf', () => {
  const feature = featureIndex(3);
  /** f' for a list of edits of one feature. */
  const apply = (f: number, ...texts: string[]): number => {
    const { gain, bias } = transformsOf(texts.map(parse)).get(feature) ?? {
      gain: NaN,
      bias: NaN,
    };
    return gain * f + bias;
  };

  it('means what steering.md says', () => {
    expect(apply(2, '3:ablate')).toBe(0);
    expect(apply(2, '3:scale=1.5')).toBe(3);
    expect(apply(2, '3:clamp=7')).toBe(7);
    expect(apply(0, '3:clamp=7')).toBe(7);
    expect(apply(2, '3:add=-5')).toBe(-3);
  });

  it('applies several edits of one feature in order', () => {
    expect(apply(2, '3:scale=3', '3:add=1')).toBe(7);
    expect(apply(2, '3:add=1', '3:scale=3')).toBe(9);
    expect(apply(2, '3:add=1', '3:ablate')).toBe(0);
    expect(apply(2, '3:clamp=4', '3:scale=2')).toBe(8);
  });

  it('refuses amounts that are no numbers', () => {
    const edit = { sae: first, feature, operation: 'add', amount: NaN } as const;
    expect(code(() => transformsOf([edit]))).toBe('badEdit');
  });
});

describe('gainAndBias', () => {
  it('changes only the rows and features it is told to', () => {
    const a = featureIndex(5);
    const b = featureIndex(9);
    const row = transformsOf([parse('9:clamp=2')]);
    const { gain, bias } = gainAndBias([a, b], 1, [
      { tokens: 2, rows: ['none', [new Map(), row]] },
    ]);
    expect(gain.dims).toEqual([2, 2, 2]);
    expect([...gain.data]).toEqual([1, 1, 1, 1, 1, 0, 1, 0]);
    expect([...bias.data]).toEqual([0, 0, 0, 0, 0, 2, 0, 2]);
  });
});
