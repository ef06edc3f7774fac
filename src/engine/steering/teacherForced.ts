// Reads a given text under edits (teacher forcing): the model's own words never enter, so what it loses on each token
// with and without an edit can be compared token by token. Any number of rows of one length, each with edits of its own,
// are read at once; the model is causal, so what precedes the first edit of one text is read once for all of them.
import { MonosemError } from '../../shared/errors.ts';
import type { KvCache } from '../model/kvCache.ts';
import type { BlockResult } from '../model/program.ts';
import { followersOfRows } from '../model/tokenLosses.ts';
import type { OnnxTensor, OnnxTensors } from '../onnx/runtime/session.ts';
import { forcedNames, noReference } from './forcedProgram.ts';
import { runFeeds, type EditedRun } from './runFeeds.ts';
import { expectNumbers } from './numbers.ts';
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
  /** How far each row is from the first one is wanted too. */
  readonly comparesWithFirst?: boolean;
  /** Position, one of the wanted ones, at which logits and activations are read. */
  readonly readAt: number;
}

/** What one row says. */
export interface ForcedRow {
  /** [until − from] −ln p of the token behind each position in nats; NaN behind the last token of the text. */
  readonly losses: Float32Array;
  /** [until − from] KL(first row ‖ this one) in nats of what is expected behind each position; zeros where not wanted. */
  readonly divergences: Float32Array;
  /** [V] behind `readAt`. */
  readonly logits: Float32Array;
  /** Of the edited features of each SAE on `readAt`, before the edit. */
  readonly activations: readonly Float32Array[];
}

/**
 * @param breath awaited before every run of the model
 * @throws MonosemError `badEdit` where the edits are stronger than numbers; whatever `breath` throws
 */
export async function teacherForced(
  text: ForcedText,
  breath: () => Promise<void>,
): Promise<ForcedRow[]> {
  const parts = partsOf(text).map((rows) => new Part(text, rows));
  const widest = Math.max(...parts.map(({ batch }) => batch));
  const length = text.rows[0]?.ids.length ?? 0;
  for (let at = text.from; at < text.until;) {
    const end = Math.min(length, text.blockEnd(at, widest));
    let reference = noReference;
    for (const part of parts) {
      await breath();
      const read = await part.read(at, end, reference);
      if (text.comparesWithFirst === true && reference === noReference) reference = read;
    }
    at = end;
  }
  return parts.flatMap((part) => part.finish());
}

/** Rows that share their runs of the model; together all of them, in their order. */
function partsOf({ rows, rowsApart, comparesWithFirst }: ForcedText): EditedRun[][] {
  if (rowsApart) return rows.map((row) => [row]);
  const parts = comparesWithFirst === true ? [rows.slice(0, 1), rows.slice(1)] : [[...rows]];
  return parts.filter((part) => part.length > 0);
}

/** A row as it is filled, run after run. */
interface GrowingRow {
  readonly losses: Float32Array;
  readonly divergences: Float32Array;
  logits: Float32Array;
  activations: readonly Float32Array[];
}

/** Some of the rows, as far as they have been read. */
class Part {
  readonly #text: ForcedText;
  readonly #rows: readonly EditedRun[];
  readonly #found: readonly GrowingRow[];
  #cache: KvCache | undefined;

  constructor(text: ForcedText, rows: readonly EditedRun[]) {
    this.#text = text;
    this.#rows = rows;
    this.#found = rows.map(() => newRow(text.until - text.from));
    this.#cache = text.cache?.repeated(rows.length);
  }

  get batch(): number {
    return this.#rows.length;
  }

