// Everything the extension host and the engine process say to each other, on one page. Calls are stateless: each
// one names the model and SAE it wants, the engine opens and caches them. A restarted engine therefore needs no
// replay of state, only of the unanswered call. Tensors travel as typed arrays, never as JSON numbers.
import { call } from './call.ts';
import type { Diagnostics } from './diagnostics.ts';
import { hubCalls } from './hubProtocol.ts';
import { readingCalls } from './readingProtocol.ts';
import type { SaeCheck, SaeTrial } from './saeCheck.ts';
import type { CharOffset, FeatureIndex, TokenId, TokenIndex } from './units.ts';

/** Raised by one whenever a message changes its meaning; both sides must agree. */
export const protocolVersion = 4;

/** What a user may ask for; `auto` takes an accelerator that proves right on this machine and no slower than the CPU. */
export const providerSettings = ['auto', 'cpu', 'cuda', 'dml', 'webgpu', 'coreml'] as const;
export type ProviderSetting = (typeof providerSettings)[number];

/** A model folder, which of its .onnx files is meant, and where it is to run. */
export interface ModelChoice {
  /** Absolute folder path. */
  readonly model: string;
  /** Path of the .onnx inside the folder, e.g. `onnx/model_q4.onnx`; chosen by a stated rule when absent. */
  readonly variant?: string;
  /** `auto` when absent. */
  readonly provider?: ProviderSetting;
  /** Which of several devices of that provider; the first when absent. */
  readonly deviceId?: number;
}

/**
 * An SAE as calls name it: the absolute path of its folder, or of its file where one file is the whole SAE. A layer of the
 * model's own neurons is named by its site, `neurons:blocks.3.mlp.hook_post`, and is in everything like an SAE: feature i
 * is neuron i, its activation is the neuron's value. Values may be negative; neurons rank by value, largest first, and
 * one is active where its value is above 0, which is what readings, densities and examples count. Edits act on the value
 * of either sign.
 */
export type SaePlace = string;

/** A model and the SAEs that read it. */
export interface Source extends ModelChoice {
  /** At least one; all are read in one run of the model. */
  readonly saes: readonly SaePlace[];
}

/** A feature of one of the SAEs of a source. */
export interface FeatureRef {
  readonly sae: SaePlace;
  readonly feature: FeatureIndex;
}

/** One .onnx file of a model folder. */
export interface ModelVariant {
  /** Relative to the folder, with `/`. */
  readonly variant: string;
  /** What its name says in words, e.g. `half precision`. */
  readonly description: string;
  /** Size of file and external data. */
  readonly bytes: number;
}

/** Where results of analyses are kept beyond the life of the engine. */
export interface AnalysisCache {
  /** Absolute path of a folder of its own; made when it does not exist. */
  readonly folder: string;
  /** Most megabytes (2²⁰ bytes) in it; 0 keeps nothing. */
  readonly megabytes: number;
}

export interface InitializeParams {
  readonly protocolVersion: number;
  /** Without it nothing is kept. */
  readonly cache?: AnalysisCache;
}

export interface ClearedCache {
  readonly bytes: number;
}

export interface InitializeResult {
  readonly protocolVersion: number;
  readonly engineVersion: string;
  readonly processId: number;
  /** Execution providers this platform's onnxruntime knows, e.g. `cpu`, `webgpu`. */
  readonly providers: readonly string[];
}

export interface ModelFacts {
  readonly name: string;
  readonly folder: string;
  /** `model_type` of config.json, e.g. `llama`. */
  readonly architecture: string;
  readonly layers: number;
  readonly dModel: number;
  readonly vocabularySize: number;
  /** Longest sequence the model was made for, in tokens, BOS included. */
  readonly contextLength: number;
  /** The .onnx file in use, relative to the folder, e.g. `onnx/model.onnx`. */
  readonly variant: string;
  /** Where it runs, e.g. `cpu`. */
  readonly provider: string;
  /** Why it runs there, as a sentence. */
  readonly providerReason: string;
  /** Quantization scales span the whole batch: rows are not independent and run separately. */
  readonly dynamicallyQuantized: boolean;
  /** Token that marks the beginning of a text; absent for models without one. */
  readonly bosId?: TokenId;
}

export interface SaeFacts {
  /** As the source names it. */
  readonly sae: SaePlace;
  readonly name: string;
  /** TransformerLens name, e.g. `blocks.2.hook_resid_post`. */
  readonly site: string;
  /** What its format calls the kind of SAE it is; `neurons` for neurons of the model. */
  readonly architecture: string;
  readonly features: number;
  /** A feature store (examples, densities) exists for it. */
  readonly hasFeatureStore: boolean;
}

export interface SourceFacts {
  readonly model: ModelFacts;
  /** In the order of the source. */
  readonly saes: readonly SaeFacts[];
}

export interface AnalyseParams {
  readonly source: Source;
  /** Identifies the document between calls, e.g. its URI; results of its last text are reused. */
  readonly document: string;
  readonly text: string;
  /** Features kept per token and SAE. */
  readonly topK: number;
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
  readonly topK: number;
  /** [count, topK] strongest first. Slots past the last active feature have activation 0. */
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

export interface CheckSaeParams {
  readonly source: Source;
  readonly sae: SaePlace;
  /** About 512 tokens are taken; a text of Monosem's own when absent. */
  readonly text?: string;
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

export const engineCalls = {
  /** Must be the first call. */
  initialize: call<InitializeParams, InitializeResult>('initialize'),
  describe: call<{ readonly source: Source }, SourceFacts>('describe'),
  analyse: call<AnalyseParams, AnalysisSummary, TokenBatch>('analyse'),
  /** One token: what it is, and what the model expects in its place and behind it, layer by layer. */
  tokenDetails: call<TokenDetailsParams, TokenDetails>('tokenDetails'),
  /** Tokens of a text whose features are like those of one of them; analyses it as `analyse` does where it must. */
  similarTokens: call<SimilarTokensParams, SimilarTokens>('similarTokens'),
  /** Texts to show for tokens of the vocabulary, in the order asked for; bytes that are no character as `\xE2`. */
  tokenTexts: call<TokenTextsParams, readonly string[]>('tokenTexts'),
  /** SAE after SAE in the order of the source; each one's ranked by total activation, strongest first. */
  activeFeatures: call<ActiveFeaturesParams, readonly ActiveFeature[]>('activeFeatures'),
  feature: call<FeatureParams, FeatureSummary>('feature'),
  featureBriefs: call<FeatureBriefsParams, readonly FeatureBrief[]>('featureBriefs'),
  steer: call<SteerParams, SteerResult, SteerStep>('steer'),
  /** Never fails because of the model: what went wrong is part of the answer. */
  diagnose: call<{ readonly model?: ModelChoice }, Diagnostics>('diagnose'),
  /** Does an SAE read the model as it was trained to? Sent once per SAE and model; reports each trial. */
  checkSae: call<CheckSaeParams, SaeCheck, SaeTrial>('checkSae'),
  /** The .onnx files of a model folder that hold a decoder, the one the stated rule takes first. */
  variants: call<{ readonly model: string }, readonly ModelVariant[]>('variants'),
  /** Removes the results of analyses that are kept on the disk. */
  clearAnalysisCache: call<Readonly<Record<string, never>>, ClearedCache>('clearAnalysisCache'),
  ...readingCalls,
  ...hubCalls,
  shutdown: call<Record<string, never>, null>('shutdown'),
} as const;

export type EngineCalls = typeof engineCalls;
