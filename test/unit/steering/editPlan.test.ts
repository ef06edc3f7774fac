import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { firstTouched, transformAt, type EditPlan } from '../../../src/engine/steering/editPlan.ts';
import type { Transform } from '../../../src/engine/steering/edits.ts';
import { planEdits } from '../../../src/engine/steering/planEdits.ts';
import type { DirectionEdit, FeatureEdit, SteerEdit } from '../../../src/shared/engineProtocol.ts';
import type { ErrorCode } from '../../../src/shared/errors.ts';
import { ref, saes, sites, toyPlan, width } from './toyPlans.ts';

const [atEarly, inMlp, atLate] = [
  'blocks.0.hook_resid_post',
  'blocks.1.mlp.hook_post',
  'blocks.1.hook_resid_post',
] as const;
const v = Float32Array.of(3, 0, 4, 0);
const u = Float32Array.of(0, 1, 0, 0);

/** What a row does to a slot of an SAE. */
function transformIn(
  plan: EditPlan,
  position: number,
  { row = 0, n = 0, slot = 0 } = {},
): Transform {
  return transformAt(plan.rows[row]?.transforms[n]?.get(slot) ?? [], position, 0);
}

describe('several edits of one feature', () => {
  /** f' at a position. */
  const apply = (f: number, edits: readonly FeatureEdit[], position = 0): number => {
    const { gain, bias } = transformIn(toyPlan([edits]), position);
    return gain * f + bias;
  };
  const feature = ref('late', 3);
  const scale = (amount: number): FeatureEdit => ({ ...feature, operation: 'scale', amount });
  const add = (amount: number): FeatureEdit => ({ ...feature, operation: 'add', amount });
  const clamp = (amount: number): FeatureEdit => ({ ...feature, operation: 'clamp', amount });
  const ablate: FeatureEdit = { ...feature, operation: 'ablate' };

  it('apply in order', () => {
    expect(apply(2, [scale(3), add(1)])).toBe(7);
    expect(apply(2, [add(1), scale(3)])).toBe(9);
    expect(apply(2, [add(1), ablate])).toBe(0);
    expect(apply(2, [clamp(4), scale(2)])).toBe(8);
  });

  it('apply where each of them does', () => {
    const edits: FeatureEdit[] = [
      { ...scale(3), positions: { ranges: [{ from: 0, to: 2 }] } },
      { ...add(1), positions: { ranges: [{ from: 1, to: 3 }] } },
    ];
    expect([0, 1, 2, 3].map((position) => apply(2, edits, position))).toEqual([6, 7, 3, 2]);
  });

  it('do what they do one after the other, whatever they are', () => {
    const integer = fc.integer({ min: -9, max: 9 });
    const step = fc.record({
      edit: fc.oneof(fc.constant(ablate), ...[scale, add, clamp].map((kind) => integer.map(kind))),
      from: fc.nat(5),
      length: fc.integer({ min: 1, max: 5 }),
    });
    const next = (f: number, edit: FeatureEdit): number => {
      if (edit.operation === 'ablate') return 0;
      return { scale: f * edit.amount, add: f + edit.amount, clamp: edit.amount }[
        edit.operation as 'scale' | 'add' | 'clamp'
      ];
    };
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), integer, fc.nat(9), (steps, f, position) => {
        const edits = steps.map(({ edit, from, length }) => ({
          ...edit,
          positions: { ranges: [{ from, to: from + length }] },
        }));
        const touching = steps.filter(
          ({ from, length }) => position >= from && position < from + length,
        );
        const expected = touching.reduce((value, { edit }) => next(value, edit), f);
        // 0 and −0 are one number here.
        expect(apply(f, edits, position) === expected).toBe(true);
      }),
      { seed: 11 },
    );
  });
});

