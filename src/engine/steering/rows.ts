// The two continuations as rows of one batch, or as separate runs where the graph quantizes dynamically: there a
// scale is computed over the whole batch, and the steered row would leak into the baseline.
import { MonosemError } from '../../shared/errors.ts';
import type { FeatureIndex } from '../../shared/units.ts';
import type { KvCache } from '../model/kvCache.ts';
import type { Program } from '../model/program.ts';
import type { OnnxTensors } from '../onnx/runtime/session.ts';
import { gainAndBias, interventionInputs, type RowEdit } from './interventions.ts';
import { nextLogits } from './steerProgram.ts';

export interface EditedRows {
  readonly program: Program;
  /** The E edited features. */
  readonly features: readonly FeatureIndex[];
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

/** All rows in one run of the model. */
export function rowsTogether(edited: EditedRows): RunRows {
  let cache: KvCache | undefined;
  return async (rows) => {
    const result = await runBatch(edited, rows, cache);
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

async function runBatch(
  { program, features, feeds }: EditedRows,
  rows: readonly RowRun[],
  cache: KvCache | undefined,
): Promise<{ logits: Float32Array[]; cache?: KvCache }> {
  const tokens = rows[0]?.ids.length ?? 0;
  const ids = new Uint32Array(rows.length * tokens);
  for (const [b, row] of rows.entries()) ids.set(row.ids, b * tokens);
  const { gain, bias } = gainAndBias(
    features,
    rows.map(({ edit }) => edit),
    tokens,
  );
  const result = await program.run({
    ids,
    batch: rows.length,
    ...(cache === undefined ? {} : { cache }),
    feeds: {
      ...feeds,
      [interventionInputs.gain]: { type: 'float32', ...gain },
      [interventionInputs.bias]: { type: 'float32', ...bias },
    },
  });
  if (result.cache === undefined) {
    throw new MonosemError(
      'unsupportedModel',
      'The model has no KV cache (past_key_values inputs), which generating text needs; export it with one (optimum: task text-generation-with-past).',
    );
  }
  const data = result.outputs[nextLogits]?.data;
  if (!(data instanceof Float32Array)) {
    throw new MonosemError('internal', 'The steering graph has no logits among its outputs.');
  }
  const width = data.length / rows.length;
  return {
    logits: rows.map((_, b) => data.subarray(b * width, (b + 1) * width)),
    cache: result.cache,
  };
}
