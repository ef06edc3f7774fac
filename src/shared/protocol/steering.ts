// Steering: what a changed model writes beside the unchanged one, from the same random numbers.
// Part of the engine protocol.
import type { SteerEdit } from './edits.ts';
import type { Source } from './source.ts';
import type { LikelyTokens } from './tokens.ts';
import type { TokenId } from '../units.ts';

export interface SteerParams {
  readonly source: Source;
  readonly prompt: string;
  /** The prompt is what a user says to a chat model: it is put into the model's chat template. */
  readonly chat?: boolean;
  readonly edits: readonly SteerEdit[];
  /** Most tokens to generate. */
  readonly maxTokens: number;
  /** 0 = greedy. */
  readonly temperature: number;
  readonly seed: number;
  /** Likeliest tokens reported with every step; none when absent. */
  readonly top?: number;
}

export interface GeneratedToken {
  readonly id: TokenId;
  /** Text that became complete with this token; empty while a character is still split over tokens. */
  readonly text: string;
  /** Natural log of its probability under the (steered) model at temperature 1. */
  readonly logProbability: number;
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
  readonly step: number;
  readonly baseline?: GeneratedToken;
  readonly steered?: GeneratedToken;
  /** KL(baseline ‖ steered) in nats between the two next-token distributions, each after its own text. */
  readonly kl: number;
  /** Where `top` asked for it and neither side has ended. */
  readonly expected?: ExpectedInStep;
}

export interface Continuation {
  readonly text: string;
  readonly tokens: readonly TokenId[];
}

export interface SteerResult {
  readonly baseline: Continuation;
  readonly steered: Continuation;
  readonly steps: readonly SteerStep[];
}