describe('a plan of several rows', () => {
  it('has one slot per feature, and changes nothing in a row without edits', () => {
    const clamp = (sae: 'late' | 'early', feature: number, amount: number): FeatureEdit => ({
      ...ref(sae, feature),
      ...{ operation: 'clamp', amount },
    });
    const plan = toyPlan([
      [],
      [clamp('late', 3, 1), clamp('early', 3, 2)],
      [clamp('late', 1, 3), clamp('late', 3, 4)],
    ]);
    const slots = plan.slots.map((own) => own.map(({ feature }) => feature));
    expect(slots).toEqual([[3, 1], [3], []]);
    const biases = plan.rows.map((_, row) =>
      slots.map((own, n) => own.map((__, slot) => transformIn(plan, 0, { row, n, slot }).bias)),
    );
    expect(biases).toEqual([
      [[0, 0], [0], []],
      [[1, 0], [2], []],
      [[4, 3], [0], []],
    ]);
    expect(plan.layout).toEqual({
      ...{ isConditional: false, rounds: [1, 1, 1], directions: [] },
      dropsError: [false, false, false],
    });
  });

  it('has one stage per direction and kind, for amounts of all rows', () => {
    const edit = (amount: number, along = v): DirectionEdit => ({
      ...{ site: atLate, direction: along, operation: 'project', amount },
    });
    const plan = toyPlan([[edit(0)], [], [edit(0.5), edit(2, u)]]);
    expect(plan.directions.map(({ along }) => along)).toEqual([v, u]);
    const amounts = plan.rows.map((row) => [...row.amounts].map(([i, { what }]) => [i, what]));
    expect(amounts).toEqual([
      [[0, 0]],
      [],
      [
        [0, 0.5],
        [1, 2],
      ],
    ]);
  });

  it('shares stages as far as rows apply them in one order', () => {
    const add = (along: Float32Array): DirectionEdit => ({
      ...{ site: atLate, direction: along, operation: 'add', amount: 1 },
    });
    const plan = toyPlan([
      [add(v), add(u)],
      [add(u), add(v)],
    ]);
    expect(plan.directions.map(({ along }) => along)).toEqual([v, u, v]);
    expect(plan.rows.map(({ amounts }) => [...amounts.keys()])).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });

  it('does in two stages what a row does twice, and keeps different kinds and places apart', () => {
    const add: DirectionEdit = { site: atLate, direction: v, operation: 'add', amount: 1 };
    const edits: SteerEdit[] = [
      add,
      add,
      { ...add, unit: 'residual' },
      { ...add, site: atEarly },
      { ...add, operation: 'cap' },
      { ...ref('early', 2), operation: 'add', amount: 1, unit: 'residual' },
      { ...ref('late', 2), operation: 'project', amount: 1 },
    ];
    const { layout, directions, slots } = toyPlan([edits, edits]);
    expect(layout.directions).toEqual([
      { site: atLate, kind: 'add' },
      { site: atLate, kind: 'add' },
      { site: atLate, kind: 'addNorm' },
      { site: atEarly, kind: 'add' },
      { site: atLate, kind: 'cap' },
      { site: atEarly, kind: 'addNorm' },
      { site: atLate, kind: 'project' },
    ]);
    expect(directions.slice(5).map(({ along }) => along)).toEqual([
      { n: 1, feature: 2 },
      { n: 0, feature: 2 },
    ]);
    expect(slots.flat()).toEqual([]);
  });
});

describe('edits of one feature under different conditions', () => {
  const feature = ref('late', 3);
  const scale: FeatureEdit = { ...feature, operation: 'scale', amount: 2 };
  const active: FeatureEdit = { ...scale, amount: 3, onlyActive: true };
  const own = [{ n: 0, feature: 3 }];
  const roundsOf = (plan: EditPlan): (readonly number[] | undefined)[] =>
    plan.rows.map(({ transforms }) => transforms[0]?.get(0)?.map(({ round }) => round));

  it('have a round each, as often as the condition changes', () => {
    const plan = toyPlan([[scale, scale, active, active, scale]]);
    expect(plan.slots[0]).toEqual([{ feature: 3, gates: [[], own, []] }]);
    expect(roundsOf(plan)).toEqual([[0, 0, 1, 1, 2]]);
    expect(plan.layout.rounds).toEqual([3, 1, 1]);
  });

  it('share rounds with other rows as far as those apply them in one order', () => {
    const plan = toyPlan([[scale], [active], [active, scale], [scale, active]]);
    expect(plan.slots[0]).toEqual([{ feature: 3, gates: [[], own, []] }]);
    expect(roundsOf(plan)).toEqual([[0], [1], [1, 2], [0, 1]]);
  });

  it('are under one condition where two of them say the same', () => {
    const plan = toyPlan([[active, { ...scale, onlyWhile: feature }]]);
    expect(roundsOf(plan)).toEqual([[0, 0]]);
    expect(plan.layout.rounds).toEqual([1, 1, 1]);
  });
});

describe('a condition', () => {
  it('is read in a slot of its own, which an edit can share', () => {
    const onlyWhile = ref('early', 1);
    const plan = toyPlan([
      [
        { ...ref('late', 3), operation: 'ablate', onlyActive: true, onlyWhile },
        { ...ref('early', 1), operation: 'scale', amount: 2 },
        { site: atLate, direction: v, operation: 'add', amount: 1, onlyWhile },
        { ...ref('latest', 0), operation: 'cap', amount: 1, onlyActive: true },
      ],
    ]);
    const read = { n: 1, feature: 1 };
    expect(plan.slots).toEqual([
      [{ feature: 3, gates: [[{ n: 0, feature: 3 }, read]] }],
      [{ feature: 1, gates: [[]] }],
      [{ feature: 0, gates: [] }],
    ]);
    expect(plan.directions.map(({ gate }) => gate)).toEqual([[read], [{ n: 2, feature: 0 }]]);
    expect(plan.layout.isConditional).toBe(true);
    expect(transformIn(plan, 0, { n: 1 })).toEqual({ gain: 2, bias: 0 });
  });

  it('can be a feature of the same site that comes before', () => {
    const edit = { ...ref('latest', 0), operation: 'ablate', onlyWhile: ref('late', 2) } as const;
    expect(toyPlan([[edit]]).slots[2]).toEqual([{ feature: 0, gates: [[{ n: 0, feature: 2 }]] }]);
  });
});

