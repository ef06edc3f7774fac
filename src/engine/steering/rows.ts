// The two continuations as rows of one batch, or as separate runs where the graph wants it. One that quantizes
// dynamically computes a scale over the whole batch, and the steered row would leak into the baseline; onnxruntime's
// GroupQueryAttention reads several tokens behind a cache of one row only.
import { MonosemError } from '../../shared/errors.ts';
import type { FeatureIndex } from '../../shared/units.ts';
import type { KvCache } from '../model/kvCache.ts';
import type { Program } from '../model/program.ts';
import type { OnnxTensor, OnnxTensors } from '../onnx/runtime/session.ts';
import type { Sites } from '../onnx/sites/sites.ts';
import { gainAndBias, interventionInputs, type RowEdit, type Stretch } from './interventions.ts';
import { nextLogits } from './steerProgram.ts';

export interface EditedRows {
  readonly program: Program;
  /** The edited features of each SAE. */
  readonly features: readonly (readonly FeatureIndex[])[];
  /** Inputs that depend on the features only. */
  readonly feeds: OnnxTensors;
}

/** One row's part of a run. */
export interface RowRun {
  /** [T], the same T in every row. */
  readonly ids: Uint32Array;
  readonly edit: RowEdit;
}

/** Feeds new tokens to every row and returns the logits [V] behind the last one, per row. */
export type RunRows = (rows: readonly RowRun[]) => Promise<Float32Array[]>;

/** All rows in one run of the model; one without a KV cache reads everything again each time. */
export function rowsTogether(edited: EditedRows): RunRows {
  let cache: KvCache | undefined;
  const earlier: (readonly RowRun[])[] = [];
  return async (rows) => {
    const runs = [...earlier, rows];
    if (!edited.program.hasCache) earlier.push(rows);
    const result = await runBatch(edited, runs, cache);
    cache = result.cache;
    return result.logits;
  };
}

/** One run of the model per row. */
export function rowsApart(edited: EditedRows, count: number): RunRows {
  const alone = Array.from({ length: count }, () => rowsTogether(edited));
  return async (rows) => {
    const logits: Float32Array[] = [];
    for (const [b, row] of rows.entries()) logits.push(...((await alone[b]?.([row])) ?? []));
    return logits;
  };
}

/**
 * Several rows in one run wherever the graph allows that.
 * @param inPieces text is read in more than one run
 */
export function rowsFor(
  { dynamicallyQuantized, oneRowBehindCache }: Sites,
  edited: EditedRows,
  { count, inPieces }: { readonly count: number; readonly inPieces: boolean },
): RunRows {
  return dynamicallyQuantized || (oneRowBehindCache && inPieces)
    ? rowsApart(edited, count)
    : rowsTogether(edited);
}

/** @param runs what every row reads, one after the other; each run has the same number of rows */
async function runBatch(
  edited: EditedRows,
  runs: readonly (readonly RowRun[])[],
  cache: KvCache | undefined,
): Promise<{ logits: Float32Array[]; cache: KvCache | undefined }> {
  const { program } = edited;
  const batch = runs[0]?.length ?? 0;
  const stretches = runs.map((rows) => ({
    tokens: rows[0]?.ids.length ?? 0,
    rows: rows.map(({ edit }) => edit),
  }));
  const result = await program.run({
    ids: rowAfterRow(runs, batch),
    batch,
    ...(cache === undefined ? {} : { cache }),
    feeds: editFeeds(edited, stretches),
  });
  const data = result.outputs[nextLogits]?.data;
  if (!(data instanceof Float32Array)) {
    throw new MonosemError('internal', 'The steering graph has no logits among its outputs.');
  }
  const width = data.length / batch;
  return {
    logits: Array.from({ length: batch }, (_, b) => data.subarray(b * width, (b + 1) * width)),
    cache: result.cache,
  };
}

/** All inputs that are about edits, for a run of the tokens of some stretches. */
export function editFeeds(
  { features, feeds }: EditedRows,
  stretches: readonly Stretch[],
): OnnxTensors {
  const edits: Record<string, OnnxTensor> = {};
  for (const [n, own] of features.entries()) {
    const names = interventionInputs(n);
    const { gain, bias } = gainAndBias(own, n, stretches);
    edits[names.gain] = { type: 'float32', ...gain };
    edits[names.bias] = { type: 'float32', ...bias };
  }
  return { ...feeds, ...edits };
}

/** Ids [B, T]: all runs of the first row, then all of the second. */
function rowAfterRow(runs: readonly (readonly RowRun[])[], batch: number): Uint32Array {
  const tokens = runs.reduce((sum, rows) => sum + (rows[0]?.ids.length ?? 0), 0);
  const ids = new Uint32Array(batch * tokens);
  let at = 0;
  for (let b = 0; b < batch; b++) {
    for (const rows of runs) {
      const own = rows[b]?.ids ?? new Uint32Array(0);
      ids.set(own, at);
      at += own.length;
    }
  }
  return ids;
}
