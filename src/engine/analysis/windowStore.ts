// Results of windows beyond the life of a document in memory; what keeps them is the business of whoever gives it.
import type { AnalysedWindow } from './analysedWindow.ts';

export interface WindowStore {
  /** What an analysis of these tokens from the beginning gave, bit for bit, if it is known. */
  load(ids: Uint32Array): Promise<AnalysedWindow | undefined>;
  /** Keeps what a window has, but for its KV cache. Does not wait, and a failure stays without consequences. */
  keep(window: AnalysedWindow): void;
}
