// The analysis of one document over its life: waits until typing pauses, asks the engine, drops what has become
// stale, and keeps the newest tokens in the coordinates of the present text. It shows nothing and knows no editor.
import type { Disposable } from '../../shared/disposable.ts';
import { Emitter } from '../../shared/emitter.ts';
import type {
  AnalyseParams,
  AnalysisSummary,
  Source,
  TokenBatch,
} from '../../shared/engineProtocol.ts';
import { MonosemError, messageOf } from '../../shared/errors.ts';
import { charOffset } from '../../shared/units.ts';
import type { AnalysisQuestion } from './analysisQuestion.ts';
import { suitability } from './suitability.ts';
import { TokenTable } from './tokenTable.ts';
import type { TextChange } from './tokenTable.ts';

export type AnalysisState =
  /** Not looked at: hidden, or features are switched off. */
  | { readonly kind: 'idle' }
  /** Somebody had enough: it goes on when the text is edited. */
  | { readonly kind: 'stopped' }
  /** The engine or the model is being opened, or typing has not paused yet. */
  | { readonly kind: 'waiting' }
  /** `done`: share of the text that has results, 0…1. */
  | { readonly kind: 'analysing'; readonly done: number }
  /** `tokens`: those that have results. */
  | { readonly kind: 'ready'; readonly tokens: number }
  /** Nothing to analyse, and that is fine: empty, binary, too large, no SAE chosen. */
  | { readonly kind: 'skipped'; readonly reason: MonosemError }
  | { readonly kind: 'failed'; readonly reason: MonosemError };

/** Stretch of text somebody is looking at, in UTF-16 offsets. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

export interface AnalysisPorts {
  /** Identifies the document for the engine. */
  readonly key: string;
  readonly text: () => string;
  /** Far apart from each other, in text order; none while no editor shows the document. */
  readonly visible: () => readonly TextRange[];
  readonly source: () => Promise<Source>;
  readonly question: () => AnalysisQuestion;
  readonly analyse: (
    params: AnalyseParams,
    options: {
      readonly signal: AbortSignal;
      readonly onProgress: (batch: TokenBatch) => void;
      /** The engine begins again: what it said so far counts as an earlier run. */
      readonly onRetry: () => void;
    },
  ) => Promise<AnalysisSummary>;
}

/** Pause in typing after which the text is analysed again, in milliseconds. */
export const typingPauseMs = 150;
/** Pause in scrolling after which what is seen now comes first, in milliseconds. */
export const scrollPauseMs = 100;

