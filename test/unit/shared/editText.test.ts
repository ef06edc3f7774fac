import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  parseEdit,
  parseNamedEdit,
  writeEdit,
  writeSteerEdit,
} from '../../../src/shared/editText.ts';
import type {
  DirectionEdit,
  FeatureEdit,
  FeatureRef,
  PositionRange,
  SteerEdit,
} from '../../../src/shared/engineProtocol.ts';
import { withNumbers } from '../../../src/shared/namedEdits.ts';
import { featureIndex } from '../../../src/shared/units.ts';

const first = '/saes/first';
const second = 'neurons:blocks.1.mlp.hook_post';
const saes = [first, second];
const calm = Float32Array.of(1, 2);
const directions = new Map([['calm', calm]]);
const names = { saes, directions };
const parse = (text: string): FeatureEdit => parseEdit(text, saes);
const parseSteerEdit = (text: string): SteerEdit =>
  withNumbers(parseNamedEdit(text, names), directions);

describe('parseEdit', () => {
  it.each([
    ['12:ablate', { feature: 12, operation: 'ablate' }],
    ['0:scale=0.5', { feature: 0, operation: 'scale', amount: 0.5 }],
    ['4095:clamp=8', { feature: 4095, operation: 'clamp', amount: 8 }],
    ['7:add=-3e-1', { feature: 7, operation: 'add', amount: -0.3 }],
    ['12:clamp=3max', { feature: 12, operation: 'clamp', amount: 3, unit: 'max' }],
    ['12:add=0.3norm', { feature: 12, operation: 'add', amount: 0.3, unit: 'residual' }],
    ['12:add=2act', { feature: 12, operation: 'add', amount: 2, unit: 'activation' }],
    ['12:project=0', { feature: 12, operation: 'project', amount: 0 }],
    ['12:cap=4', { feature: 12, operation: 'cap', amount: 4 }],
    [
      ' 12 : add = +.5 max , active ',
      { feature: 12, operation: 'add', amount: 0.5, unit: 'max', onlyActive: true },
    ],
    [
      '12:ablate,while=2/40,drop-error',
      {
        ...{ feature: 12, operation: 'ablate', dropsError: true },
        onlyWhile: { sae: second, feature: 40 },
      },
    ],
    [
      '12:ablate,prompt,skip-special',
      { feature: 12, operation: 'ablate', positions: { scope: 'prompt', skipSpecial: true } },
    ],
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

  it('takes positions with both ends included', () => {
    expect(parse('12:ablate,tokens=4-9+12+20-').positions?.ranges).toEqual([
      { from: 4, to: 10 },
      { from: 12, to: 13 },
      { from: 20 },
    ]);
  });

  it.each([
    ['', /is not an edit; write ID:ablate/],
    ['/12:ablate', /is not an edit/],
    ['1/2/12:ablate', /is not an edit/],
    ['12', /is not an edit/],
    ['12:', /is not an edit/],
    ['x:ablate', /is not an edit/],
    ['12:ablate=1', /is not an edit/],
    ['12:explode=3', /is not an edit/],
    ['-1:ablate', /is not an edit/],
    ['1.5:ablate', /is not an edit/],
    ['99999999999:ablate', /is not an edit/],
    ['0/12:ablate', /edits SAE number 0, and there are 2/],
    ['3/12:ablate', /edits SAE number 3, and there are 2/],
    ['12:clamp', /has no number behind clamp; write one, such as clamp=2\.5/],
    ['12:clamp=', /has no number behind clamp/],
    ['12:clamp=a', /has no number behind clamp/],
    ['12:clamp=1=2', /has no number behind clamp/],
    ['12:add=Infinity', /has no number behind add/],
    ['12:add=1e999', /has no number behind add/],
    ['12:scale=2max', /has a unit, and scale takes none/],
    ['12:clamp=2norm', /has a unit that clamp does not take; .* one of act, max behind it/],
    ['12:add=2toString', /has a unit that add does not take/],
    ['12:ablate,', /has a condition "", which is none; write one of active/],
    ['12:ablate,sometimes', /has a condition "sometimes", which is none/],
    ['12:ablate,active,active', /says "active" twice over/],
    ['12:ablate,while=1,while=2', /says "while" twice over/],
    ['12:ablate,prompt,generated', /names two scopes/],
    ['12:ablate,while=x', /has no feature behind while/],
    ['12:ablate,while=3/4', /edits SAE number 3/],
    ['12:ablate,tokens=', /has no positions behind tokens/],
    ['12:ablate,tokens=9-4', /has no positions behind tokens/],
    ['12:ablate,tokens=-4', /has no positions behind tokens/],
    ['12:ablate,tokens=4+', /has no positions behind tokens/],
  ])('refuses "%s"', (text, sentence) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'badEdit' }));
    expect(() => parse(text)).toThrow(sentence);
    expect(() => parse(text)).toThrow(/^[^\n]+\.$/);
  });
});

