import { describe, expect, it } from 'vitest';
import { parseEdit } from '../../../src/engine/steering/parseEdit.ts';
import type { FeatureEdit } from '../../../src/shared/engineProtocol.ts';

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
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'badEdit' }));
  });
});
