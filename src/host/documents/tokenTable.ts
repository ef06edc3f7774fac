// The analysed tokens of one document, in the coordinates of its present text. Results arrive in batches, from runs
// that replace each other; edits shift what is known, so that old results stay in place until new ones cover them.
// Batches are kept as they came; only views into them are cut, nothing is copied.
import type { SaePlace, TokenBatch } from '../../shared/engineProtocol.ts';

/** What one SAE reads in a token: [topK], strongest first; activation 0 marks an empty slot. */
export interface TokenReading {
  readonly sae: SaePlace;
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
}

/** What an SAE reads in a token; `undefined` where another choice of SAEs analysed it. */
export function readingOf(token: Token, sae: SaePlace): TokenReading | undefined {
  return token.readings.find((reading) => reading.sae === sae);
}

/** One replacement, in UTF-16 offsets, as editors report it. */
export interface TextChange {
  readonly offset: number;
  readonly removed: number;
  readonly inserted: number;
}

/** Rows `first … last − 1` of a batch whose offsets have since moved by `shift`. */
interface Segment {
  readonly run: number;
  readonly batch: TokenBatch;
  readonly first: number;
  readonly last: number;
  readonly shift: number;
}

export class TokenTable {
  #segments: readonly Segment[] = [];

  get count(): number {
    return this.#segments.reduce((sum, { first, last }) => sum + last - first, 0);
  }

  clear(): void {
    this.#segments = [];
  }

  /** Tokens that an edit touches are forgotten, those behind it move. */
  edit({ offset, removed, inserted }: TextChange): void {
    const shift = inserted - removed;
    this.#segments = this.#segments.flatMap((segment) => [
      ...rows(segment, segment.first, firstEndingAfter(segment, offset)),
      ...rows(segment, firstStartingFrom(segment, offset + removed), segment.last).map((moved) => ({
        ...moved,
        shift: moved.shift + shift,
      })),
    ]);
  }

  /** Takes results of a run; they displace results of other runs for the same stretch of text. */
  insert(batch: TokenBatch, run: number): void {
    const start = batch.starts[0];
    const end = batch.ends[batch.count - 1];
    if (start === undefined || end === undefined) return;
    const added: Segment = { run, batch, first: 0, last: batch.count, shift: 0 };
    const kept = this.#segments.flatMap((segment) =>
      segment.run === run
        ? [segment]
        : [
            ...rows(segment, segment.first, firstEndingAfter(segment, start)),
            ...rows(segment, firstStartingFrom(segment, end), segment.last),
          ],
    );
    this.#segments = [...kept, added].sort(inTextOrder);
  }

  /** A run has covered the whole text: what other runs left is stale. */
  finish(run: number): void {
    this.#segments = this.#segments.filter((segment) => segment.run === run);
  }

  /** Tokens that lie at least partly in [start, end), in text order. */
  between(start: number, end: number): readonly Token[] {
    const found: Token[] = [];
    for (const segment of this.#segments) {
      const first = Math.max(segment.first, firstEndingAfter(segment, start));
      const last = firstStartingFrom(segment, end);
      for (let row = first; row < last; row++) found.push(tokenAt(segment, row));
    }
    return found;
  }

  /** Tokens that cover the character at `offset`: several where a character is split over tokens. */
  at(offset: number): readonly Token[] {
    return this.between(offset, offset + 1);
  }

  all(): readonly Token[] {
    return this.between(0, Number.MAX_SAFE_INTEGER);
  }
}

function inTextOrder(a: Segment, b: Segment): number {
  const difference = startOf(a, a.first) - startOf(b, b.first);
  return difference === 0 ? a.batch.from - b.batch.from : difference;
}

function rows(segment: Segment, first: number, last: number): readonly Segment[] {
  return first < last ? [{ ...segment, first, last }] : [];
}

function startOf(segment: Segment, row: number): number {
  return (segment.batch.starts[row] ?? 0) + segment.shift;
}

function endOf(segment: Segment, row: number): number {
  return (segment.batch.ends[row] ?? 0) + segment.shift;
}

function firstEndingAfter(segment: Segment, offset: number): number {
  return firstRow(segment, (row) => endOf(segment, row) > offset);
}

function firstStartingFrom(segment: Segment, offset: number): number {
  return firstRow(segment, (row) => startOf(segment, row) >= offset);
}

/** First row that fulfils a condition which, once true, stays true; `last` if none does. */
function firstRow(segment: Segment, condition: (row: number) => boolean): number {
  let low = segment.first;
  let high = segment.last;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (condition(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function tokenAt(segment: Segment, row: number): Token {
  const { batch } = segment;
  return {
    index: batch.from + row,
    id: batch.ids[row] ?? 0,
    start: startOf(segment, row),
    end: endOf(segment, row),
    readings: batch.readings.map(({ sae, topK, features, activations }) => ({
      sae,
      features: features.subarray(row * topK, (row + 1) * topK),
      activations: activations.subarray(row * topK, (row + 1) * topK),
    })),
  };
}
