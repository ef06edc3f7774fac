// Steering: changes to features, and what the changed model writes beside the unchanged one.
// Part of the engine protocol.
import type { FeatureRef, Source } from './source.ts';
import type { TokenId } from '../units.ts';

/** One change to one feature. `amount` is in activation units, except for `scale`, where it is a factor. */
export type FeatureEdit = FeatureRef &
  (
    | { readonly operation: 'ablate' }
    | { readonly operation: 'scale' | 'clamp' | 'add'; readonly amount: number }
  );

/** Which tokens an edit touches: the prompt (BOS included), what is generated, or both. */
export type SteerScope = 'all' | 'prompt' | 'generated';

export interface SteerParams {
  readonly source: Source;
  readonly prompt: string;
  /** The prompt is what a user says to a chat model: it is put into the model's chat template. */
  readonly chat?: boolean;
  readonly edits: readonly FeatureEdit[];
  readonly scope: SteerScope;
  /** Most tokens to generate. */
  readonly maxTokens: number;
  /** 0 = greedy. */
  readonly temperature: number;
  readonly seed: number;
}

export interface GeneratedToken {
  readonly id: TokenId;
  /** Text that became complete with this token; empty while a character is still split over tokens. */
  readonly text: string;
  /** Natural log of its probability under the (steered) model at temperature 1. */
  readonly logProbability: number;
}

/** One step of both continuations; a side that has ended sends no token. */
export interface SteerStep {
  readonly step: number;
  readonly baseline?: GeneratedToken;
  readonly steered?: GeneratedToken;
  /** KL(baseline ‖ steered) in nats between the two next-token distributions, each after its own text. */
  readonly kl: number;
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
