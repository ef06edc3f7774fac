// Steering: what a changed model writes beside the unchanged one, from the same random numbers.
// Part of the engine protocol.
import type { SteerEdit } from './edits.ts';
import type { Source } from './source.ts';
import type { LikelyTokens } from './tokens.ts';
import type { TokenId } from '../units.ts';

/**
 * How the next token is drawn, applied in the order of Hugging Face transformers: penalties, temperature, top-k, top-p,
 * min-p. What is absent changes nothing.
 */
export interface Sampling {
  /** 0 = greedy: the likeliest token behind the penalties. */
  readonly temperature: number;
  readonly topK?: number;
  /** 0 … 1 */
  readonly topP?: number;
  /** 0 … 1 */
  readonly minP?: number;
  /** Makes tokens of prompt and text so far less likely where it is above 1. */
  readonly repetitionPenalty?: number;
  /** Taken from a logit once per time the token was generated. */
  readonly frequencyPenalty?: number;
  /** Taken from a logit where the token was generated. */
  readonly presencePenalty?: number;
}

export interface GenerationParams extends Sampling {
  readonly prompt: string;
  /** The prompt is what a user says to a chat model: it is put into the model's chat template. */
  readonly chat?: boolean;
  /** Most tokens to generate. */
  readonly maxTokens: number;
  readonly seed: number;
  /** A text ends before the first of these that appears in it. */
  readonly stop?: readonly string[];
}

export interface SteerParams extends GenerationParams {
  readonly source: Source;
  readonly edits: readonly SteerEdit[];
  /**
   * Pairs of texts; 1 when absent, and at temperature 0, where all would be the same. The n-th one, from 0, is what the
   * seed + n gives.
   */
  readonly samples?: number;
  /** Goes on behind these texts, a sample for each pair whatever `samples` says, with the random numbers that one longer run would have. */
  readonly continuing?: readonly GeneratedPair[];
  /** Likeliest tokens reported with every step; none when absent. */
  readonly top?: number;
}

/** A text that an earlier run has generated. */
export type GeneratedText = Pick<Continuation, 'tokens' | 'end'>;

export interface GeneratedPair {
  readonly baseline: GeneratedText;
  readonly steered: GeneratedText;
}

export interface GeneratedToken {
  readonly id: TokenId;
  /** Text that became complete with this token; empty while a character is still split over tokens. */
  readonly text: string;
  /** Natural log of its probability under the (steered) model at temperature 1. */
  readonly logProbability: number;
}

/** A prompt that the model alone continues. */
export interface ContinuationParams extends GenerationParams {
  /** Texts; as `samples` of `SteerParams`. */
  readonly samples?: number;
  /** Likeliest tokens reported with every step; none when absent. */
  readonly top?: number;
}

export interface ContinuationStep extends GeneratedToken {
  readonly sample: number;
  /** What the model expected, at temperature 1, where `top` asked for it. */
  readonly expected?: LikelyTokens;
}

/** What both models expected in one step, at temperature 1. */
export interface ExpectedInStep {
  readonly baseline: LikelyTokens;
  readonly steered: LikelyTokens;
  /** Ranks of the baseline's likeliest tokens under the steered model, 1 for its own likeliest; and the other way round. */
  readonly ranksInSteered: Uint32Array;
  readonly ranksInBaseline: Uint32Array;
}

/** One step of both continuations; a side that has ended sends no token. */
export interface SteerStep {
  readonly sample: number;
  /** Tokens generated before it, those of a run that is continued among them. */
  readonly step: number;
  readonly baseline?: GeneratedToken;
  readonly steered?: GeneratedToken;
  /** KL(baseline ‖ steered) in nats between the two next-token distributions, each after its own text. */
  readonly kl: number;
  /** Where `top` asked for it and neither side has ended. */
  readonly expected?: ExpectedInStep;
}

export interface Continuation {
  /** All of it, also what an earlier run has generated. */
  readonly text: string;
  readonly tokens: readonly TokenId[];
  /** Enough tokens, the model's own end of text, or a stop string. */
  readonly end: 'length' | 'endOfText' | 'stop';
}

/** Tokens [from, to) of the steered text where `kind` is 'steered', else of the baseline. Never empty. */
export interface AlignedRun {
  /** Tokens that both have, or that only one has. */
  readonly kind: 'equal' | 'baseline' | 'steered';
  readonly from: number;
  readonly to: number;
}

export interface SteeredSample {
  readonly baseline: Continuation;
  readonly steered: Continuation;
  /** Of this run. */
  readonly steps: readonly SteerStep[];
  /**
   * A longest alignment of both texts, in reading order; where both have tokens of their own in one place the baseline's come
   * first. Equal and baseline runs together are the baseline, equal and steered runs the steered text.
   */
  readonly aligned: readonly AlignedRun[];
}

export interface SteerResult {
  /** At least one. */
  readonly samples: readonly SteeredSample[];
}
