// A model and its SAEs in use: their facts, the sessions made for them so far, and the documents analysed with them.
// Sessions open on first need, because each one holds weights.
import type { ProviderReport, SelfTest } from '../shared/diagnostics.ts';
import type { AnalyseParams, SaePlace, SaeReading, SourceFacts } from '../shared/engineProtocol.ts';
import { MonosemError } from '../shared/errors.ts';
import type { OpenSourceFacts } from '../shared/readingProtocol.ts';
import type { Disposable } from '../shared/disposable.ts';
import { tokenId } from '../shared/units.ts';
import type { AnalysedWindow, BlockRun, WindowRun } from './analysis/analysedWindow.ts';
import { openAnalysisProgram } from './analysis/analysisProgram.ts';
import type { CacheBudget } from './analysis/cacheBudget.ts';
import { DocumentAnalyser, type WindowAnalysis } from './analysis/documentAnalyser.ts';
import { followedIn, type FollowedIds } from './analysis/followedFeatures.ts';
import { KnownWindows } from './analysis/knownWindows.ts';
import { openLensPrograms, type LensPrograms } from './analysis/lensPrograms.ts';
import type { LensRun } from './analysis/tokenLens.ts';
import type { FeatureRows } from './analysis/topFeatures.ts';
import { WindowStore } from './analysis/windowStore.ts';
import type { FeatureStore } from './features/store.ts';
import { findFeatureStore, openFeatureStore } from './featureStores.ts';
import type { BlobCache } from './files/blobCache.ts';
import type { OpenModel } from './model/openModel.ts';
import type { PlacedModel } from './model/placement.ts';
import type { Program } from './model/program.ts';
import { runSelfTest } from './model/selfTest.ts';
import { untimed } from './model/timer.ts';
import { weightBytes } from './model/weightTypes.ts';
import { streamSites } from './onnx/sites/streamSites.ts';
import { fittedSae } from './sae/fits.ts';
import type { Sae } from './sae/sae.ts';
import { saeWeightBytes } from './sae/weightBytes.ts';
import { DocumentEncoder } from './tokenizer/documentEncoder.ts';
import { OpenedOnce } from './openedOnce.ts';
import { EditPrograms } from './editPrograms.ts';
import { openForcedProgram } from './steering/forcedProgram.ts';
import { openSteerProgram } from './steering/steerProgram.ts';

/** Largest model whose weights are held once more, for a moment, to test it without being asked: 256 MiB. */
const selfTestLimit = 2 ** 28;

/** Features that leave the runtime per token, unless more are asked for: enough for the L0 of common SAEs. */
const usualLimit = 32;

/** The same for predictions per token. */
const usualPredictions = 10;

/** Longest window in tokens, also for models that read more: beyond it a keystroke would cost too much. */
const longestWindow = 1024;

/** Tokens per run of the model; a cancellation is noticed between two runs. */
const blockLength = 256;

/** Documents whose results are kept. */
const keptDocuments = 16;

/** An SAE under the name that calls give it. */
export interface NamedSae {
  readonly place: SaePlace;
  readonly sae: Sae;
}

/** What remembers analyses. */
export interface AnalysisMemory {
  /** KV caches in memory. */
  readonly budget: CacheBudget;
  /** Results on the disk. */
  readonly results?: BlobCache;
}

/** Which document, and what is wanted of its tokens. */
export type DocumentParams = Pick<AnalyseParams, 'document' | 'topK' | 'loss' | 'predictions'>;

/** What is known of one document. */
export interface OpenDocument {
  readonly encoder: DocumentEncoder;
  readonly analyser: DocumentAnalyser;
}

export class OpenSource implements Disposable {
  readonly model: OpenModel;
  /** In the order of the source, no two alike. */
  readonly saes: readonly NamedSae[];
  /** Where the model runs, and why there. */
  readonly placement: ProviderReport;
  readonly #memory: AnalysisMemory;
  /** Continue texts under edits. */
  readonly steerPrograms: EditPrograms;
  /** Read given texts under edits; a model without logits is refused with `unsupportedModel`. */
  readonly forcedPrograms: EditPrograms;
  readonly #programs = new OpenedOnce<Program>((program) => program.dispose());
  readonly #lens = new OpenedOnce<LensPrograms>(closeLens);
  readonly #stores = new OpenedOnce<FeatureStore>((store) => store.close());
  /** In the order of their last use. */
  readonly #documents = new Map<string, OpenDocument>();
  #looked: AnalysedWindow | undefined;
  #isTested = false;

  /** @throws MonosemError `saeDoesNotFit` or `unknownSite` */
  constructor({ model, report }: PlacedModel, saes: readonly NamedSae[], memory: AnalysisMemory) {
    this.model = model;
    this.placement = report;
    const fitted = saes.map(({ place, sae }) => ({ place, sae: fittedSae(sae, model) }));
    this.saes = withOneBos(model, fitted);
    this.#memory = memory;
    const bare = this.saes.map(({ sae }) => sae);
    this.steerPrograms = new EditPrograms((layout) => openSteerProgram(this.model, bare, layout));
    this.forcedPrograms = new EditPrograms((layout) => openForcedProgram(this.model, bare, layout));
  }

