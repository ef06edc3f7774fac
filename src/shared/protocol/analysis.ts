// The analysis of a document: what SAEs read in its tokens, and what the model expected there.
// Part of the engine protocol.
import type { FeatureRef, SaePlace, Source } from './source.ts';
import type { CharOffset, TokenIndex } from '../units.ts';

/** Where results of analyses are kept beyond the life of the engine. */
export interface AnalysisCache {
  /** Absolute path of a folder of its own; made when it does not exist. */
  readonly folder: string;
  /** Most megabytes (2²⁰ bytes) in it; 0 keeps nothing. */
  readonly megabytes: number;
}

export interface ClearedCache {
  readonly bytes: number;
}

export interface AnalyseParams {
  readonly source: Source;
  /** Identifies the document between calls, e.g. its URI; results of its last text are reused. */
  readonly document: string;
  readonly text: string;
  /** Features kept per token and SAE. */
  readonly topK: number;
  /**
   * Features that are kept wherever they are active, also on tokens on which they are not among the strongest. Those
   * that no SAE of the source has are active nowhere.
   */
  readonly followed?: readonly FeatureRef[];
  /** Also compute each token's loss, which needs the whole model. */
  readonly loss?: boolean;
  /** Also the n tokens that the model finds likeliest in the place of each token; with losses. None when absent. */
  readonly predictions?: number;
  /** Analysed first. */
  readonly visible?: { readonly start: CharOffset; readonly end: CharOffset };
  /** How much of the text is analysed: `all` when absent. */
  readonly extent?: AnalysisExtent;
  /** Keys of batches of this document that the caller has; those that still hold are not sent again. */
  readonly known?: Float64Array;
}

/** `visible`: the visible range and as much again on either side; of the rest only what is known already. */
export type AnalysisExtent = 'all' | 'visible';

/** What one SAE reads in some tokens; row r belongs to the r-th of them. */
export interface SaeReading {
  readonly sae: SaePlace;
  /** The strongest ones of a token that were asked for; followed features that are weaker come behind them. */
  readonly topK: number;
  /** Of each row, topK or more. */
  readonly slots: number;
  /** [count, slots] strongest first. Slots past the last active feature have activation 0. */
  readonly features: Uint32Array;
  readonly activations: Float32Array;
}

/** Analysed tokens, `count` of them in document order; row r of each array belongs to token `from + r`. */
export interface TokenBatch {
  /** Names these rows: the same tokens, features and ranges, wherever they lie in the text. */
  readonly key: number;
  readonly from: TokenIndex;
  readonly count: number;
  /** [count] ids in the vocabulary. */
  readonly ids: Uint32Array;
  /** [count] UTF-16 offsets; tokens that share one character (split UTF-8) share its range. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** One per SAE, in the order of the source. */
  readonly readings: readonly SaeReading[];
  /**
   * [count] −ln p(token | what precedes it) in nats, when asked for; NaN for a token nothing precedes (a model
   * without BOS says nothing about the first token).
   */
  readonly losses?: Float32Array;
  /** When asked for. */
  readonly predictions?: TokenPredictions;
}

/** What the model expects in the place of some tokens, given what precedes each; row r belongs to the r-th of them. */
export interface TokenPredictions {
  readonly topN: number;
  /** [count, topN] ids, likeliest first; `tokenTexts` gives their texts. */
  readonly predicted: Uint32Array;
  /** [count, topN]; all 0 for a token nothing precedes. */
  readonly probabilities: Float32Array;
  /** [count] 1 + the number of tokens likelier than the one that is there; 0 for a token nothing precedes. */
  readonly ranks: Uint32Array;
}

export interface AnalysisSummary {
  readonly tokens: number;
  /** Tokens that have results; fewer than `tokens` where only what is visible was analysed. */
  readonly coveredTokens: number;
  /** Tokens whose result came from an earlier analysis of the same document. */
  readonly reusedTokens: number;
  /** Batches that were not sent, because the caller said it has them. */
  readonly kept: KeptBatches;
}

/** Batches that still hold; entry i of each array belongs to the i-th of them. */
export interface KeptBatches {
  /** As the caller knows them. */
  readonly keys: Float64Array;
  /** Where the first token of each now stands among the document's tokens, and in the text in UTF-16 offsets. */
  readonly froms: Uint32Array;
  readonly starts: Uint32Array;
}
