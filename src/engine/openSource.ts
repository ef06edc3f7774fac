// A model and an SAE in use: their facts, the sessions made for them so far, and the documents analysed with them.
// Sessions open on first need, because each one holds weights.
import type { ProviderReport, SelfTest } from '../shared/diagnostics.ts';
import type { AnalyseParams, SourceFacts } from '../shared/engineProtocol.ts';
import type { Disposable } from '../shared/disposable.ts';
import type { WindowRun } from './analysis/analysedWindow.ts';
import { openAnalysisProgram } from './analysis/analysisProgram.ts';
import type { CacheBudget } from './analysis/cacheBudget.ts';
import { DocumentAnalyser } from './analysis/documentAnalyser.ts';
import type { FeatureStore } from './features/store.ts';
import { featureStoreFile, openFeatureStore } from './featureStores.ts';
import { exists } from './files/files.ts';
import type { OpenModel } from './model/openModel.ts';
import type { PlacedModel } from './model/placement.ts';
import type { Program } from './model/program.ts';
import { runSelfTest } from './model/selfTest.ts';
import { untimed } from './model/timer.ts';
import { weightBytes } from './model/weightTypes.ts';
import { fittedSae } from './sae/fits.ts';
import type { Sae } from './sae/sae.ts';
import { openSteerProgram } from './steering/steerProgram.ts';

/** Largest model whose weights are held once more, for a moment, to test it without being asked: 256 MiB. */
const selfTestLimit = 2 ** 28;

/** Features that leave the runtime per token, unless more are asked for: enough for the L0 of common SAEs. */
const usualLimit = 32;

/** Longest window in tokens, also for models that read more: beyond it a keystroke would cost too much. */
const longestWindow = 1024;

/** Tokens per run of the model; a cancellation is noticed between two runs. */
const blockLength = 256;

/** Documents whose results are kept. */
const keptDocuments = 16;

export class OpenSource implements Disposable {
  readonly model: OpenModel;
  readonly sae: Sae;
  /** Where the model runs, and why there. */
  readonly placement: ProviderReport;
  readonly #budget: CacheBudget;
  readonly #programs = new Map<string, Promise<Program>>();
  /** In the order of their last use. */
  readonly #documents = new Map<string, DocumentAnalyser>();
  #store: Promise<FeatureStore> | undefined;
  #isTested = false;

  /** @throws MonosemError `saeDoesNotFit` or `unknownSite` */
  constructor({ model, report }: PlacedModel, sae: Sae, budget: CacheBudget) {
    this.model = model;
    this.placement = report;
    this.sae = fittedSae(sae, model);
    this.#budget = budget;
  }

  get bosId(): number | undefined {
    return this.sae.prependBos ? this.model.tokenizer.bosId : undefined;
  }

  /** Most text tokens per window. */
  get capacity(): number {
    return windowCapacity(this.model, this.bosId);
  }

  async facts(): Promise<SourceFacts> {
    const { model, sae } = this;
    return {
      model: {
        name: model.name,
        folder: model.folder,
        architecture: model.config.architecture,
        layers: model.sites.layers,
        dModel: model.config.dModel,
        vocabularySize: model.config.vocabularySize,
        contextLength: model.config.contextLength,
        variant: model.variant,
        provider: this.placement.provider,
        providerReason: this.placement.reason,
        dynamicallyQuantized: model.sites.dynamicallyQuantized,
      },
      sae: {
        name: sae.name,
        folder: sae.folder,
        site: sae.site,
        architecture: sae.architecture,
        features: sae.F,
        hasFeatureStore: await exists(featureStoreFile(sae)),
      },
    };
  }

  /** How windows of this source are run. */
  async windowRun(topK: number, loss: boolean): Promise<WindowRun> {
    const limit = Math.min(this.sae.F, Math.max(usualLimit, topK));
    const program = await this.#program(`analysis ${limit} ${String(loss)}`, () =>
      openAnalysisProgram(this.model, this.sae, { limit, loss }),
    );
    const fixedBlocks = this.model.sites.dynamicallyQuantized;
    return { program, topK, loss, bosId: this.bosId, blockLength, fixedBlocks };
  }

  /** @throws MonosemError `noFeatureStore` */
  featureStore(): Promise<FeatureStore> {
    if (this.#store !== undefined) return this.#store;
    const opening = openFeatureStore(this.sae);
    this.#store = opening;
    // A failure is not remembered: the store may be built meanwhile.
    opening.catch(() => (this.#store = undefined));
    return opening;
  }

  /** @returns nothing for a model that was tested already or is too large */
  async selfTestOnce(breath: () => Promise<void>): Promise<SelfTest | undefined> {
    if (this.#isTested || weightBytes(this.model.onnx) > selfTestLimit) return undefined;
    this.#isTested = true;
    return runSelfTest(this.model, untimed, breath);
  }

  steerProgram(): Promise<Program> {
    return this.#program('steer', () => openSteerProgram(this.model, this.sae));
  }

  /** The analyser that remembers earlier texts of this document. */
  async documentAnalyser(params: AnalyseParams): Promise<DocumentAnalyser> {
    const { document, topK, loss = false } = params;
    const run = await this.windowRun(topK, loss);
    const key = `${document} ${topK} ${String(loss)}`;
    const analyser =
      this.#documents.get(key) ?? new DocumentAnalyser(run, this.capacity, this.#budget);
    this.#documents.delete(key);
    this.#documents.set(key, analyser);
    for (const [oldest, unused] of this.#documents) {
      if (this.#documents.size <= keptDocuments) break;
      this.#documents.delete(oldest);
      unused.close();
    }
    return analyser;
  }

  dispose(): void {
    for (const analyser of this.#documents.values()) analyser.close();
    this.#documents.clear();
    for (const program of this.#programs.values()) {
      // One that failed to open has nothing to dispose of; its failure was reported to whoever asked for it.
      program.then(
        (open) => {
          open.dispose();
        },
        () => undefined,
      );
    }
    this.#programs.clear();
    this.#store?.then(
      (store) => {
        store.close();
      },
      () => undefined,
    );
    this.#store = undefined;
  }

  #program(key: string, open: () => Promise<Program>): Promise<Program> {
    const known = this.#programs.get(key);
    if (known !== undefined) return known;
    const opening = open();
    this.#programs.set(key, opening);
    opening.catch(() => this.#programs.delete(key));
    return opening;
  }
}

/** Most text tokens per window of a model. */
export function windowCapacity(model: OpenModel, bosId: number | undefined): number {
  return Math.min(model.config.contextLength, longestWindow) - (bosId === undefined ? 0 : 1);
}
