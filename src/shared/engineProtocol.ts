// Everything the extension host and the engine process say to each other, on one page. Calls are stateless: each
// one names the model and SAE it wants, the engine opens and caches them. A restarted engine therefore needs no
// replay of state, only of the unanswered call. Tensors travel as typed arrays, never as JSON numbers. What calls carry
// lies in protocol/, by subject.
import { call } from './call.ts';
import type { Diagnostics } from './diagnostics.ts';
import { hubCalls } from './hubProtocol.ts';
import type {
  AnalyseParams,
  AnalysisCache,
  AnalysisSummary,
  ClearedCache,
  TokenBatch,
} from './protocol/analysis.ts';
import type { DirectionNumbers, DirectionParams } from './protocol/direction.ts';
import type {
  AblationMapBatch,
  AblationMapParams,
  AblationMapTotals,
  ContinuationEffect,
  ContinuationEffectParams,
  FeatureEffects,
  FeatureEffectsParams,
} from './protocol/causes.ts';
import type {
  ActiveFeature,
  ActiveFeaturesParams,
  CheckSaeParams,
  FeatureBrief,
  FeatureBriefsParams,
  FeatureParams,
  FeatureSummary,
} from './protocol/features.ts';
import type { Provenance, SaeIdentity } from './protocol/provenance.ts';
import type { ModelChoice, ModelVariant, Source, SourceFacts } from './protocol/source.ts';
import type { SteerParams, SteerResult, SteerStep } from './protocol/steering.ts';
import type { SweepParams, SweepProgress, SweepResult } from './protocol/sweep.ts';
import type {
  SimilarTokens,
  SimilarTokensParams,
  TokenDetails,
  TokenDetailsParams,
  TokenTextsParams,
} from './protocol/tokens.ts';
import { readingCalls } from './readingProtocol.ts';
import type { SaeCheck, SaeTrial } from './saeCheck.ts';

export { providerSettings } from './protocol/source.ts';
export type * from './protocol/analysis.ts';
export type * from './protocol/causes.ts';
export type * from './protocol/direction.ts';
export type * from './protocol/edits.ts';
export type * from './protocol/features.ts';
export type * from './protocol/provenance.ts';
export type * from './protocol/source.ts';
export type * from './protocol/steering.ts';
export type * from './protocol/sweep.ts';
export type * from './protocol/tokens.ts';

/** Raised by one whenever a message changes its meaning; both sides must agree. */
export const protocolVersion = 6;

export interface InitializeParams {
  readonly protocolVersion: number;
  /** Without it nothing is kept. */
  readonly cache?: AnalysisCache;
}

export interface InitializeResult {
  readonly protocolVersion: number;
  readonly engineVersion: string;
  readonly processId: number;
  /** Execution providers this platform's onnxruntime knows, e.g. `cpu`, `webgpu`. */
  readonly providers: readonly string[];
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
  sweep: call<SweepParams, SweepResult, SweepProgress>('sweep'),
  /** Why the model expects what it expects: each of the features active on some tokens ablated by itself. */
  featureEffects: call<FeatureEffectsParams, FeatureEffects>('featureEffects'),
  /** The loss of every token of a text with a feature and without it; reports window by window. */
  ablationMap: call<AblationMapParams, AblationMapTotals, AblationMapBatch>('ablationMap'),
  /** The loss of a given continuation with edits and without them. */
  continuationEffect: call<ContinuationEffectParams, ContinuationEffect>('continuationEffect'),
  /** The numbers of a direction of one's own, made of two texts or read from a file. */
  direction: call<DirectionParams, DirectionNumbers>('direction'),
  /** The SAEs of a source by what is the same on every machine; hashes their files. */
  identifySaes: call<{ readonly source: Source }, readonly SaeIdentity[]>('identifySaes'),
  /** What results of a source come from; hashes all files of the model and its SAEs. */
  provenance: call<{ readonly source: Source }, Provenance>('provenance'),
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
