// Dose and response: one edit at several strengths, all in one batch from the same random numbers.
// Part of the engine protocol.
import type { SteerEdit } from './edits.ts';
import type { Source } from './source.ts';
import type { Continuation, GenerationParams } from './steering.ts';

export interface SweepParams extends GenerationParams {
  readonly source: Source;
  readonly edits: readonly SteerEdit[];
  /** Which of the edits takes the amounts, from 0; the others stay as they are. The first one when absent. */
  readonly swept?: number;
  /** In the unit of that edit; at least one. */
  readonly amounts: readonly number[];
}

/** What one text is like; NaN, which is `null` in JSON, where there is nothing to measure: a text may end at once. */
export interface SweepMeasures {
  /**
   * KL(baseline ‖ steered) in nats of the next-token distributions, mean over the tokens of the baseline's text, which
   * both read: texts that have parted cannot be compared token by token. NaN where that text is empty.
   */
  readonly kl: number;
  /** The same behind the prompt alone. */
  readonly klBehindPrompt: number;
  /** exp of the mean loss of its own text under the unedited model, at temperature 1; NaN for an empty text. */
  readonly perplexity: number;
  /** Share of its 4-grams of tokens that occurred before (seq-rep-4, Welleck et al. 2020); NaN where it has none. */
  readonly repetition: number;
}

export interface SweepPoint extends SweepMeasures {
  readonly amount: number;
  readonly continuation: Continuation;
}

export interface SweepResult {
  /** Without any edit: `kl` and `klBehindPrompt` are 0. */
  readonly baseline: SweepMeasures & { readonly continuation: Continuation };
  /** In the order of the amounts. */
  readonly points: readonly SweepPoint[];
}

export interface SweepProgress {
  /** Steps taken, and how many there are: tokens first, then the texts that are measured. */
  readonly done: number;
  readonly of: number;
}