  get bosId(): number | undefined {
    return this.saes[0]?.sae.prependBos === true ? this.model.tokenizer.bosId : undefined;
  }

  /** @throws MonosemError `badArgument` for a place that the source does not name */
  sae(place: SaePlace): Sae {
    const named = this.saes.find((known) => known.place === place);
    if (named !== undefined) return named.sae;
    throw new MonosemError(
      'badArgument',
      `The SAE ${place} is not active; choose it first, or one of ${this.saes.map((known) => known.place).join(', ')}.`,
    );
  }

  /** Most text tokens per window. */
  get capacity(): number {
    return windowCapacity(this.model, this.bosId);
  }

  /** What the SAEs read, under their names. @param readings one per SAE, in their order */
  named(readings: readonly FeatureRows[]): SaeReading[] {
    return this.saes.flatMap(({ place }, n) => {
      const reading = readings[n];
      return reading === undefined ? [] : [{ sae: place, ...reading }];
    });
  }

  async facts(): Promise<SourceFacts> {
    const { model, saes } = this;
    return {
      model: {
        name: model.name,
        folder: model.folder,
        architecture: model.config.architecture,
        layers: model.sites.layers,
        dModel: model.config.dModel,
        streamSites: streamSites(model.sites),
        vocabularySize: model.config.vocabularySize,
        contextLength: model.config.contextLength,
        variant: model.variant,
        provider: this.placement.provider,
        providerReason: this.placement.reason,
        dynamicallyQuantized: model.sites.dynamicallyQuantized,
        hasChatTemplate: model.chatTemplate !== undefined,
        ...(model.tokenizer.bosId !== undefined && { bosId: tokenId(model.tokenizer.bosId) }),
      },
      saes: await Promise.all(
        saes.map(async ({ place, sae }) => ({
          sae: place,
          name: sae.name,
          site: sae.site,
          architecture: sae.architecture,
          features: sae.F,
          hasFeatureStore: (await findFeatureStore({ model, sae })) !== undefined,
        })),
      ),
    };
  }

