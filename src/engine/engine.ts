// The engine's public functions, in the user's words. It has never heard of VS Code: the process entry (server/), the
// command line and the tests call it alike. Each function is stateless for its caller: it names the model and SAE it
// means, and what was opened for earlier calls is reused.
import path from 'node:path';
import process from 'node:process';
import type { CallContext } from '../shared/call.ts';
import type {
  AblationMapBatch,
  AblationMapParams,
  AblationMapTotals,
  ActiveFeature,
  ActiveFeaturesParams,
  AnalysisCache,
  ClearedCache,
  AnalyseParams,
  AnalysisSummary,
  Continuation,
  ContinuationEffect,
  ContinuationEffectParams,
  ContinuationParams,
  ContinuationStep,
  CheckSaeParams,
  DirectionNumbers,
  DirectionParams,
  FeatureBrief,
  FeatureBriefsParams,
  FeatureEffects,
  FeatureEffectsParams,
  FeatureParams,
  FeatureSummary,
  ModelChoice,
  ModelVariant,
  Provenance,
  SaeIdentity,
  Source,
  SourceFacts,
  SteerParams,
  SteerResult,
  SteerStep,
  SweepParams,
  SweepProgress,
  SweepResult,
  SaePlace,
  SimilarTokens,
  SimilarTokensParams,
  TokenBatch,
  TokenDetails,
  TokenDetailsParams,
  TokenTextsParams,
} from '../shared/engineProtocol.ts';
import type { Diagnostics, SelfTest } from '../shared/diagnostics.ts';
import type {
  AblationEffect,
  AblationParams,
  BosReading,
  BosReadingParams,
  CompareTextsParams,
  OpenThings,
  TextComparison,
} from '../shared/readingProtocol.ts';
import type { SaeCheck, SaeInfo, SaeTrial } from '../shared/saeCheck.ts';
import { siteOfNeurons } from '../shared/saePlace.ts';
import type { Tensor } from '../shared/tensor.ts';
import { breathe } from './analysis/analysedWindow.ts';
import { rankActiveFeatures } from './analysis/activeFeatures.ts';
import { analyseText } from './analysis/analyseText.ts';
import { plainRows } from './analysis/topFeatures.ts';
import { ablationEffect } from './causes/ablationEffect.ts';
import { ablationMap } from './causes/ablationMap.ts';
import { continuationEffect } from './causes/continuationEffect.ts';
import { featureEffects } from './causes/featureEffects.ts';
import { continuations } from './continuations.ts';
import { checkSae } from './evaluation/checkSae.ts';
import { directionNumbers } from './direction.ts';
import { featureBriefs, featureSummary } from './features/query.ts';
import type { StoreFacts } from './features/store.ts';
import { buildStoreOf, recordedPerToken } from './featureStores.ts';
import { BlobCache } from './files/blobCache.ts';
import { diagnose } from './diagnose.ts';
import { FileHashes } from './files/fileHashes.ts';
import { TrialMarks } from './files/trialMarks.ts';
import { openModel } from './model/openModel.ts';
import { listVariants } from './model/bundle/variants.ts';
import { ProviderChooser } from './onnx/runtime/executionProviders.ts';
import { listExecutionProviders } from './onnx/runtime/session.ts';
import {
  activationsOf,
  graphFacts,
  type ActivationsParams,
  type GraphFacts,
} from './modelFiles.ts';
import { decode, encode } from './sae/encode.ts';
import { loadSae } from './sae/load.ts';
import { openSae } from './sae/open.ts';
import { expectFeature } from './sae/sae.ts';
import { loadWeights } from './sae/weights.ts';
import { saeInfoOf } from './saeInfo.ts';
import { identifySaes, provenanceOf } from './provenance.ts';
import { SourceCache } from './sourceCache.ts';
import { steerable } from './steerable.ts';
import { sweepSource } from './steering/sweep.ts';
import { steerSource } from './steering/steerSource.ts';
import { compareTexts } from './textComparison.ts';
import { bosReading, similarTokens, tokenDetails } from './tokenCalls.ts';

