// Texts that grow side by side, each under its own edits: rows of one batch, or separate runs where the graph wants
// that. One that quantizes dynamically computes a scale over the whole batch, and a steered row would leak into the
// baseline; onnxruntime's GroupQueryAttention reads several tokens behind a cache of one row only.
import { MonosemError } from '../../shared/errors.ts';
import { GrowingCache } from '../model/growingCache.ts';
import type { KvCache } from '../model/kvCache.ts';
import type { Program } from '../model/program.ts';
import type { OnnxTensors } from '../onnx/runtime/session.ts';
import type { Sites } from '../onnx/sites/sites.ts';
import { runFeeds } from './runFeeds.ts';
import type { EditPlan, RowPlan } from './editPlan.ts';
import { nextLogits } from './steerProgram.ts';

/** A plan with all it takes to run it. */
export interface ReadyEdits {
  /** Opened for the plan's layout. */
  readonly program: Program;
  readonly plan: EditPlan;
  /** From `planFeeds`. */
  readonly feeds: OnnxTensors;
}

export interface TextRows {
  /**
   * Reads new tokens.
   * @param ids [T] of each row, the same T
   * @returns the logits [V] behind the last one, per row
   */
  feed(ids: readonly Uint32Array[]): Promise<Float32Array[]>;
  /** Goes on with these rows as new ones; one that is named twice goes on twice. */
  take(rows: readonly number[]): TextRows;
}

/** What all rows have read before, without an edit of any of them. */
export interface Beginning {
  /** Of one row, or of as many as go on, which then are alike. */
  readonly cache: KvCache;
}

/** All rows in one run of the model; one without a KV cache reads everything again each time. */
export class RowsTogether implements TextRows {
  readonly #edits: ReadyEdits;
  readonly #rows: readonly RowPlan[];
  #cache: GrowingCache;
  /** Of each row, kept where the model has no KV cache. */
  #earlier: readonly Uint32Array[];

  constructor(edits: ReadyEdits, rows: readonly RowPlan[], beginning?: Beginning) {
    this.#edits = edits;
    this.#rows = rows;
    this.#cache = new GrowingCache(beginning?.cache.repeated(rows.length));
    this.#earlier = rows.map(() => new Uint32Array(0));
  }

  async feed(ids: readonly Uint32Array[]): Promise<Float32Array[]> {
    const { program, plan, feeds } = this.#edits;
    const all = ids.map((own, b) => Uint32Array.from([...(this.#earlier[b] ?? []), ...own]));
    if (!program.hasCache) this.#earlier = all;
    const rows = this.#rows.map((row, b) => ({ plan: row, ids: all[b] ?? new Uint32Array(0) }));
    const outputs = await this.#cache.read(program, {
      ids: rowAfterRow(all),
      batch: rows.length,
      feeds: { ...feeds, ...runFeeds(plan, rows, this.#cache.length) },
    });
    const data = outputs[nextLogits]?.data;
    if (!(data instanceof Float32Array)) {
      throw new MonosemError('internal', 'The steering graph has no logits among its outputs.');
    }
    const width = data.length / rows.length;
    return rows.map((_, b) => data.subarray(b * width, (b + 1) * width));
  }

  take(rows: readonly number[]): RowsTogether {
    const taken = new RowsTogether(this.#edits, pick(this.#rows, rows));
    taken.#cache = this.#cache.rows(rows);
    taken.#earlier = pick(this.#earlier, rows);
    return taken;
  }
}

/** One run of the model per row. */
export class RowsApart implements TextRows {
  readonly #alone: readonly TextRows[];

  private constructor(alone: readonly TextRows[]) {
    this.#alone = alone;
  }

  static of(edits: ReadyEdits, rows: readonly RowPlan[], beginning?: Beginning): RowsApart {
    return new RowsApart(rows.map((row) => new RowsTogether(edits, [row], beginning)));
  }

  async feed(ids: readonly Uint32Array[]): Promise<Float32Array[]> {
    const logits: Float32Array[] = [];
    for (const [b, row] of this.#alone.entries()) {
      const own = ids[b];
      if (own !== undefined) logits.push(...(await row.feed([own])));
    }
    return logits;
  }

  take(rows: readonly number[]): RowsApart {
    return new RowsApart(pick(this.#alone, rows).map((row) => row.take([0])));
  }
}

/**
 * Several rows in one run wherever the graph allows that.
 * @param readsBehindCache some run reads more than one token behind what was read before
 */
export function rowsFor(
  { dynamicallyQuantized, oneRowBehindCache }: Sites,
  edits: ReadyEdits,
  options: { readonly readsBehindCache: boolean; readonly beginning?: Beginning },
): TextRows {
  const { plan } = edits;
  return dynamicallyQuantized || (oneRowBehindCache && options.readsBehindCache)
    ? RowsApart.of(edits, plan.rows, options.beginning)
    : new RowsTogether(edits, plan.rows, options.beginning);
}

function pick<T>(all: readonly T[], indices: readonly number[]): T[] {
  return indices.flatMap((i) => all.slice(i, i + 1));
}

/** Ids [B, T]: all of the first row, then all of the second. */
export function rowAfterRow(rows: readonly Uint32Array[]): Uint32Array {
  const ids = new Uint32Array(rows.reduce((sum, own) => sum + own.length, 0));
  let at = 0;
  for (const own of rows) {
    ids.set(own, at);
    at += own.length;
  }
  return ids;
}
