// The interface of Monosem for other extensions: what `activate()` of the extension monosem.monosem returns. All of it
// is plain data. This file stands alone: docs/api/monosem.d.ts is a copy of it, to be put into an extension that uses it.
import type { Event, Uri } from 'vscode';

/**
 * Functions reject with an `Error` that has a `code` (see `MonosemFailure`) and one sentence for people. The model and
 * the sparse autoencoders (SAEs) are those of the user's settings.
 */
export interface MonosemApi {
  /** Another number would mean that something here has changed its meaning or is gone; new things do not change it. */
  readonly version: 1;

  /** Features of every token of any text; no document is needed. */
  analyse(text: string, options?: AnalyseOptions): Promise<TextAnalysis>;
  /** What is known of features: those named by number, or those that peak on a word. */
  features(query: FeatureQuery, options?: CallOptions): Promise<readonly FeatureFacts[]>;
  /** Lets the model continue a prompt as it is, and with some features changed. */
  steer(request: SteerRequest, options?: SteerOptions): Promise<SteeredText>;

  /** What runs where; `undefined` until something was analysed. */
  model(): ModelPlace | undefined;
  /** The active SAEs; empty until something was analysed. */
  saes(): readonly ActiveSae[];

  /** State or tokens of a document in an editor have changed. */
  readonly onDidChange: Event<Uri>;
  /** How the analysis of a document in an editor is doing; `undefined` for one that has not been looked at. */
  stateOf(document: Uri): DocumentState | undefined;
  /** Resolves when the analysis of the document's present text is over; at once if there is none. */
  whenIdle(document: Uri): Promise<DocumentState | undefined>;
  /** Tokens of a document in an editor, as far as they are known, in the coordinates of its present text. */
  tokensOf(document: Uri): readonly AnalysedToken[];
}

/** What functions reject with. */
export interface MonosemFailure extends Error {
  /**
   * `badArgument` for what was passed, `cancelled`, `noSae`, `noFeatureStore`, `unknownFeature`, `engineStopped` and
   * others.
   */
  readonly code: string;
}

export interface CallOptions {
  /** Cancels the computation; the promise rejects with code `cancelled`. */
  readonly signal?: AbortSignal;
}

export interface AnalyseOptions extends CallOptions {
  /** Features kept for each token and SAE, 1…32; 5 when absent. */
  readonly topK?: number;
  /** Also the loss of each token, which needs the whole model instead of its first blocks. */
  readonly losses?: boolean;
  /** Also the n tokens that the model finds likeliest in the place of each token, 0…20; with losses. */
  readonly predictions?: number;
}

export interface TextAnalysis {
  /** In the order of the settings. */
  readonly saes: readonly ActiveSae[];
  /** In text order, without the token that marks the beginning of a text. */
  readonly tokens: readonly AnalysedToken[];
}

export interface AnalysedToken {
  readonly text: string;
  /** In the model's vocabulary. */
  readonly id: number;
  /** UTF-16 offsets; tokens that share one character share its range. */
  readonly start: number;
  readonly end: number;
  /** SAE after SAE in the order of the settings, each one's strongest first; only active ones. */
  readonly features: readonly ActiveFeature[];
  /** −ln p(token | what precedes it) in nats, where asked for; absent on a token nothing precedes. */
  readonly loss?: number;
  /** 1 + the number of tokens that the model finds likelier; with predictions. */
  readonly rank?: number;
  /** What the model expects in this place, likeliest first; where asked for. */
  readonly predictions?: readonly Prediction[];
}

/** A feature that is active on a token. */
export interface ActiveFeature {
  /** Folder of the SAE it belongs to, as in `ActiveSae`. */
  readonly sae: string;
  readonly feature: number;
  readonly activation: number;
}

export interface Prediction {
  readonly id: number;
  readonly text: string;
  readonly probability: number;
}

/** An active SAE. */
export interface ActiveSae {
  /** Its folder, which names it everywhere; `neurons:` and a site for neurons of the model. */
  readonly sae: string;
  readonly name: string;
  /** Where it reads, e.g. `blocks.2.hook_resid_post`. */
  readonly site: string;
  /** Its features are those that are painted. */
  readonly isPainted: boolean;
}