export { directionTensor, loadDirection } from './directionFile.ts';
export type { StoreFacts } from './features/store.ts';
export { readUserText } from './files/textFile.ts';
export { catalogue } from './hub/catalogue.ts';
export { removeUnfinished, unfinished } from './hub/parts.ts';
export { listRecords, removeRecord } from './hub/records.ts';
export type { DownloadProgress } from './hub/download.ts';
export type { HubAccess } from './hub/request.ts';
export { addModel, addSae } from './hubDownloads.ts';
export { saesOf, variantsOf } from './hubOffers.ts';
export { loadTensor, saveTensors } from './modelFiles.ts';
export type { GraphFacts } from './modelFiles.ts';

interface IndexParams {
  readonly model: ModelChoice;
  readonly sae: SaePlace;
  /** Path of a text file. */
  readonly corpus: string;
}

type Context<Progress> = CallContext<Progress>;

/** Features counted per token when those of a text are ranked. */
const rankedPerToken = 32;

export class Engine {
  readonly #chooser = new ProviderChooser(TrialMarks.ofThisUser());
  readonly #sources: SourceCache;
  readonly #hashes = new FileHashes();
  readonly #results: BlobCache | undefined;

  /** @param cache where results of analyses are kept for later; nowhere when absent */
  static create(cache?: AnalysisCache): Engine {
    return new Engine(cache);
  }

  private constructor(cache?: AnalysisCache) {
    this.#results = cache && new BlobCache(cache.folder, cache.megabytes * 2 ** 20);
    const isUsed = cache !== undefined && cache.megabytes > 0;
    this.#sources = new SourceCache(this.#chooser, isUsed ? this.#results : undefined);
  }

  /** Execution providers this platform's onnxruntime comes with, e.g. `cpu`, `webgpu`. */
  static providers(): string[] {
    return listExecutionProviders()
      .filter(({ isBundled }) => isBundled)
      .map(({ name }) => name);
  }

  /** Facts about a model and its SAE; opens them. */
  describe({ source }: { readonly source: Source }): Promise<SourceFacts> {
    return this.#sources.use(source, (open) => open.facts());
  }

