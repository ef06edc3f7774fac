// The inputs of a graph with edits that say what happens to each token; they are written anew for every run.
import { floatFeed } from '../onnx/runtime/feeds.ts';
import type { OnnxTensor, OnnxTensors } from '../onnx/runtime/session.ts';
import { directionInputs, neutralAmount } from './directions.ts';
import { transformAt, type EditPlan, type RowPlan } from './editPlan.ts';
import { interventionInputs, roundInputs } from './interventions.ts';
import { fedFeatures } from './planFeeds.ts';

/** One row's part of a run. */
export interface EditedRun {
  readonly plan: RowPlan;
  /** [T], the same T in every row. */
  readonly ids: Uint32Array;
}

/**
 * What happens to the tokens of a run.
 * @param start position of its first token
 */
export function runFeeds(plan: EditPlan, rows: readonly EditedRun[], start: number): OnnxTensors {
  const feeds: Record<string, OnnxTensor> = {};
  const B = rows.length;
  const T = rows[0]?.ids.length ?? 0;
  for (const [n, { length: E }] of fedFeatures(plan).entries()) {
    for (let round = 0; round < (plan.layout.rounds[n] ?? 1); round++) {
      const names = roundInputs(n, round);
      const { gain, bias } = gainAndBias(rows, { n, round, E, start });
      feeds[names.gain] = floatFeed({ dims: [B, T, E], data: gain });
      feeds[names.bias] = floatFeed({ dims: [B, T, E], data: bias });
    }
    const C = plan.drops[n]?.length ?? 0;
    if (C === 0) continue;
    const data = droppedErrors(rows, { n, C, start });
    feeds[interventionInputs(n).drops] = floatFeed({ dims: [B, T, C], data });
  }
  for (const [i, { kind }] of plan.layout.directions.entries()) {
    const data = amounts(rows, { i, neutral: neutralAmount[kind], start });
    feeds[directionInputs(i).amount] = floatFeed({ dims: [B, T, 1], data });
  }
  return feeds;
}

/** One round of one SAE in a run. */
interface RunRound {
  readonly n: number;
  readonly round: number;
  readonly E: number;
  readonly start: number;
}

/** [B, T, E] each. */
function gainAndBias(
  rows: readonly EditedRun[],
  { n, round, E, start }: RunRound,
): { readonly gain: Float32Array; readonly bias: Float32Array } {
  const T = rows[0]?.ids.length ?? 0;
  const gain = new Float32Array(rows.length * T * E).fill(1);
  const bias = new Float32Array(rows.length * T * E);
  for (const [b, { plan, ids }] of rows.entries()) {
    for (const [e, all] of plan.transforms[n] ?? []) {
      const placed = all.filter((each) => each.round === round);
      for (let t = 0; t < T; t++) {
        const at = (b * T + t) * E + e;
        const transform = transformAt(placed, start + t, ids[t] ?? 0);
        gain[at] = transform.gain;
        bias[at] = transform.bias;
      }
    }
  }
  return { gain, bias };
}

/** 0 or 1 [B, T, C]: where the error is dropped under each of C conditions. */
function droppedErrors(
  rows: readonly EditedRun[],
  { n, C, start }: { readonly n: number; readonly C: number; readonly start: number },
): Float32Array {
  const T = rows[0]?.ids.length ?? 0;
  const drops = new Float32Array(rows.length * T * C);
  for (const [b, { plan, ids }] of rows.entries()) {
    for (const { what: c, touches } of plan.drops[n] ?? []) {
      for (let t = 0; t < T; t++) {
        if (touches(start + t, ids[t] ?? 0)) drops[(b * T + t) * C + c] = 1;
      }
    }
  }
  return drops;
}

/** [B, T, 1] */
function amounts(
  rows: readonly EditedRun[],
  { i, neutral, start }: { readonly i: number; readonly neutral: number; readonly start: number },
): Float32Array {
  const T = rows[0]?.ids.length ?? 0;
  const data = new Float32Array(rows.length * T).fill(neutral);
  for (const [b, { plan, ids }] of rows.entries()) {
    const placed = plan.amounts.get(i);
    if (placed === undefined) continue;
    for (let t = 0; t < T; t++) {
      if (placed.touches(start + t, ids[t] ?? 0)) data[b * T + t] = placed.what;
    }
  }
  return data;
}