/** Names either `features` or a `word`. */
export interface FeatureQuery {
  /** An active SAE; the painted one when absent. */
  readonly sae?: string;
  /** Numbers of features, at most 1000. */
  readonly features?: readonly number[];
  /** Part of a token that the feature peaks on, in small or capital letters. */
  readonly word?: string;
  /** Most features that `word` finds, 1…1000, the most active ones first; 20 when absent. */
  readonly limit?: number;
  /** Examples for each feature, 0…50; none when absent. */
  readonly examples?: number;
}

/** What the corpus says about a feature. */
export interface FeatureFacts {
  readonly sae: string;
  readonly feature: number;
  /** Share of corpus tokens on which it is active, 0…1. */
  readonly density: number;
  /** Largest activation in the corpus; 0 for a feature that never fired. */
  readonly maxActivation: number;
  /** Tokens on which its top examples peak, most frequent first. */
  readonly peakTokens: readonly string[];
  /** Where examples were asked for. */
  readonly corpus?: CorpusFacts;
}

export interface CorpusFacts {
  readonly tokens: number;
  /** Over the tokens on which the feature is active. */
  readonly meanActivation: number;
  /** Counts in equal-width bins from 0 to `maxActivation`, active tokens only. */
  readonly histogram: readonly number[];
  /** Strongest first. */
  readonly examples: readonly FeatureExample[];
}

export interface FeatureExample {
  /** Concatenated they are the snippet. */
  readonly tokens: readonly string[];
  /** One for each token. */
  readonly activations: readonly number[];
  /** Index of the largest activation. */
  readonly peak: number;
}

/** One change to one feature. `amount` is in activation units, except for `scale`, where it is a factor. */
export type FeatureEdit = {
  /** An active SAE; the painted one when absent. */
  readonly sae?: string;
  readonly feature: number;
} & (
  | { readonly operation: 'ablate' }
  | { readonly operation: 'scale' | 'clamp' | 'add'; readonly amount: number }
);

export interface SteerRequest {
  readonly prompt: string;
  /** At most 256. */
  readonly edits: readonly FeatureEdit[];
  /** Which tokens the edits touch: `all` when absent. */
  readonly scope?: 'all' | 'prompt' | 'generated';
  /** Most tokens to generate, 1…4096; 60 when absent. */
  readonly maxTokens?: number;
  /** 0 takes the likeliest token every time, and is what an absent one means. */
  readonly temperature?: number;
  /** 1 when absent. */
  readonly seed?: number;
  /** The prompt is what a user says to a chat model: it is put into the model's chat template. */
  readonly chat?: boolean;
}

export interface SteerOptions extends CallOptions {
  /** Called for every token as it is generated. */
  readonly onStep?: (step: SteerStep) => void;
}

export interface SteeredText {
  /** By the model as it is. */
  readonly baseline: Continuation;
  /** With the edits. */
  readonly steered: Continuation;
  readonly steps: readonly SteerStep[];
}

export interface Continuation {
  readonly text: string;
  /** In the model's vocabulary. */
  readonly ids: readonly number[];
}

/** One token of both continuations; a side that has ended has none. */
export interface SteerStep {
  readonly step: number;
  readonly baseline?: GeneratedToken;
  readonly steered?: GeneratedToken;
  /** KL(baseline ‖ steered) in nats between the two next-token distributions, each after its own text. */
  readonly kl: number;
}

export interface GeneratedToken {
  readonly id: number;
  /** Text that became complete with this token; empty while a character is still split over tokens. */
  readonly text: string;
  /** Natural log of its probability at temperature 1. */
  readonly logProbability: number;
}

export interface ModelPlace {
  readonly name: string;
  /** The .onnx in use, relative to the model's folder. */
  readonly variant: string;
  /** Where it runs, e.g. `cpu`. */
  readonly provider: string;
  /** Why it runs there, as a sentence. */
  readonly reason: string;
}

export type DocumentState =
  /** Hidden, or features are switched off. */
  | { readonly kind: 'idle' }
  /** Somebody stopped it: it goes on when the text is edited or another view chosen. */
  | { readonly kind: 'stopped' }
  /** The engine or the model is being opened, or typing has not paused yet. */
  | { readonly kind: 'waiting' }
  /** `done`: share of the text that has results, 0…1. */
  | { readonly kind: 'analysing'; readonly done: number }
  /** `tokens`: those that have results. */
  | { readonly kind: 'ready'; readonly tokens: number }
  /** Nothing to analyse, and that is fine: empty, binary, too large, no SAE chosen. */
  | { readonly kind: 'skipped'; readonly reason: MonosemFailure }
  | { readonly kind: 'failed'; readonly reason: MonosemFailure };
