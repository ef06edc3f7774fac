// A model and its SAEs in use: the sessions made for them so far, and the documents analysed with them. Sessions open on
// first need, because each one holds weights.
import type { ProviderReport, SelfTest } from '../../shared/diagnostics.ts';
import type { Disposable } from '../../shared/disposable.ts';
import type { AnalyseParams, SaePlace, SaeReading } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import type { BlockRun, WindowRun } from '../analysis/analysedWindow.ts';
import { openAnalysisProgram } from '../analysis/analysisProgram.ts';
import { followedIn, type FollowedIds } from '../analysis/followedFeatures.ts';
import { openLensPrograms, type LensPrograms } from '../analysis/lensPrograms.ts';
import type { LensRun } from '../analysis/tokenLens.ts';
import type { FeatureRows } from '../analysis/topFeatures.ts';
import { windowCapacity } from '../analysis/windowCapacity.ts';
import type { FeatureStore } from '../features/store.ts';
import type { OpenModel } from '../model/openModel.ts';
import type { PlacedModel } from '../model/placement.ts';
import type { Program } from '../model/program.ts';
import { runSelfTest } from '../model/selfTest.ts';
import { untimed } from '../model/timer.ts';
import { weightBytes } from '../model/weightTypes.ts';
import type { Sae } from '../sae/sae.ts';
import { openForcedProgram } from '../steering/forcedProgram.ts';
import { openSteerProgram } from '../steering/steerProgram.ts';
import { EditPrograms } from './editPrograms.ts';
import { openFeatureStore } from './featureStores.ts';
import { fittedSaes, type NamedSae } from './fittedSaes.ts';
import { OpenDocuments, type AnalysisMemory } from './openDocuments.ts';
import { OpenedOnce } from './openedOnce.ts';

/** Largest model whose weights are held once more, for a moment, to test it without being asked: 256 MiB. */
const selfTestLimit = 2 ** 28;

/** Features that leave the runtime per token, unless more are asked for: enough for the L0 of common SAEs. */
const usualLimit = 32;

/** The same for predictions per token. */
const usualPredictions = 10;

/** Tokens per run of the model; a cancellation is noticed between two runs. */
const blockLength = 256;

export class OpenSource implements Disposable {
  readonly model: OpenModel;
  /** In the order of the source, no two alike. */
  readonly saes: readonly NamedSae[];
  /** Where the model runs, and why there. */
  readonly placement: ProviderReport;
  readonly documents: OpenDocuments;
  /** Continue texts under edits. */
  readonly steerPrograms: EditPrograms;
  /** Read given texts under edits; a model without logits is refused with `unsupportedModel`. */
  readonly forcedPrograms: EditPrograms;
  readonly #programs = new OpenedOnce<Program>((program) => program.dispose());
  readonly #lens = new OpenedOnce<LensPrograms>(closeLens);
  readonly #stores = new OpenedOnce<FeatureStore>((store) => store.close());
  readonly #keepsResults: boolean;
  #isTested = false;

  /** @throws MonosemError `saeDoesNotFit` or `unknownSite` */
  constructor({ model, report }: PlacedModel, saes: readonly NamedSae[], memory: AnalysisMemory) {
    this.model = model;
    this.placement = report;
    this.saes = fittedSaes(saes, model);
    this.documents = new OpenDocuments(this, memory);
    this.#keepsResults = memory.results !== undefined;
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

  /** Sessions of onnxruntime that are open. */
  get sessions(): number {
    return (
      this.#programs.opened.length +
      this.#lens.opened.flatMap(sessionsOfLens).length +
      this.steerPrograms.count +
      this.forcedPrograms.count
    );
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
    const key = `analysis ${limit} ${String(loss)} ${predicted} ${String(follows)}`;
    const options = {
      limit,
      loss,
      predictions: predicted,
      follows,
      isIdentified: this.#keepsResults,
    };
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

  dispose(): void {
    this.documents.dispose();
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

function sessionsOfLens({ reader, unembedding }: LensPrograms): Disposable[] {
  return unembedding === undefined ? [reader] : [reader, unembedding];
}

function closeLens(lens: LensPrograms): void {
  for (const session of sessionsOfLens(lens)) session.dispose();
}
