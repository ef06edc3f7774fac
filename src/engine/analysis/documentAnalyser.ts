// Analyses one document again and again as it is edited and scrolled. Windows whose tokens did not change keep their
// results; a changed window starts from the KV cache of the window it grew out of. Emits tokens in batches, visible ones
// first, and tells which earlier batches still hold instead of sending them again.
import type { AnalysisExtent, AnalysisSummary, TokenBatch } from '../../shared/engineProtocol.ts';
import { tokenIndex } from '../../shared/units.ts';
import type { EncodedText } from '../tokenizer/tokenizer.ts';
import {
  analyseWindow,
  knowsFollowed,
  type AnalysedWindow,
  type WindowRun,
} from './analysedWindow.ts';
import type { CacheBudget } from './cacheBudget.ts';
import { inOrder, type PlannedWindow, type Stretch } from './extent.ts';
import { withEarlier, type FollowedIds } from './followedFeatures.ts';
import { rowsWithFollowed } from './followedRows.ts';
import { Kept } from './kept.ts';
import { KnownWindows } from './knownWindows.ts';
import { predictionRows } from './predictions.ts';
import { SentRows } from './sentRows.ts';
import type { FeatureRows } from './topFeatures.ts';
import { lineStarts, planWindows, type Window } from './windows.ts';
import type { WindowStore } from './windowStore.ts';

export interface DocumentText {
  readonly text: string;
  /** The same object for the same text, so that its windows need not be planned again. */
  readonly encoded: EncodedText;
  /** Analysed first. */
  readonly visible?: Stretch;
  readonly extent: AnalysisExtent;
  /** Keys of batches that the caller has. */
  readonly known: ReadonlySet<number>;
  /** Features whose activations are wanted however weak they are. */
  readonly followed?: FollowedIds;
}

/** A batch without the names of the SAEs, one reading per SAE. */
export interface AnalysedTokens extends Omit<TokenBatch, 'readings'> {
  readonly readings: readonly FeatureRows[];
}

export interface AnalysisContext {
  /** Receives what the caller does not have yet, every token at most once. */
  readonly emit: (batch: AnalysedTokens) => void;
  /** What somebody looks at is done. */
  readonly seen: () => void;
  /** Lets others run, and rejects when the request was cancelled. */
  readonly breath: () => Promise<void>;
}

/** How windows are analysed. */
export interface WindowAnalysis {
  readonly run: WindowRun;
  /** Results beyond those of this document's last texts. */
  readonly store?: WindowStore;
}

export interface AnalyserOptions {
  /** @param follows with a program that follows features; which of the two are needed is seen when one is */
  readonly open: (follows: boolean) => Promise<WindowAnalysis>;
  /** Windows have losses, and so a cache of all layers. */
  readonly loss: boolean;
  /** Most text tokens per window. */
  readonly capacity: number;
  readonly budget: CacheBudget;
}

/** Windows that are only looked up between two turns of others. */
const mostLookUps = 200;

export class DocumentAnalyser {
  readonly #options: AnalyserOptions;
  readonly #sent = new SentRows();
  #windows = new KnownWindows();
  #planned: { readonly encoded: EncodedText; readonly plan: readonly Window[] } | undefined;

  constructor(options: AnalyserOptions) {
    this.#options = options;
  }

