// The analysed tokens of one document, in the coordinates of its present text. Results arrive in batches, from runs
// that replace each other; edits shift what is known, so that old results stay in place until new ones cover them.
// Batches are kept as they came; only views into them are cut, nothing is copied.
import type { KeptBatches, SaePlace, TokenBatch } from '../../shared/engineProtocol.ts';

/** What one SAE reads in a token: [slots], strongest first; activation 0 marks an empty slot. */
export interface TokenReading {
  readonly sae: SaePlace;
  /** Slots behind these are of features that are followed. */
  readonly topK: number;
  readonly features: Uint32Array;
  readonly activations: Float32Array;
}

export interface Token {
  /** Position among the document's tokens, as of the run that analysed it. */
  readonly index: number;
  readonly id: number;
  /** UTF-16 offsets in the present text. */
  readonly start: number;
  readonly end: number;
  /** One per SAE, in the order of the source. */
  readonly readings: readonly TokenReading[];
  /** −ln p in nats; absent where it was not asked for, or nothing precedes the token. */
  readonly loss?: number;
  readonly prediction?: TokenPrediction;
}

/** What the model expected in the place of a token. */
export interface TokenPrediction {
  /** 1 + the number of tokens likelier than the one that is there. */
  readonly rank: number;
  /** [topN] ids, likeliest first. */
  readonly ids: Uint32Array;
  /** [topN] */
  readonly probabilities: Float32Array;
}

/** What an SAE reads in a token; `undefined` where another choice of SAEs analysed it. */
export function readingOf(token: Token, sae: SaePlace): TokenReading | undefined {
  return token.readings.find((reading) => reading.sae === sae);
}

/** Rows `first … last − 1` of a batch, and how far offsets and indices have moved since it came. */
export interface TokenRows {
  readonly batch: TokenBatch;
  readonly first: number;
  readonly last: number;
  /** To be added to the offsets of the batch. */
  readonly shift: number;
  /** To be added to its indices. */
  readonly move: number;
}

/** One replacement, in UTF-16 offsets, as editors report it. */
export interface TextChange {
  readonly offset: number;
  readonly removed: number;
  readonly inserted: number;
}

interface Segment extends TokenRows {
  readonly run: number;
  shift: number;
}

export class TokenTable {
  /** In text order. */
  #segments: Segment[] = [];
  /** Batches that the engine was told of, by their keys. */
  #told: ReadonlyMap<number, TokenBatch> = new Map();

  get count(): number {
    return this.#segments.reduce((sum, { first, last }) => sum + last - first, 0);
  }

  /**
   * Everything known, in text order, as it came: for sums over long texts, where an object for every token would cost more
   * than the sum. Holds until the next edit or result.
   */
  get rows(): readonly TokenRows[] {
    return this.#segments;
  }

  clear(): void {
    this.#segments = [];
    this.#told = new Map();
  }

  /** Keys of the batches that are here as they came; `finish` may be told that they still hold. */
  tell(): Float64Array {
    const whole = this.#segments.filter(
      ({ batch, first, last }) => first === 0 && last === batch.count,
    );
    this.#told = new Map(whole.map(({ batch }) => [batch.key, batch]));
    return Float64Array.from(this.#told.keys());
  }

  /** Tokens that an edit touches are forgotten, those behind it move. */
  edit({ offset, removed, inserted }: TextChange): void {
    const shift = inserted - removed;
    const from = this.#firstBehind(offset);
    const to = this.#firstAt(offset + removed);
    const cut = this.#segments
      .slice(from, to)
      .flatMap((segment) => [
        ...rows(segment, segment.first, firstEndingAfter(segment, offset)),
        ...rows(segment, firstStartingFrom(segment, offset + removed), segment.last).map(
          (moved) => ({ ...moved, shift: moved.shift + shift }),
        ),
      ]);
    for (let n = Math.max(from, to); n < this.#segments.length; n++) {
      const segment = this.#segments[n];
      if (segment !== undefined) segment.shift += shift;
    }
    this.#segments.splice(from, Math.max(0, to - from), ...cut);
  }