test('a feature of a transcoder is known where that writes, and the sentence says so', () => {
  const [late, early] = saes;
  if (late === undefined || early === undefined) throw new Error('no SAEs');
  const edit: SteerEdit = { ...ref('early', 0), operation: 'ablate', onlyWhile: ref('late', 2) };
  const placed = [
    { place: 'early', sae: early },
    { place: 'late', sae: { ...late, site: early.site } },
  ];
  const facts = { streamWidth: width, promptLength: 1, specialIds: new Set<number>() };
  expect(() => planEdits([[edit]], { saes: placed, sites: { sites }, ...facts })).toThrow(
    /depends on feature 2 at blocks\.1\.hook_resid_post, which the model computes later/,
  );
});

test('an error is dropped where an edit that drops it applies, in its row', () => {
  const positions = { ranges: [{ from: 2, to: 3 }] };
  const edit = { ...ref('early', 0), operation: 'scale', amount: 1, dropsError: true } as const;
  const { layout, rows } = toyPlan([[], [{ ...edit, positions }]]);
  expect(layout.dropsError).toEqual([false, true, false]);
  expect(rows[0]?.drops).toEqual([[], [], []]);
  const [drop] = rows[1]?.drops[1] ?? [];
  expect([1, 2, 3].map((position) => drop?.touches(position, 0))).toEqual([false, true, false]);
});

test('an error is dropped under the condition of the edit, each condition kept once', () => {
  const edit = { ...ref('early', 0), operation: 'scale', amount: 1, dropsError: true } as const;
  const active = { ...edit, onlyActive: true } as const;
  const along = { ...active, operation: 'project' } as const;
  const { layout, drops, rows } = toyPlan([[edit, active], [along]]);
  expect(drops).toEqual([[], [[], [{ n: 1, feature: 0 }]], []]);
  expect(rows.map((row) => row.drops[1]?.map(({ what }) => what))).toEqual([[0, 1], [1]]);
  expect(layout).toMatchObject({ isConditional: true, dropsError: [false, true, false] });
});

test('the first token that a row touches is that of any edit', () => {
  const ids = new Uint32Array(6);
  const from = (position: number): Pick<SteerEdit, 'positions'> => ({
    positions: { ranges: [{ from: position }] },
  });
  const first = (...rows: readonly (readonly SteerEdit[])[]): number =>
    firstTouched(toyPlan(rows).rows, ids);
  const ablate: SteerEdit = { ...ref('late', 1), operation: 'ablate', ...from(4) };
  const along: SteerEdit = { site: inMlp, direction: new Float32Array(8).fill(1), operation: 'cap', amount: 1, ...from(3) }; // prettier-ignore
  const drops: SteerEdit = { ...ref('early', 1), operation: 'project', amount: 1, ...from(2), dropsError: true }; // prettier-ignore
  expect(first([], [ablate])).toBe(4);
  expect(first([ablate], [ablate, along])).toBe(3);
  expect(first([ablate, along], [drops])).toBe(2);
  expect(first([{ ...ablate, ...from(6) }])).toBe(6);
  expect(first([], [])).toBe(6);
});

const special = 9;
test.each<[SteerEdit['positions'], number]>([
  [{ scope: 'prompt' }, 0],
  [{ scope: 'generated' }, 4],
  [{ skipSpecial: true }, 1],
  [{ skipSpecial: true, ranges: [{ from: 3 }] }, 4],
  [{ skipSpecial: true, ranges: [{ from: 3, to: 4 }] }, 6],
  [{ scope: 'generated', ranges: [{ from: 0, to: 2 }, { from: 5 }] }, 5],
  [{ scope: 'prompt', ranges: [{ from: 4 }] }, 6],
  [{ scope: 'prompt', skipSpecial: true, ranges: [{ from: 2 }] }, 2],
])('an edit on %j touches token %i first', (positions, expected) => {
  const ids = Uint32Array.of(special, 1, 1, special, 1, 1);
  const facts = { promptLength: 4, specialIds: new Set([special]) };
  const edit = { ...ref('late', 1), operation: 'ablate', positions } as SteerEdit;
  const later = { ...edit, positions: { ranges: [{ from: 5 }] } };
  expect(firstTouched(toyPlan([[], [edit]], facts).rows, ids)).toBe(expected);
  expect(firstTouched(toyPlan([[later], [edit]], facts).rows, ids)).toBe(Math.min(expected, 5));
});