  /** What is open of it, and how much that weighs. */
  opened(): OpenSourceFacts {
    const lens = this.#lens.opened.flatMap(({ reader, unembedding }) => [
      reader,
      unembedding ?? [],
    ]);
    return {
      model: this.model.folder,
      variant: this.model.variant,
      provider: this.placement.provider,
      weightBytes: weightBytes(this.model.onnx),
      saes: this.saes.map(({ place, sae }) => ({ sae: place, weightBytes: saeWeightBytes(sae) })),
      sessions:
        this.#programs.opened.length +
        lens.flat().length +
        this.steerPrograms.count +
        this.forcedPrograms.count,
    };
  }

  /** What has to be looked after for the features that a call follows. */
  followed({
    followed = [],
    topK,
  }: Pick<AnalyseParams, 'followed' | 'topK'>): FollowedIds | undefined {
    return followedIn(this.saes, followed, topK);
  }

  /** How texts of this source are cut into runs of a program. @param loss what is expected of each token is wanted */
  blockRun(program: Program, loss: boolean): BlockRun {
    const fixedBlocks = this.model.sites.dynamicallyQuantized;
    return { program, loss, bosId: this.bosId, blockLength, fixedBlocks };
  }

  /** How windows of this source are run. @param follows with a program that follows features */
  async windowRun(
    topK: number,
    loss: boolean,
    predictions = 0,
    follows = false,
  ): Promise<WindowRun> {
    const limit = Math.max(usualLimit, topK);
    const predicted = predictions === 0 ? 0 : this.#predictionLimit(predictions);
    const saes = this.saes.map(({ sae }) => sae);
    const isIdentified = this.#memory.results !== undefined;
    const key = `analysis ${limit} ${String(loss)} ${predicted} ${String(follows)}`;
    const options = { limit, loss, predictions: predicted, follows, isIdentified };
    const program = await this.#programs.get(key, () =>
      openAnalysisProgram(this.model, saes, options),
    );
    return {
      ...this.blockRun(program, loss),
      saes: saes.length,
      topK,
      predictions: Math.min(predictions, predicted),
    };
  }

  /** How single tokens are looked at. @throws MonosemError `unsupportedModel` for a model without logits */
  async lensRun(): Promise<LensRun> {
    const programs = await this.#lens.get('lens', () => openLensPrograms(this.model));
    const { dynamicallyQuantized } = this.model.sites;
    return { ...this.blockRun(programs.reader, true), programs, rowsApart: dynamicallyQuantized };
  }

  /**
   * A window with a cache of all layers that begins as some tokens do, from an analysis or an earlier look.
   * @param document whose analyses are searched; all when absent
   */
  windowLike(ids: Uint32Array, document?: string): AnalysedWindow | undefined {
    const analysed = [...this.#documents]
      .filter(([key]) => document === undefined || isOfDocument(key, document))
      .map(([, { analyser }]) => analyser.windowLike(ids));
    const all = [...analysed, this.#looked].filter((window) => window !== undefined);
    return new KnownWindows(all).closest(ids);
  }

  /** Remembers the window of the last token looked at, for the next one. */
  keepLooked(window: AnalysedWindow): void {
    if (this.#looked !== undefined) this.#memory.budget.drop(this.#looked);
    this.#looked = window;
    this.#memory.budget.use(window);
  }

  /** @throws MonosemError `noFeatureStore` */
  async featureStore(place: SaePlace): Promise<FeatureStore> {
    const sae = this.sae(place);
    return this.#stores.get(place, () => openFeatureStore({ model: this.model, sae }));
  }

  /** @returns nothing for a model that was tested already or is too large */
  async selfTestOnce(breath: () => Promise<void>): Promise<SelfTest | undefined> {
    if (this.#isTested || weightBytes(this.model.onnx) > selfTestLimit) return undefined;
    this.#isTested = true;
    return runSelfTest(this.model, untimed, breath);
  }

  /** What remembers earlier texts of this document. */
  openDocument(params: DocumentParams): OpenDocument {
    const { document, topK, predictions = 0 } = params;
    const loss = predictions > 0 || params.loss === true;
    const key = documentKey(document, [topK, loss, predictions]);
    const open = (follows: boolean): Promise<WindowRun> =>
      this.windowRun(topK, loss, predictions, follows);
    const opened = this.#documents.get(key) ?? this.#newDocument(open, loss);
    this.#documents.delete(key);
    this.#documents.set(key, opened);
    for (const [oldest, { analyser }] of this.#documents) {
      if (this.#documents.size <= keptDocuments) break;
      this.#documents.delete(oldest);
      analyser.close();
    }
    return opened;
  }

  #newDocument(open: (follows: boolean) => Promise<WindowRun>, loss: boolean): OpenDocument {
    const { budget, results } = this.#memory;
    const { capacity } = this;
    const openStored = async (follows: boolean): Promise<WindowAnalysis> => {
      const run = await open(follows);
      return { run, ...(results && { store: new WindowStore(results, run) }) };
    };
    return {
      encoder: new DocumentEncoder(this.model.tokenizer),
      analyser: new DocumentAnalyser({ open: openStored, loss, capacity, budget }),
    };
  }

  dispose(): void {
    for (const { analyser } of this.#documents.values()) analyser.close();
    this.#documents.clear();
    if (this.#looked !== undefined) this.#memory.budget.drop(this.#looked);
    this.#programs.dispose();
    this.steerPrograms.dispose();
    this.forcedPrograms.dispose();
    this.#lens.dispose();
    this.#stores.dispose();
  }

  #predictionLimit(predictions: number): number {
    return Math.min(Math.max(usualPredictions, predictions), this.model.config.vocabularySize);
  }
}

function closeLens({ reader, unembedding }: LensPrograms): void {
  reader.dispose();
  unembedding?.dispose();
}

/** What an analyser is kept under. */
function documentKey(document: string, options: readonly (number | boolean)[]): string {
  return `${JSON.stringify(options)} ${document}`;
}

function isOfDocument(key: string, document: string): boolean {
  return key.slice(key.indexOf(' ') + 1) === document;
}

/**
 * The model reads a text in one way only; what was trained on no texts goes along with the others.
 * @throws MonosemError `saeDoesNotFit`
 */
function withOneBos({ tokenizer }: OpenModel, saes: readonly NamedSae[]): readonly NamedSae[] {
  if (tokenizer.bosId === undefined) return saes;
  const trained = saes.filter(({ sae }) => sae.followsBos !== true);
  const withBos = trained.find(({ sae }) => sae.prependBos);
  const without = trained.find(({ sae }) => !sae.prependBos);
  if (trained.length === 0) return saes;
  if (withBos === undefined || without === undefined) {
    const prependBos = withBos !== undefined;
    return saes.map(({ place, sae }) => ({ place, sae: { ...sae, prependBos } }));
  }
  throw new MonosemError(
    'saeDoesNotFit',
    `The SAE ${withBos.sae.name} was trained on texts that begin with BOS and ${without.sae.name} on texts without it, so they cannot read the same run; choose SAEs that agree.`,
  );
}

/** Most text tokens per window of a model. */
export function windowCapacity(model: OpenModel, bosId: number | undefined): number {
  return Math.min(model.config.contextLength, longestWindow) - (bosId === undefined ? 0 : 1);
}
