// The engine's public functions, in the user's words: a table of calls, each answered by a function of calls/ or causes/.
// It has never heard of VS Code: the process entry (server/), the command line and the tests call it alike. Each call is
// stateless for its caller: it names the model and SAE it means, and what was opened for earlier calls is reused.
import path from 'node:path';
import type { CallContext } from '../shared/call.ts';
import type { Diagnostics } from '../shared/diagnostics.ts';
import type {
  AnalyseParams,
  AnalysisCache,
  AnalysisSummary,
  ClearedCache,
  Continuation,
  ContinuationParams,
  ContinuationStep,
  DirectionNumbers,
  DirectionParams,
  ModelChoice,
  ModelVariant,
  Source,
  TokenBatch,
} from '../shared/engineProtocol.ts';
import type { OpenThings } from '../shared/readingProtocol.ts';
import type { Tensor } from '../shared/tensor.ts';
import { breathe, type Breath } from './analysis/analysedWindow.ts';
import {
  buildFeatures,
  type BuildFeaturesParams,
  type BuiltStore,
} from './calls/features/buildFeatures.ts';
import { activeFeatures, storedBriefs, storedFeature } from './calls/features/featureCalls.ts';
import { checkActiveSae, encodeActivations } from './calls/features/saeCalls.ts';
import { saeInfo } from './calls/features/saeInfo.ts';
import { diagnose } from './calls/models/diagnose.ts';
import { bundledProviders } from './calls/models/machineFacts.ts';
import { activationsOf, graphFacts, type ActivationsParams } from './calls/models/modelFiles.ts';
import { identifySaes, provenanceOf } from './calls/models/provenance.ts';
import { continuations } from './calls/steering/continuations.ts';
import { directionNumbers } from './calls/steering/direction.ts';
import { steer, sweep } from './calls/steering/steerCalls.ts';
import { analyseDocument } from './calls/texts/analyseDocument.ts';
import { compareTexts } from './calls/texts/textComparison.ts';
import {
  bosReading,
  similarTokens,
  tokenDetails,
  vocabularyTexts,
} from './calls/texts/tokenCalls.ts';
import { ablationEffect } from './causes/ablationEffect.ts';
import { ablationMap } from './causes/ablationMap.ts';
import { continuationEffect } from './causes/continuationEffect.ts';
import { featureEffects } from './causes/featureEffects.ts';
import { BlobCache } from './files/blobCache.ts';
import { FileHashes } from './files/fileHashes.ts';
import { TrialMarks } from './files/trialMarks.ts';
import { listVariants } from './model/bundle/variants.ts';
import { ProviderChooser } from './onnx/runtime/executionProviders.ts';
import type { OpenSource } from './sources/openSource.ts';
import { SourceCache } from './sources/sourceCache.ts';
import { openThings, sourceFacts } from './sources/sourceFacts.ts';

export { addModel } from './calls/hub/addModel.ts';
export { addSae } from './calls/hub/addSae.ts';
export { saesOf, variantsOf } from './calls/hub/offers.ts';
export { loadTensor, saveTensors } from './calls/models/modelFiles.ts';
export { directionTensor, loadDirection } from './calls/steering/directionFile.ts';
export type { StoreFacts } from './features/store.ts';
export { readUserText } from './files/textFile.ts';
export { catalogue } from './hub/catalogue.ts';
export type { DownloadProgress } from './hub/download.ts';
export { removeUnfinished, unfinished } from './hub/parts.ts';
export { listRecords, removeRecord } from './hub/records.ts';
export type { HubAccess } from './hub/request.ts';

