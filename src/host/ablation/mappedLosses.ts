// Losses of the tokens of a text with a feature and without it, in the coordinates of its present text: edits shift what is
// known, so that it stays in place until newer results cover it. Without VS Code.
import type { AblationMapBatch } from '../../shared/engineProtocol.ts';
import type { TextChange } from '../documents/tokenTable.ts';

/** −ln p in nats of a token that something precedes. */
export interface MappedLoss {
  readonly baseline: number;
  readonly ablated: number;
}

/** Of the token of a document with an id that begins at an offset. */
export type AblatedLoss = (start: number, id: number) => MappedLoss | undefined;

interface MappedToken extends MappedLoss {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

export class MappedLosses {
  /** In text order. */
  #tokens: MappedToken[] = [];

  /** Batches come in text order; one that came before replaces what came since: the call was asked again after a crash. */
  take({ from, count, ids, starts, ends, baseline, ablated }: AblationMapBatch): void {
    if (from < this.#tokens.length) this.#tokens.length = from;
    for (let row = 0; row < count; row++) {
      this.#tokens.push({
        id: ids[row] ?? 0,
        start: starts[row] ?? 0,
        end: ends[row] ?? 0,
        baseline: baseline[row] ?? NaN,
        ablated: ablated[row] ?? NaN,
      });
    }
  }

  /** Tokens that an edit touches are forgotten, those behind it move. */
  edit({ offset, removed, inserted }: TextChange): void {
    const [until, shift] = [offset + removed, inserted - removed];
    this.#tokens = this.#tokens.flatMap((token) => {
      if (token.end <= offset) return [token];
      if (token.start < until || token.start < offset) return [];
      return [{ ...token, start: token.start + shift, end: token.end + shift }];
    });
  }

  /** Of the token with an id that begins at an offset; `undefined` where none does, or nothing precedes it. */
  at(start: number, id: number): MappedLoss | undefined {
    for (let n = this.#firstFrom(start); this.#tokens[n]?.start === start; n++) {
      const token = this.#tokens[n];
      if (token?.id === id) return Number.isNaN(token.baseline) ? undefined : token;
    }
    return undefined;
  }

  /** Index of the first token that begins at an offset or behind it. */
  #firstFrom(start: number): number {
    let [low, high] = [0, this.#tokens.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#tokens[middle]?.start ?? Infinity) < start) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
