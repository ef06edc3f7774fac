// Analyses one document again and again as it is edited. Windows whose tokens did not change keep their results;
// a changed window starts from the KV cache of the window it grew out of. Emits every token of the document in
// batches, visible ones first.
import type { AnalysisSummary, TokenBatch } from '../../shared/engineProtocol.ts';
import { tokenIndex } from '../../shared/units.ts';
import type { EncodedText } from '../tokenizer/tokenizer.ts';
import {
  analyseWindow,
  commonPrefix,
  type AnalysedWindow,
  type Breath,
  type WindowRun,
} from './analysedWindow.ts';
import type { CacheBudget } from './cacheBudget.ts';
import { rowsOf, type TopFeatures } from './topFeatures.ts';
import { lineStarts, planWindows, type Window } from './windows.ts';

export interface DocumentText {
  readonly text: string;
  readonly encoded: EncodedText;
  /** UTF-16 range analysed first. */
  readonly visible?: { readonly start: number; readonly end: number };
}

/** A batch without the names of the SAEs, one reading per SAE. */
export interface AnalysedTokens extends Omit<TokenBatch, 'readings'> {
  readonly readings: readonly TopFeatures[];
}

export class DocumentAnalyser {
  readonly #run: WindowRun;
  readonly #capacity: number;
  readonly #budget: CacheBudget;
  #windows: readonly AnalysedWindow[] = [];

  /** @param capacity most text tokens per window */
  constructor(run: WindowRun, capacity: number, budget: CacheBudget) {
    this.#run = run;
    this.#capacity = capacity;
    this.#budget = budget;
  }

  /**
   * @param emit receives every token of the document exactly once
   * @throws MonosemError `cancelled`; what was computed until then is kept for the next call
   */
  async analyse(
    document: DocumentText,
    emit: (batch: AnalysedTokens) => void,
    breath: Breath,
  ): Promise<AnalysisSummary> {
    const { ids } = document.encoded;
    const plan = planWindows(
      ids,
      lineStarts(document.text, document.encoded.starts),
      this.#capacity,
    );
    const earlier = this.#windows;
    const current = new Set<AnalysedWindow>();
    let reusedTokens = 0;
    try {
      for (const place of visibleFirst(plan, document)) {
        await breath();
        const windowIds = ids.subarray(place.start, place.end);
        let window = earlier.find((known) => isEqual(known.ids, windowIds));
        if (window === undefined) {
          const begun = closest(earlier, windowIds);
          window = await analyseWindow(this.#run, windowIds.slice(), begun, breath);
        } else {
          reusedTokens += place.end - place.from;
        }
        current.add(window);
        this.#budget.use(window);
        emit(batchOf(window, place, document.encoded));
      }
      this.#keep([...current]);
    } catch (error) {
      // Unfinished: what the last text left behind may still serve the next one, up to twice the document.
      const unused = earlier.filter((window) => !current.has(window));
      this.#keep([...current, ...unused].slice(0, 2 * plan.length));
      throw error;
    }
    return { tokens: ids.length, reusedTokens };
  }

  #keep(windows: readonly AnalysedWindow[]): void {
    const kept = new Set(windows);
    for (const window of this.#windows) if (!kept.has(window)) this.#budget.drop(window);
    this.#windows = windows;
  }

  /** Gives up the memory of its caches. */
  close(): void {
    this.#keep([]);
  }
}

function isEqual(a: Uint32Array, b: Uint32Array): boolean {
  return a.length === b.length && commonPrefix(a, b) === a.length;
}

/** The window with a cache that shares the longest beginning, if any does. */
function closest(windows: readonly AnalysedWindow[], ids: Uint32Array): AnalysedWindow | undefined {
  let best: AnalysedWindow | undefined;
  let longest = 0;
  for (const window of windows) {
    const common = window.cache === undefined ? 0 : commonPrefix(window.ids, ids);
    if (common > longest) {
      longest = common;
      best = window;
    }
  }
  return best;
}

function visibleFirst(plan: readonly Window[], document: DocumentText): Window[] {
  const { visible, encoded } = document;
  if (visible === undefined) return [...plan];
  const isVisible = ({ from, end }: Window): boolean =>
    (encoded.starts[from] ?? 0) < visible.end && (encoded.ends[end - 1] ?? 0) > visible.start;
  return [...plan.filter(isVisible), ...plan.filter((window) => !isVisible(window))];
}

function batchOf(window: AnalysedWindow, place: Window, encoded: EncodedText): AnalysedTokens {
  const { from, end, start } = place;
  const { readings, losses } = window;
  const rows = [from - start, end - start] as const;
  return {
    from: tokenIndex(from),
    count: end - from,
    ids: encoded.ids.slice(from, end),
    starts: encoded.starts.slice(from, end),
    ends: encoded.ends.slice(from, end),
    readings: readings.map((reading) => rowsOf(reading, ...rows)),
    ...(losses === undefined ? {} : { losses: losses.slice(...rows) }),
  };
}