const refs: fc.Arbitrary<FeatureRef> = fc.record({
  sae: fc.constantFrom(...saes),
  feature: fc.nat(999_999_999).map(featureIndex),
});
const amounts = fc.double({ noNaN: true, noDefaultInfinity: true });
const ranges: fc.Arbitrary<PositionRange> = fc.oneof(
  fc.record({ from: fc.nat() }),
  fc.tuple(fc.nat(), fc.nat(100)).map(([from, more]) => ({ from, to: from + 1 + more })),
);
/** What says nothing, such as `skipSpecial: false`, is not written. */
const positions = fc
  .record(
    {
      scope: fc.constantFrom('all', 'prompt', 'generated'),
      ranges: fc.array(ranges, { maxLength: 4 }),
      skipSpecial: fc.constant(true),
    },
    { requiredKeys: [] },
  )
  .filter((given) => Object.keys(given).length > 0);
const place = fc.record({ positions, onlyWhile: refs }, { requiredKeys: [] });
const extras = fc.record(
  { onlyActive: fc.constant(true), dropsError: fc.constant(true) },
  { requiredKeys: [] },
);
const along = fc.record({ operation: fc.constantFrom('project', 'cap'), amount: amounts });
const operations = fc.oneof(
  fc.constant({ operation: 'ablate' as const }),
  fc.record({ operation: fc.constant('scale'), amount: amounts }),
  fc.record(
    {
      operation: fc.constant('clamp'),
      amount: amounts,
      unit: fc.constantFrom('activation', 'max'),
    },
    { requiredKeys: ['operation', 'amount'] },
  ),
  fc.record(
    {
      ...{ operation: fc.constant('add'), amount: amounts },
      unit: fc.constantFrom('activation', 'max', 'residual'),
    },
    { requiredKeys: ['operation', 'amount'] },
  ),
  along,
);
const featureEdits = fc
  .tuple(refs, operations, place, extras)
  .map((parts) => Object.assign({}, ...parts) as FeatureEdit);
const directionOperations = fc.oneof(
  fc.record(
    {
      ...{ operation: fc.constant('add'), amount: amounts },
      unit: fc.constantFrom('direction', 'residual'),
    },
    { requiredKeys: ['operation', 'amount'] },
  ),
  along,
);
const directionEdits = fc.tuple(directionOperations, place).map(
  ([operation, where]) =>
      ({ site: 'blocks.2.hook_resid_post', direction: calm, name: 'calm', ...operation, ...where }), // prettier-ignore
);

test('what is written reads as the same edit', () => {
  fc.assert(
    fc.property(featureEdits, (edit) => {
      expect(parseEdit(writeEdit(edit, saes), saes)).toEqual(edit);
    }),
  );
  fc.assert(
    fc.property(fc.oneof(featureEdits, directionEdits), (edit) => {
      expect(parseSteerEdit(writeSteerEdit(edit, saes))).toEqual(edit);
    }),
  );
});

test('any text is an edit or refused with one sentence', () => {
  const words = fc.constantFrom('12', '2/', ':', '=', ',', 'add', 'ablate', 'tokens', '4-9', '+', 'max', 'while', '@', 'calm', ' '); // prettier-ignore
  const texts = fc.oneof(
    fc.string(),
    fc.array(words).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        const edit = parseSteerEdit(text);
        expect(parseSteerEdit(writeSteerEdit(edit, saes))).toEqual(edit);
      } catch (error) {
        expect(error).toMatchObject({ code: 'badEdit' });
      }
    }),
  );
});

test('edits along directions go by a name and a site', () => {
  const edit = parseSteerEdit('calm@blocks.2.hook_resid_post:add=0.5norm,generated');
  expect(edit).toEqual({
    ...{ site: 'blocks.2.hook_resid_post', name: 'calm', direction: calm },
    ...{ operation: 'add', amount: 0.5, unit: 'residual', positions: { scope: 'generated' } },
  });
  const refuse = (text: string, sentence: RegExp): void => {
    expect(() => parseSteerEdit(text)).toThrow(sentence);
  };
  refuse('angry@hook_embed:add=2', /along the direction "angry", which was not given/);
  refuse('calm@:add=2', /is not an edit along a direction; write NAME@SITE:add=A/);
  refuse('calm@hook_embed', /is not an edit along a direction/);
  refuse('calm@hook_embed:ablate', /is not an edit along a direction/);
  refuse('calm@hook_embed:add=2max', /has a unit that add does not take/);
  refuse('calm@hook_embed:add=2,active', /never active and has no error/);
});

test('what cannot be written is refused', () => {
  const edit: FeatureEdit = { sae: '/elsewhere', feature: featureIndex(3), operation: 'ablate' };
  expect(() => writeEdit(edit, saes)).toThrow(/about the SAE \/elsewhere, which is none of those/);
  const unnamed: DirectionEdit = {
    site: 'hook_embed',
    direction: calm,
    operation: 'cap',
    amount: 1,
  };
  expect(() => writeSteerEdit(unnamed, saes)).toThrow(/at hook_embed has no name that can/);
});
