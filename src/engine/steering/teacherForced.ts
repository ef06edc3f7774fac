// Reads a given text under edits (teacher forcing): the model's own words never enter, so what it loses on each token
// with and without an edit can be compared token by token. Any number of rows of one length, each with edits of its own,
// are read at once; the model is causal, so what precedes the first edit of one text is read once for all of them.
import { MonosemError } from '../../shared/errors.ts';
import type { KvCache } from '../model/kvCache.ts';
import type { BlockResult } from '../model/program.ts';
import { followersOfRows } from '../model/tokenLosses.ts';
import type { OnnxTensors } from '../onnx/runtime/session.ts';
import { forcedNames } from './forcedProgram.ts';
import { runFeeds, type EditedRun } from './editFeeds.ts';
import { rowAfterRow, type ReadyEdits } from './rows.ts';

export interface ForcedText {
  /** With a program from `openForcedProgram`. */
  readonly edits: ReadyEdits;
  /** What each row reads, BOS included, and does there; all of one length. */
  readonly rows: readonly EditedRun[];
  /** Of one row, for what comes before `from`: no row edits that, and all read the same there. Absent where `from` is 0. */
  readonly cache?: KvCache;
  /** Positions [from, until) are wanted. */
  readonly from: number;
  readonly until: number;
  /** Where a run of the model that begins at a position ends, given how many rows are in it. */
  readonly blockEnd: (at: number, rows: number) => number;
  /** Rows of a run would depend on each other: each one runs by itself. */
  readonly rowsApart: boolean;
  /** Position, one of the wanted ones, at which logits and activations are read. */
  readonly readAt: number;
}

/** What one row says. */
export interface ForcedRow {
  /** [until − from] −ln p of the token behind each position in nats; NaN behind the last token of the text. */
  readonly losses: Float32Array;
  /** [V] behind `readAt`. */
  readonly logits: Float32Array;
  /** Of the edited features of each SAE on `readAt`, before the edit. */
  readonly activations: readonly Float32Array[];
}

/**
 * @param breath awaited before every run of the model
 * @throws whatever `breath` throws
 */
export async function teacherForced(
  text: ForcedText,
  breath: () => Promise<void>,
): Promise<ForcedRow[]> {
  if (!text.rowsApart) return runRows(text, breath);
  const rows: ForcedRow[] = [];
  for (const row of text.rows) rows.push(...(await runRows({ ...text, rows: [row] }, breath)));
  return rows;
}

/** A row as it is filled, run after run. */
interface GrowingRow {
  readonly losses: Float32Array;
  logits: Float32Array;
  activations: readonly Float32Array[];
}

async function runRows(text: ForcedText, breath: () => Promise<void>): Promise<ForcedRow[]> {
  const { edits, rows, from, until, readAt } = text;
  const batch = rows.length;
  const length = rows[0]?.ids.length ?? 0;
  const found = rows.map(() => newRow(until - from));
  let cache = text.cache?.repeated(batch);
  let at = from;
  while (at < until) {
    await breath();
    const end = Math.min(length, text.blockEnd(at, batch));
    const result = await runBlock(edits, rows, { at, end, readAt, ...(cache && { cache }) });
    takeLosses(found, result.outputs, at - from);
    if (readAt >= at && readAt < end) takeReadings(found, result.outputs, edits.plan.slots.length);
    cache = result.cache;
    at = end;
  }
  // Nothing follows the last token.
  for (const { losses } of found) losses.fill(NaN, length - 1 - from);
  return found;
}

/** The beginning of a text that no row edits. */
export interface ForcedBeginning {
  readonly edits: ReadyEdits;
  /** [T] BOS included. */
  readonly sequence: Uint32Array;
  /** For what comes before `from`; absent where that is 0. */
  readonly cache?: KvCache;
  readonly from: number;
  /** Above `from`. */
  readonly until: number;
  /** Where a run of the model that begins at a position ends. */
  readonly blockEnd: (at: number) => number;
}

/**
 * Reads it, one row for all.
 * @param breath awaited before every run of the model
 * @returns the KV cache of positions [0, until); nothing for a model without one
 */
export async function readBeginning(
  { edits, sequence, cache: before, from, until, blockEnd }: ForcedBeginning,
  breath: () => Promise<void>,
): Promise<KvCache | undefined> {
  const rows = edits.plan.rows.slice(0, 1).map((plan) => ({ plan, ids: sequence }));
  let cache = before;
  for (let at = from; at < until;) {
    await breath();
    const end = Math.min(until, blockEnd(at));
    ({ cache } = await runBlock(edits, rows, { at, end, readAt: at, ...(cache && { cache }) }));
    at = end;
  }
  return cache;
}

/** Positions [at, end) of all rows. */
function runBlock(
  { program, plan, feeds }: ReadyEdits,
  rows: readonly EditedRun[],
  { at, end, readAt, cache }: { at: number; end: number; readAt: number; cache?: KvCache },
): Promise<BlockResult> {
  const run = rows.map(({ plan: row, ids }) => ({ plan: row, ids: ids.subarray(at, end) }));
  const sequences = rows.map(({ ids }) => ids);
  return program.run({
    ids: rowAfterRow(run.map(({ ids }) => ids)),
    batch: rows.length,
    ...(cache && { cache }),
    feeds: {
      ...feeds,
      ...runFeeds(plan, run, at),
      [forcedNames.targets]: followersOfRows(sequences, at, end),
      [forcedNames.position]: positionFeed(readAt, at, end),
    },
  });
}

function newRow(positions: number): GrowingRow {
  return { losses: new Float32Array(positions), logits: new Float32Array(0), activations: [] };
}

/** The chosen position in a run; some position in a run that does not hold it, which then is not read. */
function positionFeed(readAt: number, at: number, end: number): OnnxTensors[string] {
  const inside = Math.min(Math.max(readAt, at), end - 1) - at;
  return { type: 'int64', dims: [1], data: BigInt64Array.of(BigInt(inside)) };
}

/** @param offset where the run begins among the wanted positions */
function takeLosses(rows: readonly GrowingRow[], outputs: OnnxTensors, offset: number): void {
  for (const [b, own] of perRow(outputs, forcedNames.losses, rows.length).entries()) {
    const losses = rows[b]?.losses;
    losses?.set(own.subarray(0, losses.length - offset), offset);
  }
}

function takeReadings(rows: readonly GrowingRow[], outputs: OnnxTensors, saes: number): void {
  const logits = perRow(outputs, forcedNames.logits, rows.length);
  const activations = Array.from({ length: saes }, (_, n) =>
    perRow(outputs, forcedNames.activations(n), rows.length),
  );
  for (const [b, row] of rows.entries()) {
    row.logits = logits[b]?.slice() ?? row.logits;
    row.activations = activations.flatMap((ofSae) => ofSae[b]?.slice() ?? []);
  }
}

function perRow(outputs: OnnxTensors, name: string, batch: number): Float32Array[] {
  const tensor = outputs[name];
  if (tensor?.type !== 'float32') {
    throw new MonosemError('internal', `The graph that reads a text under edits has no ${name}.`);
  }
  const width = tensor.data.length / batch;
  return Array.from({ length: batch }, (_, b) => tensor.data.subarray(b * width, (b + 1) * width));
}