describe('what cannot be is refused in a sentence:', () => {
  const ablate = { ...ref('late', 3), operation: 'ablate' } as const;
  const along = { site: atLate, direction: v, operation: 'add', amount: 1 } as const;
  const alongRow = { operation: 'project', amount: 0 } as const;
  it.each<[string, ErrorCode, RegExp, SteerEdit[]]>([
    [
      'a condition on a later site',
      'badEdit',
      /^An edit of feature 0 depends on feature 2 at blocks\.1\.hook_resid_post, which the model computes later/,
      [{ ...ref('early', 0), operation: 'ablate', onlyWhile: ref('late', 2) }],
    ],
    [
      'a condition on a later SAE of the site',
      'badEdit',
      /^An edit of feature 3 depends on feature 2 at blocks\.1\.hook_resid_post/,
      [{ ...ablate, onlyWhile: ref('latest', 2) }],
    ],
    [
      'a direction that depends on a later site',
      'badEdit',
      /^An edit of a direction at blocks\.0\.hook_resid_post depends on feature 2 at blocks\.1/,
      [{ ...along, site: atEarly, onlyWhile: ref('late', 2) }],
    ],
    [
      'an error that is dropped while a feature of a later SAE of the site is active',
      'badEdit',
      /^Dropping the error of the SAE toy at blocks\.1\.hook_resid_post depends on feature 2 at blocks\.1/,
      [{ ...ref('late', 3), ...alongRow, dropsError: true, onlyWhile: ref('latest', 2) }],
    ],
    [
      'a direction of zeros',
      'badEdit',
      /^For a direction at blocks\.1\.hook_resid_post there is no direction: all of its numbers are 0 or/,
      [{ ...along, direction: new Float32Array(width) }],
    ],
    ...[NaN, Infinity].map((one): [string, ErrorCode, RegExp, SteerEdit[]] => [
      `a direction with ${one}`,
      'badEdit',
      /^For the direction "truth" there is no direction: .* one is not finite; choose another one/,
      [{ ...along, name: 'truth', direction: Float32Array.of(1, one, 0, 0) }],
    ]),
    [
      'a direction of another width than the stream',
      'badEdit',
      /^A direction at blocks\.1\.hook_resid_post has 3 numbers, and the model is 4 wide there/,
      [{ ...along, direction: Float32Array.of(1, 2, 3) }],
    ],
    [
      'a direction of another width than its place',
      'badEdit',
      /^A direction at blocks\.1\.mlp\.hook_post has 4 numbers, and the model is 8 wide there/,
      [{ ...along, site: inMlp }],
    ],
    [
      'a direction at no place of the model',
      'unknownSite',
      /^The model has no site blocks\.9\.hook_resid_post to steer at; choose one such as/,
      [{ ...along, site: 'blocks.9.hook_resid_post' }],
    ],
    [
      'an SAE that is not active',
      'badEdit',
      /^Feature 3 is to be edited in the SAE \/elsewhere, which is not active; add that SAE or remove/,
      [{ ...ablate, sae: '/elsewhere' }],
    ],
    [
      'a condition of an SAE that is not active',
      'badEdit',
      /^Feature 1 is to be edited in the SAE \/elsewhere, which is not active/,
      [{ ...ablate, onlyWhile: { ...ref('early', 1), sae: '/elsewhere' } }],
    ],
    [
      'an unknown feature',
      'unknownFeature',
      /4 among the toy; choose an id from 0 to 3/,
      [{ ...ablate, ...ref('late', 4) }],
    ],
    [
      'a condition of an unknown feature',
      'unknownFeature',
      /4 among the toy; choose an id from 0 to 3/,
      [{ ...ablate, onlyWhile: ref('early', 4) }],
    ],
    [
      'an amount that is no number',
      'badEdit',
      /^The amount of "add" on a direction at blocks\.1\.hook_resid_post is not a finite number/,
      [{ ...along, amount: NaN }],
    ],
    [
      'a range that is none',
      'badEdit',
      /^The positions 5 to 2 are no range/,
      [{ ...ablate, positions: { ranges: [{ from: 5, to: 2 }] } }],
    ],
  ])('%s', (_, code, sentence, edits) => {
    const message = expect.stringMatching(sentence) as string;
    for (const rows of [[edits], [[], edits]]) {
      expect(() => toyPlan(rows)).toThrow(expect.objectContaining({ code, message }));
    }
  });
});
