// What a run of a graph with edits is fed with, on SAEs and a model that need no files.
import { describe, expect, it } from 'vitest';
import type { OnnxTensors } from '../../../src/engine/onnx/runtime/session.ts';
import { directionInputs } from '../../../src/engine/steering/directions.ts';
import type { EditPlan } from '../../../src/engine/steering/editPlan.ts';
import { interventionInputs, roundInputs } from '../../../src/engine/steering/interventions.ts';
import { fedFeatures } from '../../../src/engine/steering/planFeeds.ts';
import { runFeeds } from '../../../src/engine/steering/runFeeds.ts';
import type { SteerEdit } from '../../../src/shared/engineProtocol.ts';
import { input, ref, saes, toyPlan } from './toyPlans.ts';

const site = 'blocks.1.hook_resid_post';
const v = Float32Array.of(3, 0, 4, 0);

describe('runFeeds', () => {
  /** Rows of 2 tokens that begin at position 3. */
  const feedsOf = (plan: EditPlan): OnnxTensors => {
    const ids = Uint32Array.of(10, 11);
    return runFeeds(
      plan,
      plan.rows.map((row) => ({ plan: row, ids })),
      3,
    );
  };
  const onlyAt = (from: number): Pick<SteerEdit, 'positions'> => ({
    positions: { ranges: [{ from, to: from + 1 }] },
  });

  it('changes only the rows, tokens and features it is told to', () => {
    const edit = { ...ref('early', 2), operation: 'clamp', amount: 2 } as const;
    const scale = { ...ref('early', 1), operation: 'scale', amount: 5 } as const;
    const plan = toyPlan([[{ ...scale, ...onlyAt(9) }], [edit], [{ ...edit, ...onlyAt(4) }]]);
    const feeds = feedsOf(plan);
    const { gain, bias } = roundInputs(1, 0);
    expect(input(feeds, gain)).toEqual([
      [3, 2, 2],
      [1, 1, 1, 1, 1, 0, 1, 0, 1, 1, 1, 0],
    ]);
    expect(input(feeds, bias)).toEqual([
      [3, 2, 2],
      [0, 0, 0, 0, 0, 2, 0, 2, 0, 0, 0, 2],
    ]);
  });

  it('leaves an SAE without edits as it is', () => {
    const plan = toyPlan([[], []]);
    expect(fedFeatures(plan)).toEqual([[0], [0], [0]]);
    for (const n of saes.keys()) {
      const { gain, bias } = roundInputs(n, 0);
      expect(input(feedsOf(plan), gain)).toEqual([
        [2, 2, 1],
        [1, 1, 1, 1],
      ]);
      expect(input(feedsOf(plan), bias)).toEqual([
        [2, 2, 1],
        [0, 0, 0, 0],
      ]);
      expect(feedsOf(plan)[interventionInputs(n).drops]).toBeUndefined();
    }
  });

  it('changes a feature in rounds where its edits have different conditions', () => {
    const edit = { ...ref('late', 1), operation: 'scale', amount: 2 } as const;
    const active = { ...edit, amount: 3, onlyActive: true } as const;
    const other = { ...ref('late', 2), operation: 'ablate', ...onlyAt(4) } as const;
    const feeds = feedsOf(toyPlan([[edit, active, other], [active], [active, edit, edit]]));
    const gains = [0, 1, 2].map((round) => input(feeds, roundInputs(0, round).gain)[1]);
    // Features 1 and 2 on two tokens of three rows: without a condition, where it is active, and without one again.
    expect(gains).toEqual([
      [2, 1, 2, 0, 1, 1, 1, 1, 1, 1, 1, 1],
      [3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1],
      [1, 1, 1, 1, 1, 1, 1, 1, 4, 1, 4, 1],
    ]);
    expect(feeds[roundInputs(0, 3).gain]).toBeUndefined();
    expect(feeds[roundInputs(1, 1).gain]).toBeUndefined();
  });

  it('keeps the error of an SAE but where an edit drops it', () => {
    const edit = { ...ref('late', 1), operation: 'scale', amount: 1, dropsError: true } as const;
    const active = { ...edit, onlyActive: true } as const;
    const feeds = feedsOf(toyPlan([[], [{ ...edit, ...onlyAt(4) }], [edit, active]]));
    expect(input(feeds, interventionInputs(0).drops)).toEqual([
      [3, 2, 2],
      [0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 1, 1],
    ]);
    expect(feeds[interventionInputs(1).drops]).toBeUndefined();
  });

  it('gives amounts along directions, and elsewhere those that change nothing', () => {
    const along = { site, direction: v, amount: 7, ...onlyAt(3) };
    const edits: SteerEdit[] = [
      { ...along, operation: 'add' },
      { ...along, operation: 'add', unit: 'residual' },
      { ...along, operation: 'project' },
      { ...along, operation: 'cap' },
    ];
    const feeds = feedsOf(toyPlan([edits, []]));
    const neutral = [0, 0, 1, Infinity];
    expect(neutral.map((_, i) => input(feeds, directionInputs(i).amount))).toEqual(
      neutral.map((none) => [
        [2, 2, 1],
        [7, none, none, none],
      ]),
    );
  });
});
