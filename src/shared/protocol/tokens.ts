// Single tokens: what the model expects around one, layer by layer, and tokens like it.
// Part of the engine protocol.
import type { AnalyseParams } from './analysis.ts';
import type { SaePlace, Source } from './source.ts';
import type { CharOffset, TokenId, TokenIndex } from '../units.ts';

/** A token of a text: by its index, or the first one whose range holds an offset. */
export type TokenPlace = { readonly token: TokenIndex } | { readonly offset: CharOffset };

export interface TokenDetailsParams {
  readonly source: Source;
  /** As in `analyse`: what an analysis of this document with losses has computed is reused. */
  readonly document: string;
  readonly text: string;
  readonly at: TokenPlace;
  /** Tokens expected by the model; 10 when absent. */
  readonly top?: number;
  /** Tokens read from each layer; 5 when absent. */
  readonly lensTop?: number;
}

/** Likeliest first; all three of one length. */
export interface LikelyTokens {
  readonly ids: Uint32Array;
  /** As `tokenTexts` gives them. */
  readonly texts: readonly string[];
  readonly probabilities: Float32Array;
}

/**
 * What each layer would predict if it were the last: final norm and unembedding applied to `hook_resid_post` of every
 * block (logit lens, nostalgebraist 2020). The last layer is the model's own prediction.
 */
export interface LogitLens {
  /** One per block, first block first. */
  readonly layers: readonly LikelyTokens[];
  /** [layers] rank of the token that is there, 1 for the likeliest; 0 where there is none. */
  readonly ranks: Uint32Array;
}

/** What the model expects in one place, given what precedes it in the token's window. */
export interface Expectation {
  readonly top: LikelyTokens;
  /** The token that is there; absent behind the last token of a text. */
  readonly actual?: {
    readonly id: TokenId;
    /** −ln p in nats. */
    readonly loss: number;
    /** 1 + the number of likelier tokens. */
    readonly rank: number;
  };
  /** Absent where `whyNoLens` says so. */
  readonly lens?: LogitLens;
}

export interface TokenDetails {
  readonly token: TokenIndex;
  readonly id: TokenId;
  readonly start: CharOffset;
  readonly end: CharOffset;
  /** The vocabulary's own spelling, e.g. `▁upon`, `Ġupon`, `<0x0A>`. */
  readonly piece: string;
  /** UTF-8 that it stands for, which may be a part of a character. */
  readonly bytes: Uint8Array;
  /** As `tokenTexts` gives it. */
  readonly text: string;
  /** In the token's place, from the position before it; absent where nothing precedes it. */
  readonly here?: Expectation;
  /** Behind the token. */
  readonly next: Expectation;
  /** One sentence, for models whose end cannot be applied to other layers. */
  readonly whyNoLens?: string;
}

export interface SimilarTokensParams extends AnalyseParams {
  readonly sae: SaePlace;
  readonly at: TokenPlace;
  /** Most tokens to return. */
  readonly limit: number;
}

/** Most similar first, the token itself and those that share no feature with it left out; all arrays [count]. */
export interface SimilarTokens {
  readonly tokens: Uint32Array;
  /** UTF-16 offsets. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** Cosine of the activations of the strongest `topK` features of both tokens, above 0. */
  readonly similarities: Float32Array;
}

export interface TokenTextsParams {
  readonly source: Source;
  /** Of the vocabulary. */
  readonly ids: Uint32Array;
}