  /** @throws MonosemError `cancelled`; what was computed until then is kept for the next call */
  async analyse(document: DocumentText, context: AnalysisContext): Promise<AnalysisSummary> {
    const { encoded, followed } = document;
    const plan = this.#plan(document);
    const earlier = this.#windows;
    const current = new KnownWindows();
    const kept = new Kept();
    const serves = knowing(followed);
    const signature = (followed ?? []).join(' ');
    let isSeen = false;
    let lookUps = 0;
    try {
      for (const planned of inOrder(plan, encoded, document)) {
        if (!planned.isVisible && !isSeen) {
          isSeen = true;
          context.seen();
        }
        if (lookUps++ % mostLookUps === 0) await context.breath();
        const { place } = planned;
        const ids = encoded.ids.subarray(place.start, place.end);
        const reused = current.find(ids, serves) ?? earlier.find(ids, serves);
        const window = reused ?? (await this.#obtain(planned, document, earlier, context));
        if (window === undefined) continue;
        current.add(window);
        this.#options.budget.use(window);
        const key = this.#sent.keyOf(window, place, encoded, signature);
        if (document.known.has(key)) kept.add(key, place, encoded);
        else context.emit({ key, ...tokensOf(window, place, document) });
        kept.count(place, reused !== undefined);
      }
      this.#keep(current);
    } catch (error) {
      // Unfinished: what the last text left behind may still serve the next one, up to twice the document.
      this.#keepUnfinished(current, earlier, 2 * plan.length);
      throw error;
    }
    return { tokens: encoded.ids.length, ...kept.summary() };
  }

  /** The window with a cache of all layers that shares the longest beginning with some tokens, if any does. */
  windowLike(ids: Uint32Array): AnalysedWindow | undefined {
    return this.#options.loss ? this.#windows.closest(ids) : undefined;
  }

  /** Gives up the memory of its caches. */
  close(): void {
    this.#keep(new KnownWindows());
  }

  #plan({ text, encoded }: DocumentText): readonly Window[] {
    if (this.#planned?.encoded === encoded) return this.#planned.plan;
    const { capacity } = this.#options;
    const plan = planWindows(encoded.ids, lineStarts(text, encoded.starts), capacity);
    this.#planned = { encoded, plan };
    return plan;
  }

  async #obtain(
    { isWanted, place }: PlannedWindow,
    { encoded, followed }: DocumentText,
    earlier: KnownWindows,
    { breath }: AnalysisContext,
  ): Promise<AnalysedWindow | undefined> {
    if (!isWanted) return undefined;
    const { run, store } = await this.#options.open(followed !== undefined);
    const ids = encoded.ids.slice(place.start, place.end);
    const serves = knowing(followed);
    const stored = await store?.load(ids);
    if (stored !== undefined && serves(stored)) return stored;
    await breath();
    const begun = earlier.closest(ids, serves);
    const before = begun ?? stored ?? earlier.find(ids);
    const wanted = followed && { followed: withEarlier(followed, before?.followed) };
    const window = await analyseWindow({ ...run, ...wanted }, ids, begun, breath);
    // One that went on from another may differ from a fresh one in the last bits.
    if (begun === undefined) store?.keep(window);
    return window;
  }

  #keepUnfinished(current: KnownWindows, earlier: KnownWindows, most: number): void {
    const unused = [...earlier].filter((window) => !current.has(window));
    this.#keep(new KnownWindows([...current, ...unused].slice(0, most)));
  }

  #keep(windows: KnownWindows): void {
    for (const window of this.#windows) {
      if (!windows.has(window)) this.#options.budget.drop(window);
    }
    this.#windows = windows;
  }
}

/** Does a window answer for everything that is asked of it? */
function knowing(followed: FollowedIds | undefined): (window: AnalysedWindow) => boolean {
  return (window) => followed === undefined || knowsFollowed(window, followed);
}

/** What is said of the tokens of a place. */
function tokensOf(
  window: AnalysedWindow,
  { from, end, start }: Window,
  { encoded, followed }: DocumentText,
): Omit<AnalysedTokens, 'key'> {
  const { losses, predictions } = window;
  const rows = [from - start, end - start] as const;
  return {
    from: tokenIndex(from),
    count: end - from,
    ids: encoded.ids.slice(from, end),
    starts: encoded.starts.slice(from, end),
    ends: encoded.ends.slice(from, end),
    readings: window.readings.map((reading, n) =>
      rowsWithFollowed({ reading, followed: window.followed?.[n] }, followed?.[n], rows),
    ),
    ...(losses === undefined ? {} : { losses: losses.slice(...rows) }),
    ...(predictions === undefined ? {} : { predictions: predictionRows(predictions, ...rows) }),
  };
}
