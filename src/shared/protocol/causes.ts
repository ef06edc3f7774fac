// Causes: what features do to what the model says. Features are taken out, or a text is read under edits, and the next
// token or the loss of the text is compared with that of the model as it is. The text is given, so all differences come
// from the edit. Part of the engine protocol.
import type { SteerEdit } from './edits.ts';
import type { FeatureRef, Source } from './source.ts';
import type { LikelyTokens, TokenPlace } from './tokens.ts';
import type { TokenId, TokenIndex } from '../units.ts';

/** Tokens of a text, both ends included. */
export interface TokenStretch {
  readonly first: TokenPlace;
  readonly last: TokenPlace;
}

/** A token of the vocabulary: by its id, or as text that is one token behind the one it is to follow. */
export type TargetToken = { readonly id: TokenId } | { readonly text: string };

/** By KL(baseline ‖ ablated), or by |Δ ln p| of the target. */
export type EffectOrder = 'kl' | 'target';

export interface FeatureEffectsParams {
  readonly source: Source;
  readonly text: string;
  /** Tokens on which features are found and ablated; the last token when absent. */
  readonly tokens?: TokenStretch;
  /** The token behind which the model is asked, not before the first of `tokens`; the last of them when absent. */
  readonly readAt?: TokenPlace;
  /** The token whose probability is followed; the one that the model finds likeliest when absent. */
  readonly target?: TargetToken;
  /** Most features, those with the largest activation on one of the tokens; 20 when absent. */
  readonly top?: number;
  /** `top` features of each SAE, not of all together: activations of different SAEs have different scales. */
  readonly ofEachSae?: boolean;
  /** `kl` when absent. */
  readonly order?: EffectOrder;
  /** Tokens listed: the likeliest ones, and those that gain and lose most; 5 when absent. */
  readonly listed?: number;
}

/** Tokens of the vocabulary whose probability changes; all arrays [count], count ≤ the number asked for. */
export interface ChangedProbabilities {
  readonly ids: Uint32Array;
  /** As `tokenTexts` gives them. */
  readonly texts: readonly string[];
  /** Of the model as it is. */
  readonly before: Float32Array;
  /** With features ablated. */
  readonly after: Float32Array;
}

/** What an ablation does to the distribution of the next token, at temperature 1. */
export interface DistributionChange {
  /** KL(baseline ‖ ablated) in nats. */
  readonly kl: number;
  /** ln p(target) ablated − baseline, in nats: below 0 where the features speak for the target. */
  readonly targetChange: number;
  /** What the ablation makes likelier, by how much the probability grows, most first. */
  readonly raised: ChangedProbabilities;
  /** What it makes less likely: what the features speak for. */
  readonly lowered: ChangedProbabilities;
}

export interface FeatureEffect extends FeatureRef, DistributionChange {
  /** Largest activation on the chosen tokens. */
  readonly activation: number;
  /** Sum of the activations on them. */
  readonly total: number;
  /**
   * Of the total of all features of its SAE on these tokens, 0 … 1: attribution by activation. Features beyond the 256
   * strongest of a token (1024 of neurons) do not count.
   */
  readonly share: number;
}

/** Each feature ablated by itself on the chosen tokens; the SAE's error term stays. */
export interface FeatureEffects {
  /** Tokens [from, to) are the chosen ones. */
  readonly from: TokenIndex;
  readonly to: TokenIndex;
  readonly readAt: TokenIndex;
  readonly target: {
    readonly id: TokenId;
    /** As `tokenTexts` gives it. */
    readonly text: string;
    /** Of the model as it is. */
    readonly probability: number;
  };
  /** What the model as it is expects. */
  readonly baseline: LikelyTokens;
  /** In the order asked for, largest effect first. */
  readonly effects: readonly FeatureEffect[];
  /** All these features ablated at once. */
  readonly together: DistributionChange;
}

export interface AblationMapParams extends FeatureRef {
  readonly source: Source;
  readonly text: string;
  /** A token counts as changed where its loss moves by more than this many nats; 0.01 when absent. */
  readonly threshold?: number;
}

/** Tokens of one window, in text order; row r of each array belongs to token `from + r`. */
export interface AblationMapBatch {
  readonly from: TokenIndex;
  readonly count: number;
  /** [count] */
  readonly ids: Uint32Array;
  /** [count] UTF-16 offsets. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** [count] −ln p(token | what precedes it) in nats by the model as it is; NaN for a token nothing precedes. */
  readonly baseline: Float32Array;
  /** The same with the feature ablated on every token of the text; the BOS in front is none. */
  readonly ablated: Float32Array;
}

/** Of all tokens that have a loss. */
export interface AblationMapTotals {
  readonly tokens: number;
  /** Mean loss in nats; NaN where no token has one. */
  readonly meanBaseline: number;
  readonly meanAblated: number;
  /** Mean of ablated − baseline: above 0 where the model needs the feature. */
  readonly meanChange: number;
  readonly changedTokens: number;
}

export interface ContinuationEffectParams {
  readonly source: Source;
  readonly prompt: string;
  /** The prompt is what a user says to a chat model: it is put into the model's chat template. */
  readonly chat?: boolean;
  /**
   * What is judged. The tokens of the prompt stay those that generation begins with, whatever follows. Where the
   * tokenizer gives the joined text other ones at the border ("play" and "ing" become one token), both are encoded
   * separately: then the continuation's first token is that of a text that begins with it, and a SentencePiece
   * tokenizer reads a space in front of it.
   */
  readonly continuation: string;
  /** Tokens of the continuation count as generated. */
  readonly edits: readonly SteerEdit[];
}

export interface ReadContinuation {
  /** [count] −ln p(token | what precedes it) in nats. */
  readonly losses: Float32Array;
  /** −ln p(continuation | prompt) in nats. */
  readonly sum: number;
  /** exp(mean loss). */
  readonly perplexity: number;
}

/** A given continuation as the model and the steered model judge it. */
export interface ContinuationEffect {
  /** BOS and chat template included. */
  readonly promptTokens: number;
  /** [count] of the continuation. */
  readonly ids: Uint32Array;
  /** As `tokenTexts` gives them. */
  readonly texts: readonly string[];
  readonly baseline: ReadContinuation;
  readonly steered: ReadContinuation;
}