  /** Takes results of a run; they displace results of other runs for the same stretch of text. */
  insert(batch: TokenBatch, run: number): void {
    const start = batch.starts[0];
    const end = batch.ends[batch.count - 1];
    if (start === undefined || end === undefined) return;
    const from = this.#firstBehind(start);
    const to = Math.max(from, this.#firstAt(end));
    const kept = this.#segments
      .slice(from, to)
      .flatMap((segment) =>
        segment.run === run
          ? [segment]
          : [
              ...rows(segment, segment.first, firstEndingAfter(segment, start)),
              ...rows(segment, firstStartingFrom(segment, end), segment.last),
            ],
      );
    const added = { run, batch, first: 0, last: batch.count, shift: 0, move: 0 };
    this.#segments.splice(from, to - from, ...[...kept, added].sort(inTextOrder));
  }

  /** A run is over: what it sent holds, and what it kept of what it was told; the rest is stale. */
  finish(run: number, { keys, froms, starts }: KeptBatches): void {
    const segments = this.#segments.filter((segment) => segment.run === run);
    for (const [n, key] of keys.entries()) {
      const batch = this.#told.get(key);
      if (batch === undefined) continue;
      const shift = (starts[n] ?? 0) - (batch.starts[0] ?? 0);
      const move = (froms[n] ?? 0) - batch.from;
      segments.push({ run, batch, first: 0, last: batch.count, shift, move });
    }
    this.#segments = segments.sort(inTextOrder);
    this.#told = new Map();
  }

  /** Tokens that lie at least partly in [start, end), in text order. */
  between(start: number, end: number): readonly Token[] {
    const found: Token[] = [];
    for (const some of this.rowsBetween(start, end)) {
      for (let row = some.first; row < some.last; row++) found.push(tokenAt(some, row));
    }
    return found;
  }

  /** How many tokens begin in [start, end); cheaper than listing them. */
  countStarting(start: number, end: number): number {
    return this.#segments
      .slice(this.#firstBehind(start), this.#firstAt(end))
      .reduce(
        (sum, segment) => sum + firstStartingFrom(segment, end) - firstStartingFrom(segment, start),
        0,
      );
  }

  /** The same tokens as they came, without an object for each; good until the next edit or result. */
  rowsBetween(start: number, end: number): readonly TokenRows[] {
    return this.#segments
      .slice(this.#firstBehind(start), this.#firstAt(end))
      .flatMap((segment) =>
        rows(segment, firstEndingAfter(segment, start), firstStartingFrom(segment, end)),
      );
  }

  /** Tokens that cover the character at `offset`: several where a character is split over tokens. */
  at(offset: number): readonly Token[] {
    return this.between(offset, offset + 1);
  }

  all(): readonly Token[] {
    return this.between(0, Number.MAX_SAFE_INTEGER);
  }

  /** Index of the first segment that ends behind an offset. */
  #firstBehind(offset: number): number {
    return firstOf(0, this.#segments.length, (n) => {
      const segment = this.#segments[n];
      return segment === undefined || endOf(segment, segment.last - 1) > offset;
    });
  }

  /** Index of the first segment that starts at an offset or behind it. */
  #firstAt(offset: number): number {
    return firstOf(0, this.#segments.length, (n) => {
      const segment = this.#segments[n];
      return segment === undefined || startOf(segment, segment.first) >= offset;
    });
  }
}

function inTextOrder(a: Segment, b: Segment): number {
  const difference = startOf(a, a.first) - startOf(b, b.first);
  return difference === 0 ? a.batch.from + a.move - b.batch.from - b.move : difference;
}

function rows(segment: Segment, first: number, last: number): readonly Segment[] {
  return first < last ? [{ ...segment, first, last }] : [];
}

function startOf(segment: TokenRows, row: number): number {
  return (segment.batch.starts[row] ?? 0) + segment.shift;
}

function endOf(segment: TokenRows, row: number): number {
  return (segment.batch.ends[row] ?? 0) + segment.shift;
}

function firstEndingAfter(segment: Segment, offset: number): number {
  return firstRow(segment, (row) => endOf(segment, row) > offset);
}

function firstStartingFrom(segment: Segment, offset: number): number {
  return firstRow(segment, (row) => startOf(segment, row) >= offset);
}

/** First row that fulfils a condition which, once true, stays true; `last` if none does. */
function firstRow({ first, last }: Segment, condition: (row: number) => boolean): number {
  return firstOf(first, last, condition);
}

function firstOf(first: number, last: number, condition: (n: number) => boolean): number {
  let low = first;
  let high = last;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (condition(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function tokenAt(rowsOf: TokenRows, row: number): Token {
  const { batch, move } = rowsOf;
  const loss = batch.losses?.[row] ?? NaN;
  const prediction = predictionAt(batch, row);
  return {
    index: batch.from + move + row,
    id: batch.ids[row] ?? 0,
    start: startOf(rowsOf, row),
    end: endOf(rowsOf, row),
    readings: batch.readings.map(({ sae, topK, slots, features, activations }) => ({
      ...{ sae, topK },
      features: features.subarray(row * slots, (row + 1) * slots),
      activations: activations.subarray(row * slots, (row + 1) * slots),
    })),
    ...(!Number.isNaN(loss) && { loss }),
    ...(prediction && { prediction }),
  };
}

function predictionAt({ predictions }: TokenBatch, row: number): TokenPrediction | undefined {
  const rank = predictions?.ranks[row] ?? 0;
  if (predictions === undefined || rank === 0) return undefined;
  const { topN, predicted, probabilities } = predictions;
  return {
    rank,
    ids: predicted.subarray(row * topN, (row + 1) * topN),
    probabilities: probabilities.subarray(row * topN, (row + 1) * topN),
  };
}
