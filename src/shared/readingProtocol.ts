// Calls for whoever reads tokens closely: what a token would be without a feature, what the beginning of a text reads as,
// what two texts have and have not in common, and what is open and how much memory that takes. Part of the engine
// protocol.
import { call } from './call.ts';
import type { SaeReading } from './protocol/analysis.ts';
import type { FeatureRef, SaePlace, Source } from './protocol/source.ts';
import type { LikelyTokens, TokenPlace } from './protocol/tokens.ts';
import type { TokenId, TokenIndex } from './units.ts';

/** `here`: the feature is ablated on the token alone; `onwards`: on it and on every token behind it. */
export type AblationScope = 'here' | 'onwards';

export interface AblationParams extends FeatureRef {
  readonly source: Source;
  readonly text: string;
  readonly at: TokenPlace;
  readonly scope: AblationScope;
  /** Most tokens behind the ablated one whose loss is compared. */
  readonly limit: number;
  /** Tokens expected by the model, with and without the feature. */
  readonly top: number;
}

/** What ablating one feature does to what the model expects; the SAE's error term stays. All arrays [count]. */
export interface AblationEffect {
  readonly token: TokenIndex;
  /** Of the feature on that token. */
  readonly activation: number;
  /** Tokens behind the ablated one that are in its window, first one first. */
  readonly ids: Uint32Array;
  /** UTF-16 offsets. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** −ln p(token | what precedes it) in nats, by the model as it is and without the feature. */
  readonly baseline: Float32Array;
  readonly ablated: Float32Array;
  /** What is expected right behind the token. */
  readonly next: {
    readonly baseline: LikelyTokens;
    readonly ablated: LikelyTokens;
    /** KL(baseline ‖ ablated) in nats. */
    readonly kl: number;
  };
}

/** What the SAEs read on the token that the model puts in front of every text. */
export interface BosReading {
  readonly id: TokenId;
  /** As the vocabulary spells it, e.g. `<s>`. */
  readonly text: string;
  /** Of one token; in the order of the source. */
  readonly readings: readonly SaeReading[];
}

export interface BosReadingParams {
  readonly source: Source;
  readonly topK: number;
}

/** A text as `analyse` knows it: what an analysis of the document has computed is reused. */
export interface ComparedText {
  readonly document: string;
  readonly text: string;
}

export interface CompareTextsParams {
  readonly source: Source;
  readonly left: ComparedText;
  readonly right: ComparedText;
  /** Features compared per token and SAE. */
  readonly topK: number;
  /** Most features gained and most lost, of each SAE; most changed tokens. */
  readonly limit: number;
}

/** A feature that is more or less active in the right text than in the left one. */
export interface FeatureChange extends FeatureRef {
  /** Sums of its activations over the tokens of each text. */
  readonly leftTotal: number;
  readonly rightTotal: number;
  /** Tokens on which it is active. */
  readonly leftTokens: number;
  readonly rightTokens: number;
  /** The token on which it peaks in the text where it is stronger, as text, and that token's UTF-16 range there. */
  readonly peakToken: string;
  readonly peakStart: number;
  readonly peakEnd: number;
}

/** Tokens that both texts have, in order, and whose strongest feature is not the same; all arrays [count]. */
export interface ChangedTokens {
  readonly sae: SaePlace;
  /** UTF-16 offsets. */
  readonly leftStarts: Uint32Array;
  readonly leftEnds: Uint32Array;
  readonly rightStarts: Uint32Array;
  readonly rightEnds: Uint32Array;
  /** Strongest features; where the activation is 0, none is active. */
  readonly leftFeatures: Uint32Array;
  readonly rightFeatures: Uint32Array;
  readonly leftActivations: Float32Array;
  readonly rightActivations: Float32Array;
}

export interface TextComparison {
  readonly leftTokens: number;
  readonly rightTokens: number;
  /** Tokens that both texts have in the same order (a longest common subsequence of their ids). */
  readonly commonTokens: number;
  /** Common tokens whose strongest feature changed, of each SAE, also those beyond the limit. */
  readonly changedTokens: readonly number[];
  /** One per SAE, in the order of the source; tokens in text order. */
  readonly changed: readonly ChangedTokens[];
  /** SAE after SAE, each one's by how much its total grew, largest difference first. */
  readonly gained: readonly FeatureChange[];
  /** The same for totals that shrank. */
  readonly lost: readonly FeatureChange[];
}

export interface OpenSae {
  readonly sae: SaePlace;
  /** Of its tensors. */
  readonly weightBytes: number;
}

export interface OpenSourceFacts {
  /** Absolute folder path. */
  readonly model: string;
  readonly variant: string;
  readonly provider: string;
  /** Of the model's initializers. */
  readonly weightBytes: number;
  readonly saes: readonly OpenSae[];
  /** onnxruntime sessions; each one may hold weights of its own. */
  readonly sessions: number;
}

export interface OpenThings {
  /** Last used first. */
  readonly sources: readonly OpenSourceFacts[];
  /** Of KV caches kept: for documents, for the token looked at last, and for the beginnings of prompts steered last. */
  readonly cacheBytes: number;
  /** Resident memory of the engine process. */
  readonly residentBytes: number;
}

export const readingCalls = {
  ablationEffect: call<AblationParams, AblationEffect>('ablationEffect'),
  /** `null` for a model that puts nothing in front of a text. */
  bosReading: call<BosReadingParams, BosReading | null>('bosReading'),
  compareTexts: call<CompareTextsParams, TextComparison>('compareTexts'),
  /** Opens nothing. */
  openThings: call<Readonly<Record<string, never>>, OpenThings>('openThings'),
} as const;
