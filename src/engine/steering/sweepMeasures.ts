// What the texts of a sweep are like, read as given texts: how far each edited model is from the unedited one on the
// baseline's text, and how likely the unedited model finds each text. Texts that are alike are read once, and the
// baseline's is read anyway.
import type { Continuation, SweepMeasures } from '../../shared/engineProtocol.ts';
import { seqRepN } from '../math/ngrams.ts';
import type { KvCache } from '../model/kvCache.ts';
import type { OpenModel } from '../model/openModel.ts';
import type { EditedRun } from './runFeeds.ts';
import type { EditPlan } from './editPlan.ts';
import { sharedLength } from './prefix.ts';
import { promptBlock } from './prompt.ts';
import type { ReadyEdits } from './rows.ts';
import { readyEdits, type SteerableSource } from './steerSource.ts';
import { readBeginning, teacherForced, type ForcedRow, type ForcedText } from './teacherForced.ts';

/** As in Welleck et al. 2020. */
const repeatedLength = 4;

export interface MeasuredTexts {
  /** The baseline's row first. */
  readonly plan: EditPlan;
  /** [T] */
  readonly prompt: Uint32Array;
  /** One per row. */
  readonly texts: readonly Continuation[];
}

/** One entry per text. */
export async function measureTexts(
  source: SteerableSource,
  { plan, prompt, texts }: MeasuredTexts,
  breath: () => Promise<void>,
): Promise<readonly SweepMeasures[]> {
  const baseline = texts[0]?.tokens ?? [];
  return source.useForcedProgram(plan.layout, async ({ program }) => {
    const edits = await readyEdits(source, plan, program);
    const reader = new SweepReader(edits, { model: source.model, prompt, breath });
    const compared = await reader.compare(baseline);
    const losses = new Map([[keyOf(baseline), compared[0]?.losses ?? nothing]]);
    const others = new Map(texts.map(({ tokens }) => [keyOf(tokens), tokens]));
    others.delete(keyOf(baseline));
    const read = await reader.losses([...others.values()]);
    for (const [i, key] of [...others.keys()].entries()) losses.set(key, read[i] ?? nothing);
    return texts.map(({ tokens }, row) => {
      const divergences = compared[row]?.divergences ?? nothing;
      const own = losses.get(keyOf(tokens)) ?? nothing;
      return {
        kl: mean(divergences.subarray(0, baseline.length)),
        klBehindPrompt: divergences[0] ?? NaN,
        perplexity: Math.exp(mean(own.subarray(0, tokens.length))),
        repetition: tokens.length < repeatedLength ? NaN : seqRepN(tokens, repeatedLength),
      };
    });
  });
}

interface ReaderOptions {
  readonly model: OpenModel;
  /** [T] */
  readonly prompt: Uint32Array;
  readonly breath: () => Promise<void>;
}

/** Reads texts behind a prompt, of which what no row edits is read once. */
class SweepReader {
  readonly #edits: ReadyEdits;
  readonly #options: ReaderOptions;
  /** The position that expects the first token generated. */
  readonly #first: number;
  /** What no row edits, and the prompt up to that position. */
  readonly #shared: number;
  readonly #block: number;
  #beginning: KvCache | undefined;

  constructor(edits: ReadyEdits, options: ReaderOptions) {
    const { model, prompt } = options;
    this.#edits = edits;
    this.#options = options;
    this.#first = prompt.length - 1;
    this.#shared = sharedLength(edits, prompt);
    this.#block = promptBlock(model, edits.program);
  }

  /** Every row of the plan on one text: from the first token generated on, how far it is from the first row. */
  async compare(tokens: readonly number[]): Promise<Pick<ForcedRow, 'losses' | 'divergences'>[]> {
    const { prompt } = this.#options;
    const ids = joined(prompt, tokens, tokens.length);
    this.#beginning = await this.#read(0, this.#shared);
    const rows = await this.#force(
      this.#edits.plan.rows.map((plan) => ({ plan, ids })),
      { from: this.#shared, comparesWithFirst: true },
    );
    return rows.map(({ losses, divergences }) => ({
      losses: losses.subarray(this.#first - this.#shared),
      divergences: divergences.subarray(this.#first - this.#shared),
    }));
  }

  /** What the unedited model loses on each text: −ln p of the tokens generated, in nats. Behind {@link compare}. */
  async losses(texts: readonly (readonly number[])[]): Promise<Float32Array[]> {
    const { prompt } = this.#options;
    const [plan] = this.#edits.plan.rows;
    if (texts.length === 0 || plan === undefined) return [];
    const from = this.#edits.program.hasCache ? this.#first : 0;
    this.#beginning = await this.#read(this.#shared, from);
    const longest = Math.max(...texts.map(({ length }) => length));
    const rows = await this.#force(
      texts.map((tokens) => ({ plan, ids: joined(prompt, tokens, longest) })),
      { from },
    );
    return rows.map(({ losses }) => losses.subarray(this.#first - from));
  }

  /** The prompt's positions [from, until) behind what was read of it, one row for all. */
  #read(from: number, until: number): Promise<KvCache | undefined> {
    const { prompt: sequence, breath } = this.#options;
    const blockEnd = (at: number): number => this.#blockEnd(at, 1);
    const cache = this.#beginning;
    return readBeginning(
      { edits: this.#edits, sequence, from, until, blockEnd, ...(cache && { cache }) },
      breath,
    );
  }

  #force(
    rows: readonly EditedRun[],
    how: Pick<ForcedText, 'from' | 'comparesWithFirst'>,
  ): Promise<ForcedRow[]> {
    const { model, breath } = this.#options;
    const { dynamicallyQuantized, oneRowBehindCache } = model.sites;
    const cache = this.#beginning;
    const text: ForcedText = {
      ...{ edits: this.#edits, rows, readAt: this.#first, ...how, ...(cache && { cache }) },
      until: rows[0]?.ids.length ?? 0,
      blockEnd: (at, count) => this.#blockEnd(at, count),
      rowsApart: dynamicallyQuantized || oneRowBehindCache,
    };
    return teacherForced(text, breath);
  }

  #blockEnd(at: number, rows: number): number {
    return at + Math.max(1, Math.floor(this.#block / rows));
  }
}

const nothing = new Float32Array(0);

/** What texts that are alike share. */
function keyOf(tokens: readonly number[]): string {
  return tokens.join();
}

/** Prompt and text, filled up with what nobody reads. */
function joined(prompt: Uint32Array, tokens: readonly number[], length: number): Uint32Array {
  const ids = new Uint32Array(prompt.length + length);
  ids.set(prompt);
  ids.set(tokens, prompt.length);
  return ids;
}

/** NaN of none. */
function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
