// What all runs of a graph with edits are fed with, on SAEs and a model that need no files.
import { describe, expect, it } from 'vitest';
import type { OnnxTensors } from '../../../src/engine/onnx/runtime/session.ts';
import { directionInputs } from '../../../src/engine/steering/directions.ts';
import { interventionInputs } from '../../../src/engine/steering/interventions.ts';
import { planFeeds } from '../../../src/engine/steering/planFeeds.ts';
import type { SteerEdit } from '../../../src/shared/engineProtocol.ts';
import { input, ref, saes, sites, toyPlan } from './toyPlans.ts';

const site = 'blocks.1.hook_resid_post';
const v = Float32Array.of(3, 0, 4, 0);

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
    expect(input(feeds, 'monosem.0.0.gates')).toEqual([
      [3, 2],
      [1, 0, 1, 0, 0, 0],
    ]);
    expect(input(feeds, 'monosem.0.0.needed')).toEqual([[2], [1.5, -0.5]]);
    expect(input(feeds, 'monosem.direction_0.gates')).toEqual([
      [4, 1],
      [1, 0, 0, 0],
    ]);
    expect(input(feeds, 'monosem.direction_0.needed')).toEqual([[1], [0.5]]);
  });

  it('has the condition of each round of a feature, and of each way to drop the error', async () => {
    const edit = { ...ref('early', 3), operation: 'ablate' } as const;
    const feeds = await feedsOf([
      { ...edit, onlyActive: true, dropsError: true },
      { ...edit, onlyWhile: ref('early', 1), dropsError: true },
      { ...edit, onlyActive: true, dropsError: true },
      { ...ref('early', 2), operation: 'ablate', dropsError: true },
    ]);
    // Columns: 3, 1, 2, each of them also what is edited.
    const gates = [0, 1, 2].map((round) => input(feeds, `monosem.1.${round}.gates`)[1]);
    expect(gates).toEqual([
      [1, 0, 0, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, 1, 0, 0, 0, 0, 0],
      [1, 0, 0, 0, 0, 0, 0, 0, 0],
    ]);
    // Where 3 is active, where 1 is, and everywhere.
    expect(input(feeds, 'monosem.1.drops.gates')).toEqual([
      [3, 3],
      [1, 0, 0, 0, 1, 0, 0, 0, 0],
    ]);
    expect(input(feeds, 'monosem.1.drops.needed')).toEqual([[3], [0.5, 0.5, -0.5]]);
    expect(feeds['monosem.0.drops.gates']).toBeUndefined();
  });
});