export class DocumentAnalysis implements Disposable {
  readonly tokens = new TokenTable();
  readonly #ports: AnalysisPorts;
  readonly #changed = new Emitter<AnalysisState>();
  #state: AnalysisState = { kind: 'idle' };
  #run = 0;
  /** Of the last run, where it has finished: not all of the text has results. */
  #isPartial = false;
  #looked: readonly TextRange[] = [];
  /** The engine has been asked about the present text, and for a part of it that may no longer be looked at. */
  #isAsked = false;
  #abort = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(ports: AnalysisPorts) {
    this.#ports = ports;
  }

  /** Fires when the state changes and when tokens have arrived. */
  readonly onDidChange = this.#changed.event;

  get state(): AnalysisState {
    return this.#state;
  }

  /** Analyses the present text, `delayMs` from now; what ran before is cancelled. */
  start(delayMs = 0): void {
    this.#cancel();
    this.#setState({ kind: 'waiting' });
    const { signal } = this.#abort;
    this.#timer = setTimeout(() => {
      void this.#analyse(signal);
    }, delayMs);
  }

  /** The text was changed; known tokens move with it. */
  edited(changes: readonly TextChange[]): void {
    for (const change of changes) this.tokens.edit(change);
    const { kind } = this.#state;
    // One that was stopped and is out of sight begins when somebody looks at it again.
    if (kind === 'stopped' && this.#ports.visible().length === 0) this.stop();
    else if (kind !== 'idle') this.start(typingPauseMs);
  }

  /** Somebody looks at another part: it comes first where results are missing. */
  scrolled(): void {
    const visible = this.#ports.visible();
    if (visible.length === 0) return;
    const isNear = visible.every((range) => this.#isNear(range));
    const isMissing = this.#state.kind === 'ready' && this.#isPartial && !isNear;
    const isUnderWay = this.#isAsked && isAnalysing(this.#state);
    if (isMissing || isUnderWay) this.start(scrollPauseMs);
  }

  /** Stops looking; the tokens stay known. */
  stop(): void {
    this.#cancel();
    this.#setState({ kind: 'idle' });
  }

  /** Ends what is being computed, and begins nothing until the text is edited or `resume`; the tokens stay known. */
  interrupt(): void {
    if (!isAnalysing(this.#state)) return;
    this.#cancel();
    this.#setState({ kind: 'stopped' });
  }

  /** Goes on after an interruption. */
  resume(): void {
    if (this.#state.kind === 'stopped') this.start();
  }

  /** Resolves when nothing is being computed or waited for. */
  whenIdle(): Promise<AnalysisState> {
    if (!isAnalysing(this.#state)) return Promise.resolve(this.#state);
    return new Promise((resolve) => {
      const listening = this.#changed.event((state) => {
        if (isAnalysing(state)) return;
        listening.dispose();
        resolve(state);
      });
    });
  }

  dispose(): void {
    this.stop();
    this.#changed.dispose();
  }

  #cancel(): void {
    clearTimeout(this.#timer);
    // Most keystrokes come before anybody was asked, and an abortion costs more than all else that they do.
    if (!this.#isAsked) return;
    this.#isAsked = false;
    this.#abort.abort();
    this.#abort = new AbortController();
  }

  async #analyse(signal: AbortSignal): Promise<void> {
    const text = this.#ports.text();
    const { topK, maxFileKB, predictions, followed } = this.#ports.question();
    const { reason, isLong } = suitability(text, maxFileKB);
    if (reason !== undefined) {
      this.tokens.clear();
      this.#setState({ kind: 'skipped', reason });
      return;
    }
    this.#isAsked = true;
    try {
      const extent = isLong ? 'visible' : 'all';
      const more = {
        ...(predictions > 0 && { predictions }),
        ...(followed.length > 0 && { followed }),
      };
      await this.#ask(text, { topK, extent, ...more }, signal);
    } catch (error) {
      if (signal.aborted) return;
      const isCalm = MonosemError.is(error, 'noSae');
      if (isCalm) this.tokens.clear();
      this.#setState({ kind: isCalm ? 'skipped' : 'failed', reason: asMonosemError(error) });
    }
  }

  /** Where several parts are looked at, one after the other comes first; the last question is the whole one. */
  async #ask(
    text: string,
    question: Pick<AnalyseParams, 'topK' | 'extent' | 'predictions' | 'followed'>,
    signal: AbortSignal,
  ): Promise<void> {
    const ranges = this.#ports.visible();
    const source = await this.#ports.source();
    const params = { source, document: this.#ports.key, text, ...question };
    for (const visible of ranges.slice(0, -1)) {
      await this.#askFor({ ...params, extent: 'visible' }, visible, signal);
      if (signal.aborted) return;
    }
    const last = await this.#askFor(params, ranges.at(-1), signal);
    if (signal.aborted) return;
    this.tokens.finish(last.run, last.summary.kept);
    this.#isPartial = last.summary.coveredTokens < last.summary.tokens;
    this.#looked = ranges;
    this.#setState({ kind: 'ready', tokens: last.summary.coveredTokens });
  }

  /** One call; its tokens take the place of older ones, and those it does not send stay. */
  async #askFor(
    params: AnalyseParams,
    visible: TextRange | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly run: number; readonly summary: AnalysisSummary }> {
    let run = ++this.#run;
    let covered = 0;
    const onProgress = (batch: TokenBatch): void => {
      if (signal.aborted) return;
      this.tokens.insert(batch, run);
      covered += (batch.ends[batch.count - 1] ?? 0) - (batch.starts[0] ?? 0);
      this.#setState({ kind: 'analysing', done: Math.min(1, covered / params.text.length) });
    };
    const onRetry = (): void => {
      run = ++this.#run;
      covered = 0;
    };
    const summary = await this.#ports.analyse(
      {
        ...params,
        known: this.tokens.tell(),
        ...(visible && {
          visible: { start: charOffset(visible.start), end: charOffset(visible.end) },
        }),
      },
      { signal, onProgress, onRetry },
    );
    return { run, summary };
  }

  /** The engine analyses as much again on either side of what is visible: half of that is a reserve. */
  #isNear({ start, end }: TextRange): boolean {
    return this.#looked.some((looked) => {
      const reserve = (looked.end - looked.start) / 2;
      return start >= looked.start - reserve && end <= looked.end + reserve;
    });
  }

  #setState(state: AnalysisState): void {
    if (state.kind === this.#state.kind && (state.kind === 'idle' || state.kind === 'waiting')) {
      return;
    }
    this.#state = state;
    this.#changed.fire(state);
  }
}

/** Something is being computed or waited for. */
export function isAnalysing(state: AnalysisState | undefined): boolean {
  return state?.kind === 'waiting' || state?.kind === 'analysing';
}

function asMonosemError(error: unknown): MonosemError {
  return MonosemError.is(error)
    ? error
    : new MonosemError(
        'internal',
        `The file could not be analysed (${messageOf(error)}); show the log to see why.`,
        { cause: error },
      );
}