  /**
   * The top features of every token of a text, or of what is visible, visible ones first, and features that are followed
   * wherever they are active. A later call with the same `document` reuses what did not change.
   * @throws MonosemError `cancelled` and everything opening a model can throw
   */
  analyse(params: AnalyseParams, context: Context<TokenBatch>): Promise<AnalysisSummary> {
    return this.#sources.use(params.source, async (open) => {
      const { encoder, analyser } = open.openDocument(params);
      const { text, visible, extent = 'all', known } = params;
      const breath = breathe(context);
      const encoded = await encoder.encode(text, breath);
      const followed = open.followed(params);
      return analyser.analyse(
        {
          ...{ text, encoded, extent, known: new Set(known) },
          ...(visible === undefined ? {} : { visible }),
          ...(followed === undefined ? {} : { followed }),
        },
        {
          emit: ({ readings, ...batch }) => {
            context.progress({ ...batch, readings: open.named(readings) });
          },
          seen: () => context.relax?.(),
          breath,
        },
      );
    });
  }

  /** What one token is, and what the model expects in its place and behind it, layer by layer. */
  tokenDetails(params: TokenDetailsParams, context: Context<never>): Promise<TokenDetails> {
    return this.#sources.use(params.source, (open) => tokenDetails(open, params, breathe(context)));
  }

  /** The tokens of a text whose features are most like those of one of them. */
  similarTokens(params: SimilarTokensParams, context: Context<never>): Promise<SimilarTokens> {
    return this.#sources.use(params.source, (open) =>
      similarTokens(open, params, breathe(context)),
    );
  }

  /** What taking a feature out of one token does to what the model expects behind it. */
  ablationEffect(params: AblationParams, context: Context<never>): Promise<AblationEffect> {
    return this.#sources.use(params.source, (open) =>
      ablationEffect(open, params, breathe(context)),
    );
  }

  /** Why the model expects what it expects: what taking out each of the features active on some tokens does. */
  featureEffects(params: FeatureEffectsParams, context: Context<never>): Promise<FeatureEffects> {
    return this.#sources.use(params.source, (open) =>
      featureEffects(open, params, breathe(context)),
    );
  }

  /** The loss of every token of a text with a feature and without it. */
  ablationMap(
    params: AblationMapParams,
    context: Context<AblationMapBatch>,
  ): Promise<AblationMapTotals> {
    return this.#sources.use(params.source, (open) => {
      const emit = (batch: AblationMapBatch): void => {
        context.progress(batch);
      };
      return ablationMap(open, params, emit, breathe(context));
    });
  }

  /** The loss of a given continuation with edits and without them. */
  continuationEffect(
    params: ContinuationEffectParams,
    context: Context<never>,
  ): Promise<ContinuationEffect> {
    return this.#sources.use(params.source, (open) =>
      continuationEffect(open, params, breathe(context)),
    );
  }

  /** What the SAEs read on the token in front of every text. */
  bosReading(params: BosReadingParams): Promise<BosReading | null> {
    return this.#sources.use(params.source, (open) => bosReading(open, params));
  }

  /** Tokens and features that two texts have, and have not, in common. */
  compareTexts(params: CompareTextsParams, context: Context<never>): Promise<TextComparison> {
    return this.#sources.use(params.source, (open) => compareTexts(open, params, breathe(context)));
  }

  /** What is open, and the memory it takes. */
  openThings(): Promise<OpenThings> {
    const { opened, cacheBytes } = this.#sources;
    return Promise.resolve({
      sources: opened.map((source) => source.opened()),
      cacheBytes,
      residentBytes: process.memoryUsage.rss(),
    });
  }

  /** Texts to show for tokens of the vocabulary. */
  tokenTexts({ source, ids }: TokenTextsParams): Promise<readonly string[]> {
    return this.#sources.use(source, ({ model }) =>
      Promise.resolve(Array.from(ids, (id) => model.tokenizer.textOf(id))),
    );
  }

  /** Features active in a text, SAE by SAE, ranked by their total activation. */
  activeFeatures(
    params: ActiveFeaturesParams,
    context: Context<never>,
  ): Promise<readonly ActiveFeature[]> {
    return this.#sources.use(params.source, async (open) => {
      const { text, limit } = params;
      const encoded = await open.model.tokenizer.encode(text);
      const run = await open.windowRun(rankedPerToken, false);
      const readings = await analyseText(run, open.capacity, { text, encoded }, breathe(context));
      return open.named(readings.map(plainRows)).flatMap(({ sae, ...reading }) =>
        rankActiveFeatures({ text, encoded }, reading, limit).map((active) => ({
          sae,
          ...active,
        })),
      );
    });
  }

  /**
   * What the feature store knows of a feature.
   * @throws MonosemError `noFeatureStore`, `unknownFeature`
   */
  feature({ source, sae, feature, exampleLimit }: FeatureParams): Promise<FeatureSummary> {
    return this.#sources.use(source, async (open) => {
      expectFeature(open.sae(sae), feature);
      return featureSummary(await open.featureStore(sae), feature, exampleLimit);
    });
  }

  /**
   * One line per feature, in the order asked for.
   * @throws MonosemError `noFeatureStore`, `unknownFeature`
   */
  featureBriefs({ source, sae, features }: FeatureBriefsParams): Promise<readonly FeatureBrief[]> {
    return this.#sources.use(source, async (open) =>
      featureBriefs(await open.featureStore(sae), features),
    );
  }

  /** Builds the feature store of one SAE of a source from a corpus file. */
  buildFeatures(
    { model: choice, sae: place, corpus }: IndexParams,
    onProgress: (done: number, total: number) => void,
  ): Promise<StoreFacts & { readonly file: string }> {
    return this.#sources.use({ ...choice, saes: [place] }, async (open) => {
      const { model, capacity } = open;
      const sae = open.sae(place);
      const run = await open.windowRun(Math.min(sae.F, recordedPerToken(sae)), false);
      const indexed = { model, sae, capacity, run };
      return buildStoreOf(indexed, corpus, onProgress, () => Promise.resolve());
    });
  }

  /** Baseline and steered continuation of a prompt. */
  steer(params: SteerParams, context: Context<SteerStep>): Promise<SteerResult> {
    return this.#sources.use(params.source, async (open) => {
      const report = (step: SteerStep): void => {
        context.progress(step);
      };
      return steerSource(steerable(open), params, report, breathe(context));
    });
  }

  /** One edit at several strengths beside the baseline. */
  sweep(params: SweepParams, context: Context<SweepProgress>): Promise<SweepResult> {
    return this.#sources.use(params.source, async (open) => {
      const report = (progress: SweepProgress): void => {
        context.progress(progress);
      };
      return sweepSource(steerable(open), params, report, breathe(context));
    });
  }

  /** The SAEs of a source by what is the same on every machine. */
  identifySaes({ source }: { readonly source: Source }): Promise<readonly SaeIdentity[]> {
    return this.#sources.use(source, (open) => identifySaes(open, this.#hashes));
  }

  /** What results of a source come from: files by their content, versions of what computes. */
  provenance({ source }: { readonly source: Source }): Promise<Provenance> {
    return this.#sources.use(source, (open) => provenanceOf(open, this.#hashes));
  }

  /** Continuations of a prompt by the model as it is, one per sample; needs no SAE. */
  continueText(
    params: ContinuationParams & { readonly model: ModelChoice },
    context: Context<ContinuationStep>,
  ): Promise<readonly Continuation[]> {
    const report = (step: ContinuationStep): void => {
      context.progress(step);
    };
    return continuations(params, this.#chooser, report, breathe(context));
  }

  /** The .onnx files of a model folder, the one that is taken when none is named first. */
  variants({ model }: { readonly model: string }): Promise<readonly ModelVariant[]> {
    return listVariants(path.resolve(model));
  }

  /** What the engine runs on, and how a model fares on it: provider, self-test, timings. */
  diagnose(
    { model }: { readonly model?: ModelChoice },
    context: Context<never>,
  ): Promise<Diagnostics> {
    return diagnose(model, this.#chooser, breathe(context));
  }

  /**
   * Compares the overlay with the untouched file, once for each time a model is opened. Its two sessions hold the
   * weights a second time, so a large model is tested only by `diagnose`, for whoever asks for it.
   */
  selfTest(
    { source }: { readonly source: Source },
    context: Context<never>,
  ): Promise<SelfTest | undefined> {
    return this.#sources.use(source, (open) => open.selfTestOnce(breathe(context)));
  }

  /**
   * What a decoder is made of, and every place where its residual stream can be read and edited.
   * @param place an .onnx file, or a model folder
   * @param variant which .onnx of the folder
   */
  sites(place: string, variant?: string): Promise<GraphFacts> {
    return graphFacts(place, variant);
  }

  /**
   * Activations x [T, D] of a text at a site, one row per token; the BOS that models with one get in front has no row.
   * @param onProgress receives the number of tokens done
   */
  activations(params: ActivationsParams, onProgress: (tokens: number) => void): Promise<Tensor> {
    return activationsOf(params, this.#chooser, onProgress);
  }

  /** A direction [D] to steer along: what one text has more of at a site than another, or what a file holds. */
  direction(params: DirectionParams, context: Context<never>): Promise<DirectionNumbers> {
    return directionNumbers(params, this.#chooser, breathe(context));
  }

  /** Features [T, F] and reconstruction [T, DOut] of activations [T, D] from any source. */
  async encode(
    saeFolder: string,
    activations: Tensor,
  ): Promise<{ readonly features: Tensor; readonly reconstruction: Tensor }> {
    const weights = await loadWeights(await loadSae(saeFolder));
    const features = encode(weights, activations);
    return { features, reconstruction: decode(weights, activations, features) };
  }

  /** What the files of an SAE say, or the model says of its neurons; only for those is the model opened. */
  async saeInfo(place: SaePlace, choice: ModelChoice): Promise<SaeInfo> {
    const sae =
      siteOfNeurons(place) === undefined
        ? await loadSae(place)
        : await openSae(place, openModel(path.resolve(choice.model), choice.variant));
    return saeInfoOf(sae);
  }

  /**
   * Does the SAE read this model as it was trained to? Where not, the verdict names what seems to be wrong.
   * @param text about 512 tokens are taken; without it, a text of Monosem's own
   */
  checkSae({ source, sae, text }: CheckSaeParams, context: Context<SaeTrial>): Promise<SaeCheck> {
    return this.#sources.use(source, (open) =>
      checkSae(
        { model: open.model, sae: open.sae(sae), ...(text === undefined ? {} : { text }) },
        {
          report: (trial) => {
            context.progress(trial);
          },
          breath: breathe(context),
        },
      ),
    );
  }

  /** Removes the results of analyses that are kept on the disk. */
  async clearAnalysisCache(): Promise<ClearedCache> {
    return { bytes: (await this.#results?.clear()) ?? 0 };
  }

  /** Closes every model, when what is to be kept is on the disk. */
  async dispose(): Promise<void> {
    await this.#results?.settled();
    return this.#sources.dispose();
  }
}
