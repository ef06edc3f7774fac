// What analyses of a source remember: the last documents, each with its tokens and windows, and the window of the last
// token that was looked at. KV caches of windows begin the next run where the last one left off.
import type { Disposable } from '../../shared/disposable.ts';
import type { AnalyseParams } from '../../shared/engineProtocol.ts';
import type { AnalysedWindow, WindowRun } from '../analysis/analysedWindow.ts';
import type { CacheBudget } from '../analysis/cacheBudget.ts';
import { DocumentAnalyser, type WindowAnalysis } from '../analysis/documentAnalyser.ts';
import { KnownWindows } from '../analysis/knownWindows.ts';
import { WindowStore } from '../analysis/windowStore.ts';
import type { BlobCache } from '../files/blobCache.ts';
import type { OpenModel } from '../model/openModel.ts';
import { DocumentEncoder } from '../tokenizer/documentEncoder.ts';

/** Documents whose results are kept. */
const keptDocuments = 16;

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

/** What documents need of their source. */
export interface DocumentSource {
  readonly model: Pick<OpenModel, 'tokenizer'>;
  /** Most text tokens per window. */
  readonly capacity: number;
  /** @param follows with a program that follows features */
  windowRun(topK: number, loss: boolean, predictions: number, follows: boolean): Promise<WindowRun>;
}

export class OpenDocuments implements Disposable {
  readonly #source: DocumentSource;
  readonly #memory: AnalysisMemory;
  /** In the order of their last use. */
  readonly #documents = new Map<string, OpenDocument>();
  #looked: AnalysedWindow | undefined;

  constructor(source: DocumentSource, memory: AnalysisMemory) {
    this.#source = source;
    this.#memory = memory;
  }

  /** What remembers earlier texts of this document. */
  open(params: DocumentParams): OpenDocument {
    const { document, topK, predictions = 0 } = params;
    const loss = predictions > 0 || params.loss === true;
    const key = documentKey(document, [topK, loss, predictions]);
    const run = (follows: boolean): Promise<WindowRun> =>
      this.#source.windowRun(topK, loss, predictions, follows);
    const opened = this.#documents.get(key) ?? this.#newDocument(run, loss);
    this.#documents.delete(key);
    this.#documents.set(key, opened);
    for (const [oldest, { analyser }] of this.#documents) {
      if (this.#documents.size <= keptDocuments) break;
      this.#documents.delete(oldest);
      analyser.close();
    }
    return opened;
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

  dispose(): void {
    for (const { analyser } of this.#documents.values()) analyser.close();
    this.#documents.clear();
    if (this.#looked !== undefined) this.#memory.budget.drop(this.#looked);
  }

  #newDocument(open: (follows: boolean) => Promise<WindowRun>, loss: boolean): OpenDocument {
    const { budget, results } = this.#memory;
    const { model, capacity } = this.#source;
    const openStored = async (follows: boolean): Promise<WindowAnalysis> => {
      const run = await open(follows);
      return { run, ...(results && { store: new WindowStore(results, run) }) };
    };
    return {
      encoder: new DocumentEncoder(model.tokenizer),
      analyser: new DocumentAnalyser({ open: openStored, loss, capacity, budget }),
    };
  }
}

/** What an analyser is kept under. */
function documentKey(document: string, options: readonly (number | boolean)[]): string {
  return `${JSON.stringify(options)} ${document}`;
}

function isOfDocument(key: string, document: string): boolean {
  return key.slice(key.indexOf(' ') + 1) === document;
}