/** What a call says that means a model and its SAEs. */
interface OfSource {
  readonly source: Source;
}

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

  // Of a source, which is opened for the first call that means it.

  /** Facts about a model and its SAEs. */
  readonly describe = this.#lookUp(sourceFacts);

  /** The SAEs of a source by what is the same on every machine. */
  readonly identifySaes = this.#lookUp((open) => identifySaes(open, this.#hashes));

  /** What results of a source come from: files by their content, versions of what computes. */
  readonly provenance = this.#lookUp((open) => provenanceOf(open, this.#hashes));

  /**
   * Compares the overlay with the untouched file, once for each time a model is opened. Its two sessions hold the
   * weights a second time, so a large model is tested only by `diagnose`, for whoever asks for it.
   */
  readonly selfTest = this.#compute((open, _, breath) => open.selfTestOnce(breath));

  // Of texts and their tokens.

  /**
   * The top features of every token of a text, or of what is visible, visible ones first, and features that are followed
   * wherever they are active. A later call with the same `document` reuses what did not change.
   * @throws MonosemError `cancelled` and everything opening a model can throw
   */
  analyse(params: AnalyseParams, context: CallContext<TokenBatch>): Promise<AnalysisSummary> {
    return this.#sources.use(params.source, (open) => analyseDocument(open, params, context));
  }

  /** Tokens and features that two texts have, and have not, in common. */
  readonly compareTexts = this.#compute(compareTexts);

  /** What one token is, and what the model expects in its place and behind it, layer by layer. */
  readonly tokenDetails = this.#compute(tokenDetails);

  /** The tokens of a text whose features are most like those of one of them. */
  readonly similarTokens = this.#compute(similarTokens);

  /** What the SAEs read on the token in front of every text. */
  readonly bosReading = this.#lookUp(bosReading);

  /** Texts to show for tokens of the vocabulary. */
  readonly tokenTexts = this.#lookUp(vocabularyTexts);

  // Of features and SAEs.

  /** Features active in a text, SAE by SAE, ranked by their total activation. */
  readonly activeFeatures = this.#compute(activeFeatures);

  /**
   * What the feature store knows of a feature.
   * @throws MonosemError `noFeatureStore`, `unknownFeature`
   */
  readonly feature = this.#lookUp(storedFeature);

  /**
   * One line per feature, in the order asked for.
   * @throws MonosemError `noFeatureStore`, `unknownFeature`
   */
  readonly featureBriefs = this.#lookUp(storedBriefs);

  /** Builds the feature store of one SAE from a corpus file. */
  buildFeatures(
    { model, sae, corpus }: BuildFeaturesParams,
    onProgress: (done: number, total: number) => void,
  ): Promise<BuiltStore> {
    return this.#sources.use({ ...model, saes: [sae] }, (open) =>
      buildFeatures(open, { sae, corpus }, onProgress),
    );
  }

  /**
   * Does the SAE read this model as it was trained to? Where not, the verdict names what seems to be wrong. About 512
   * tokens of a text are taken; where none is given, of a text of Monosem's own.
   */
  readonly checkSae = this.#computeAndReport(checkActiveSae);

  /** What the files of an SAE say, or the model says of its neurons; only for those is the model opened. */
  readonly saeInfo = saeInfo;

  /** Features [T, F] and reconstruction [T, DOut] of activations [T, D] from any source. */
  readonly encode = encodeActivations;

  // Of what features do.

  /** Baseline and steered continuation of a prompt. */
  readonly steer = this.#computeAndReport(steer);

  /** One edit at several strengths beside the baseline. */
  readonly sweep = this.#computeAndReport(sweep);

  /** What taking a feature out of one token does to what the model expects behind it. */
  readonly ablationEffect = this.#compute(ablationEffect);

  /** Why the model expects what it expects: what taking out each of the features active on some tokens does. */
  readonly featureEffects = this.#compute(featureEffects);

  /** The loss of every token of a text with a feature and without it. */
  readonly ablationMap = this.#computeAndReport(ablationMap);

  /** The loss of a given continuation with edits and without them. */
  readonly continuationEffect = this.#compute(continuationEffect);

  // Of a model without an SAE, which is opened for this call alone.

  /** Continuations of a prompt by the model as it is, one per sample. */
  continueText(
    params: ContinuationParams & { readonly model: ModelChoice },
    context: CallContext<ContinuationStep>,
  ): Promise<readonly Continuation[]> {
    return continuations(params, this.#chooser, context);
  }

  /** A direction [D] to steer along: what one text has more of at a site than another, or what a file holds. */
  direction(params: DirectionParams, context: CallContext<never>): Promise<DirectionNumbers> {
    return directionNumbers(params, this.#chooser, breathe(context));
  }

  /**
   * Activations x [T, D] of a text at a site, one row per token; the BOS that models with one get in front has no row.
   * @param onProgress receives the number of tokens done
   */
  activations(params: ActivationsParams, onProgress: (tokens: number) => void): Promise<Tensor> {
    return activationsOf(params, this.#chooser, onProgress);
  }

  /** What a decoder is made of, and every place where its residual stream can be read and edited. */
  readonly sites = graphFacts;

  /** The .onnx files of a model folder, the one that is taken when none is named first. */
  variants({ model }: { readonly model: string }): Promise<readonly ModelVariant[]> {
    return listVariants(path.resolve(model));
  }

  /** What the engine runs on, and how a model fares on it: provider, self-test, timings. */
  diagnose(
    { model }: { readonly model?: ModelChoice },
    context: CallContext<never>,
  ): Promise<Diagnostics> {
    return diagnose(model, this.#chooser, breathe(context));
  }

  // Of the engine itself.

  /** Execution providers this platform's onnxruntime comes with, e.g. `cpu`, `webgpu`. */
  static providers(): string[] {
    return bundledProviders();
  }

  /** What is open, and the memory it takes. */
  openThings(): Promise<OpenThings> {
    return Promise.resolve(openThings(this.#sources));
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

  /** A call that asks an open source for something small. */
  #lookUp<Params extends OfSource, Result>(
    answer: (open: OpenSource, params: Params) => Promise<Result>,
  ): (params: Params) => Promise<Result> {
    return (params) => this.#sources.use(params.source, (open) => answer(open, params));
  }

  /** A call that runs the model, gives way between two runs, and can be cancelled there. */
  #compute<Params extends OfSource, Result>(
    answer: (open: OpenSource, params: Params, breath: Breath) => Promise<Result>,
  ): (params: Params, context: CallContext<never>) => Promise<Result> {
    return (params, context) =>
      this.#sources.use(params.source, (open) => answer(open, params, breathe(context)));
  }

  /** The same for a call that tells what is done while it goes on. */
  #computeAndReport<Params extends OfSource, Progress, Result>(
    answer: (
      open: OpenSource,
      params: Params,
      report: (value: Progress) => void,
      breath: Breath,
    ) => Promise<Result>,
  ): (params: Params, context: CallContext<Progress>) => Promise<Result> {
    return (params, context) =>
      this.#sources.use(params.source, (open) =>
        answer(open, params, (value) => context.progress(value), breathe(context)),
      );
  }
}
