// Features: those of a text, what a corpus says of one, and whether an SAE fits.
// Part of the engine protocol.
import type { FeatureRef, SaePlace, Source } from './source.ts';
import type { FeatureIndex } from '../units.ts';

export interface ActiveFeaturesParams {
  readonly source: Source;
  readonly text: string;
  /** Features per SAE. */
  readonly limit: number;
}

/** A feature active somewhere in a text. */
export interface ActiveFeature extends FeatureRef {
  /** Sum over the tokens of the text. */
  readonly total: number;
  readonly max: number;
  /** Token on which it peaks, as text. */
  readonly peakToken: string;
}

export interface FeatureParams extends FeatureRef {
  readonly source: Source;
  readonly exampleLimit: number;
}

/** What the feature store knows of a feature in one line. */
export interface FeatureBrief {
  readonly feature: FeatureIndex;
  /** Share of corpus tokens on which it is active, 0…1. */
  readonly density: number;
  /** Largest activation in the corpus; 0 for a feature that never fired. */
  readonly maxActivation: number;
  /** Tokens on which its top examples peak, most frequent first, without repeats. */
  readonly peakTokens: readonly string[];
}

export interface FeatureExample {
  /** Display text of each token; concatenated they are the snippet. */
  readonly tokens: readonly string[];
  /** [tokens] activation of the feature. */
  readonly activations: Float32Array;
  /** Index into `tokens` of the largest activation. */
  readonly peak: number;
}

export interface FeatureBriefsParams {
  readonly source: Source;
  readonly sae: SaePlace;
  readonly features: Uint32Array;
}

export interface FeatureSummary extends FeatureBrief {
  readonly corpusTokens: number;
  /** Mean over the tokens on which it is active. */
  readonly meanActivation: number;
  /** Equal-width bins from 0 to `maxActivation`, active tokens only. */
  readonly histogram: Uint32Array;
  /** Strongest first. */
  readonly examples: readonly FeatureExample[];
}

export interface CheckSaeParams {
  readonly source: Source;
  readonly sae: SaePlace;
  /** About 512 tokens are taken; a text of Monosem's own when absent. */
  readonly text?: string;
}