  /**
   * Reads positions [at, end).
   * @param reference ln p that the rows are compared with
   * @returns ln p of these rows where somebody compares with them, else the same reference
   */
  async read(at: number, end: number, reference: OnnxTensor): Promise<OnnxTensor> {
    const { edits, from, until, readAt, comparesWithFirst = false } = this.#text;
    const saes = edits.plan.slots.length;
    const isReference = comparesWithFirst && reference === noReference;
    const isCompared = comparesWithFirst && !isReference;
    const isReadHere = readAt >= at && readAt < end;
    const { outputs, cache } = await runBlock(edits, this.#rows, {
      ...{ at, end, readAt, reference, isLast: end >= until },
      ...(this.#cache && { cache: this.#cache }),
      wanted: [
        forcedNames.losses,
        ...(isReference ? [forcedNames.logProbabilities] : []),
        ...(isCompared ? [forcedNames.divergence] : []),
        ...(isReadHere ? readingNames(saes) : []),
      ],
    });
    this.#cache = cache;
    expectLosses(outputs, this.#rows);
    take(this.#found, outputs, 'losses', at - from);
    if (isCompared) take(this.#found, outputs, 'divergences', at - from);
    if (isReadHere) takeReadings(this.#found, outputs, saes);
    return isReference ? tensorOf(outputs, forcedNames.logProbabilities) : reference;
  }

  finish(): readonly ForcedRow[] {
    const { from } = this.#text;
    for (const [b, { losses }] of this.#found.entries()) {
      // Nothing follows the last token.
      losses.fill(NaN, (this.#rows[b]?.ids.length ?? 0) - 1 - from);
    }
    return this.#found;
  }
}

/** What is read at the chosen position. */
function readingNames(saes: number): string[] {
  const activations = Array.from({ length: saes }, (_, n) => forcedNames.activations(n));
  return [forcedNames.logits, ...activations];
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
    const wanted = [forcedNames.losses];
    const block = { at, end, readAt: at, reference: noReference, wanted, ...(cache && { cache }) };
    ({ cache } = await runBlock(edits, rows, block));
    at = end;
  }
  return cache;
}

interface ForcedBlock {
  readonly at: number;
  readonly end: number;
  readonly readAt: number;
  /** ln p that the rows are compared with. */
  readonly reference: OnnxTensor;
  /** Names of outputs. */
  readonly wanted: readonly string[];
  readonly cache?: KvCache;
  /** Nobody goes on behind it. */
  readonly isLast?: boolean;
}

/** Positions [at, end) of all rows. */
function runBlock(
  { program, plan, feeds }: ReadyEdits,
  rows: readonly EditedRun[],
  { at, end, readAt, reference, wanted, cache, isLast = false }: ForcedBlock,
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
      [forcedNames.reference]: reference,
    },
    wanted,
    isLast,
  });
}

function newRow(positions: number): GrowingRow {
  return {
    losses: new Float32Array(positions),
    divergences: new Float32Array(positions),
    logits: new Float32Array(0),
    activations: [],
  };
}

/** The chosen position in a run; some position in a run that does not hold it, which then is not read. */
function positionFeed(readAt: number, at: number, end: number): OnnxTensors[string] {
  const inside = Math.min(Math.max(readAt, at), end - 1) - at;
  return { type: 'int64', dims: [1], data: BigInt64Array.of(BigInt(inside)) };
}

/** @throws MonosemError where they are no numbers */
function expectLosses(outputs: OnnxTensors, rows: readonly EditedRun[]): void {
  for (const [b, losses] of perRow(outputs, forcedNames.losses, rows.length).entries()) {
    const row = rows[b];
    if (row !== undefined) expectNumbers(losses, row.plan);
  }
}

const perPosition = { losses: forcedNames.losses, divergences: forcedNames.divergence } as const;

/** @param offset where the run begins among the wanted positions */
function take(
  rows: readonly GrowingRow[],
  outputs: OnnxTensors,
  what: keyof typeof perPosition,
  offset: number,
): void {
  for (const [b, own] of perRow(outputs, perPosition[what], rows.length).entries()) {
    const values = rows[b]?.[what];
    values?.set(own.subarray(0, values.length - offset), offset);
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
  const { data } = tensorOf(outputs, name);
  const width = data.length / batch;
  return Array.from({ length: batch }, (_, b) => data.subarray(b * width, (b + 1) * width));
}

function tensorOf(outputs: OnnxTensors, name: string): OnnxTensor<'float32'> {
  const tensor = outputs[name];
  if (tensor?.type === 'float32') return tensor;
  throw new MonosemError('internal', `The graph that reads a text under edits has no ${name}.`);
}
