// What a graph with edits is fed with, on SAEs and a model that need no files.
import { describe, expect, it } from 'vitest';
import type { OnnxTensors } from '../../../src/engine/onnx/runtime/session.ts';
import { directionInputs } from '../../../src/engine/steering/directions.ts';
import { fedFeatures, planFeeds, runFeeds } from '../../../src/engine/steering/editFeeds.ts';
import type { EditPlan } from '../../../src/engine/steering/editPlan.ts';
import { interventionInputs } from '../../../src/engine/steering/interventions.ts';
import type { SteerEdit } from '../../../src/shared/engineProtocol.ts';
import { ref, saes, sites, toyPlan } from './toyPlans.ts';

const site = 'blocks.1.hook_resid_post';
const v = Float32Array.of(3, 0, 4, 0);

/** Shape and numbers of an input. */
function input(feeds: OnnxTensors, name: string): [dims: readonly number[], data: number[]] {
  const { dims = [], data = [] } = feeds[name] ?? {};
  return [dims, Array.from(data, Number)];
}

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
    const { gain, bias } = interventionInputs(1);
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
      const { gain, bias, keepsError } = interventionInputs(n);
      expect(input(feedsOf(plan), gain)).toEqual([
        [2, 2, 1],
        [1, 1, 1, 1],
      ]);
      expect(input(feedsOf(plan), bias)).toEqual([
        [2, 2, 1],
        [0, 0, 0, 0],
      ]);
      expect(feedsOf(plan)[keepsError]).toBeUndefined();
    }
  });

  it('keeps the error of an SAE but where an edit drops it', () => {
    const edit = { ...ref('late', 1), operation: 'scale', amount: 1, dropsError: true } as const;
    const feeds = feedsOf(toyPlan([[], [{ ...edit, ...onlyAt(4) }], [edit]]));
    expect(input(feeds, interventionInputs(0).keepsError)).toEqual([
      [3, 2, 1],
      [1, 1, 1, 0, 0, 0],
    ]);
    expect(feeds[interventionInputs(0).keepsError]?.type).toBe('bool');
    expect(feeds[interventionInputs(1).keepsError]).toBeUndefined();
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

describe('planFeeds', () => {
  const feedsOf = (edits: readonly SteerEdit[]): Promise<OnnxTensors> =>
    planFeeds(toyPlan([[], edits]), saes, { sites });
  const directionOf = async (edit: SteerEdit): Promise<number[]> =>
    input(await feedsOf([edit]), directionInputs(0).direction)[1];

  it('takes the decoder rows of the edited features', async () => {
    const edits = [3, 1].map((n) => ({ ...ref('late', n), operation: 'ablate' }) as const);
    const { decoder } = interventionInputs(0);
    expect(input(await feedsOf(edits), decoder)).toEqual([
      [2, 4],
      [0, 0, 0, 3, 0, 1, 0, 0],
    ]);
  });

  it('takes a direction as it is to add it, and its unit vector for everything else', async () => {
    const along = { site, direction: v, amount: 1 };
    expect(await directionOf({ ...along, operation: 'add' })).toEqual([3, 0, 4, 0]);
    const unit = [...Float32Array.of(0.6, 0, 0.8, 0)];
    expect(await directionOf({ ...along, operation: 'add', unit: 'residual' })).toEqual(unit);
    expect(await directionOf({ ...along, operation: 'project' })).toEqual(unit);
    expect(await directionOf({ ...along, operation: 'cap' })).toEqual(unit);
    const feature = { ...ref('late', 3), operation: 'project', amount: 0 } as const;
    expect(await directionOf(feature)).toEqual([0, 0, 0, 1]);
  });

  it('moves nothing along a feature that writes nothing', async () => {
    const dead = { ...ref('late', 0), operation: 'project', amount: 0 } as const;
    expect(await directionOf(dead)).toEqual([0, 0, 0, 0]);
  });

  it('has conditions only where an edit has one', async () => {
    const ablate = { ...ref('late', 3), operation: 'ablate' } as const;
    const gates = async (edit: SteerEdit): Promise<string[]> =>
      Object.keys(await feedsOf([edit])).filter((name) => name.endsWith('.gates'));
    expect(await gates(ablate)).toEqual([]);
    expect(await gates({ ...ablate, onlyActive: true })).toHaveLength(saes.length);
  });

  it('writes a condition as the columns that must be active', async () => {
    const onlyWhile = ref('early', 1);
    const feeds = await feedsOf([
      { ...ref('late', 3), operation: 'ablate', onlyActive: true, onlyWhile },
      { ...ref('late', 2), operation: 'ablate' },
      { site, direction: v, operation: 'add', amount: 1, onlyWhile },
    ]);
    // Columns: early 1, late 3, late 2; behind them the feature that stands for none of the last SAE.
    expect(input(feeds, 'monosem.0.gates')).toEqual([
      [3, 2],
      [1, 0, 1, 0, 0, 0],
    ]);
    expect(input(feeds, 'monosem.0.needed')).toEqual([[2], [1.5, -0.5]]);
    expect(input(feeds, 'monosem.direction_0.gates')).toEqual([
      [4, 1],
      [1, 0, 0, 0],
    ]);
    expect(input(feeds, 'monosem.direction_0.needed')).toEqual([[1], [0.5]]);
  });
});
