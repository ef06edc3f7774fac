// Counts what an analysis has covered, and lists the batches that the caller has already and that still hold.
import type { AnalysisSummary } from '../../shared/engineProtocol.ts';
import type { EncodedText } from '../tokenizer/tokenizer.ts';
import type { Window } from './windows.ts';

export class Kept {
  readonly #keys: number[] = [];
  readonly #froms: number[] = [];
  readonly #starts: number[] = [];
  #covered = 0;
  #reused = 0;

  /** @param isReused its result came from an earlier analysis */
  count({ from, end }: Window, isReused: boolean): void {
    this.#covered += end - from;
    if (isReused) this.#reused += end - from;
  }

  add(key: number, { from }: Window, { starts }: EncodedText): void {
    this.#keys.push(key);
    this.#froms.push(from);
    this.#starts.push(starts[from] ?? 0);
  }

  summary(): Omit<AnalysisSummary, 'tokens'> {
    return {
      coveredTokens: this.#covered,
      reusedTokens: this.#reused,
      kept: {
        keys: Float64Array.from(this.#keys),
        froms: Uint32Array.from(this.#froms),
        starts: Uint32Array.from(this.#starts),
      },
    };
  }
}
