// What two texts have and have not in common, as long as somebody looks at it: compared at once, compared again when
// one of them has changed and typing pauses. The last answer stays until there is a newer one. Without VS Code.
import type { Disposable } from '../../shared/disposable.ts';
import { Emitter } from '../../shared/emitter.ts';
import type { SaePlace, Source } from '../../shared/engineProtocol.ts';
import { MonosemError, messageOf } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';
import type { CompareTextsParams, TextComparison } from '../../shared/readingProtocol.ts';
import type { FeatureBriefs } from '../display/features/featureBriefs.ts';
import { typingPauseMs } from '../documents/documentAnalysis.ts';
import { movedOffset } from '../documents/steerPrompt.ts';
import type { TextChange } from '../documents/tokenTable.ts';
import type { Log } from '../engine/engineProcess.ts';
import { checkComparable } from './comparable.ts';

export type Side = 'left' | 'right';

export interface ComparedDocument {
  /** Its URI: identifies it for the engine and in events. */
  readonly key: string;
  /** For people. */
  readonly name: string;
  /** Its present text; opens the document where it must. */
  readonly text: () => Promise<string>;
}

export type ComparedPair = Readonly<Record<Side, ComparedDocument>>;

/** A comparison with the texts it is of. */
export interface ComparedTexts {
  readonly comparison: TextComparison;
  readonly texts: Readonly<Record<Side, string>>;
}

export interface ComparisonState {
  readonly pair: ComparedPair;
  /** Of the last texts that could be compared. */
  readonly result?: ComparedTexts;
  readonly isComparing: boolean;
  /** Why the present texts could not be compared. */
  readonly reason?: MonosemError;
}

/** What is wanted, by the settings. */
export interface ComparisonQuestion {
  readonly topK: number;
  readonly maxFileKB: number;
}

export interface ComparisonPorts {
  readonly source: () => Promise<Source>;
  readonly question: () => ComparisonQuestion;
  readonly compare: (
    params: CompareTextsParams,
    options: { readonly signal: AbortSignal },
  ) => Promise<TextComparison>;
  /** Learns labels and densities of what is found. */
  readonly briefs: Pick<FeatureBriefs, 'load'>;
  readonly log: Pick<Log, 'warn'>;
}

/** Most features gained and most lost, of each SAE, and most changed tokens. */
export const comparisonLimit = 200;

export class FeatureComparison implements Disposable {
  readonly #ports: ComparisonPorts;
  readonly #changed = new Emitter<undefined>();
  #state: ComparisonState | undefined;
  /** Edits since the texts of the last result. */
  #moves: Record<Side, TextChange[]> = { left: [], right: [] };
  #abort = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(ports: ComparisonPorts) {
    this.#ports = ports;
  }

  /** Another pair, a new result, or the way there. */
  readonly onDidChange = this.#changed.event;

  /** `undefined` while nothing is compared. */
  get state(): ComparisonState | undefined {
    return this.#state;
  }

  /**
   * Compares two documents from now on; resolves when it is known what came of the present texts, maybe of later ones
   * than those of now. What is known of the same pair stays until then.
   */
  async open(pair: ComparedPair): Promise<void> {
    this.#cancel();
    const before = this.#state;
    const isSame =
      before?.pair.left.key === pair.left.key && before.pair.right.key === pair.right.key;
    if (!isSame) this.#moves = { left: [], right: [] };
    this.#state = { ...(isSame && before), pair, isComparing: true };
    await this.#compare();
    await this.whenIdle();
  }

  close(): void {
    if (this.#state === undefined) return;
    this.#cancel();
    this.#state = undefined;
    this.#changed.fire(undefined);
  }

  /** A document was changed; of one that is none of the two nothing follows. */
  edited(key: string, changes: readonly TextChange[]): void {
    const sides = this.#sidesOf(key);
    for (const side of sides) this.#moves[side].push(...changes);
    if (sides.length > 0) this.#later(typingPauseMs);
  }

  /** A document that was closed is open again, maybe with another text. */
  reopened(key: string, text: string): void {
    const { isComparing, result } = this.#state ?? {};
    if (isComparing === true) return;
    if (this.#sidesOf(key).some((side) => result?.texts[side] !== text)) this.#later(0);
  }

  /** Model, SAEs or settings are others now. */
  restart(delayMs = 0): void {
    if (this.#state !== undefined) this.#later(delayMs);
  }

  /** Where an offset of the last result lies in the present text. */
  present(side: Side, offset: number): number {
    return this.#moves[side].reduce(movedOffset, offset);
  }

  /** Resolves when nothing is being computed or waited for. */
  whenIdle(): Promise<void> {
    if (this.#state?.isComparing !== true) return Promise.resolve();
    return new Promise((resolve) => {
      const listening = this.#changed.event(() => {
        if (this.#state?.isComparing === true) return;
        listening.dispose();
        resolve();
      });
    });
  }

  dispose(): void {
    this.close();
    this.#changed.dispose();
  }

  #sidesOf(key: string): readonly Side[] {
    const { pair } = this.#state ?? {};
    return (['left', 'right'] as const).filter((side) => pair?.[side].key === key);
  }

  #cancel(): void {
    clearTimeout(this.#timer);
    this.#abort.abort();
    this.#abort = new AbortController();
  }

  #later(delayMs: number): void {
    this.#cancel();
    this.#setState({ isComparing: true });
    this.#timer = setTimeout(() => {
      void this.#compare();
    }, delayMs);
  }

  async #compare(): Promise<void> {
    const { signal } = this.#abort;
    this.#setState({ isComparing: true });
    try {
      const result = await this.#ask(signal);
      if (signal.aborted || result === undefined) return;
      this.#moves = { left: [], right: [] };
      this.#setState({ isComparing: false, result });
    } catch (error) {
      if (signal.aborted) return;
      this.#setState({ isComparing: false, reason: asMonosemError(error) });
    }
  }

  async #ask(signal: AbortSignal): Promise<ComparedTexts | undefined> {
    const { compare, question, source } = this.#ports;
    const { pair } = this.#state ?? {};
    if (pair === undefined) return undefined;
    const [left, right] = await Promise.all([pair.left.text(), pair.right.text()]);
    if (signal.aborted) return undefined;
    const { topK, maxFileKB } = question();
    checkComparable([pair.left.name, left], [pair.right.name, right], maxFileKB);
    const params: CompareTextsParams = {
      source: await source(),
      left: { document: pair.left.key, text: left },
      right: { document: pair.right.key, text: right },
      topK,
      limit: comparisonLimit,
    };
    const comparison = await compare(params, { signal });
    await this.#learn(comparison);
    return { comparison, texts: { left, right } };
  }

  /** Labels are a help, never a condition. */
  async #learn({ gained, lost, changed }: TextComparison): Promise<void> {
    const found = new Map<SaePlace, number[]>();
    const add = (sae: SaePlace, features: Iterable<number>): void => {
      found.set(sae, [...(found.get(sae) ?? []), ...features]);
    };
    for (const { sae, feature } of [...gained, ...lost]) add(sae, [feature]);
    for (const { sae, leftFeatures, rightFeatures } of changed) {
      add(sae, [...leftFeatures, ...rightFeatures]);
    }
    const { briefs, log } = this.#ports;
    try {
      await Promise.all([...found].map(([sae, features]) => briefs.load(sae, features)));
    } catch (error) {
      log.warn(`The comparison shows features without labels: ${messageOf(error)}`);
    }
  }

  /** A reason holds until the next result. */
  #setState(
    change: Pick<ComparisonState, 'isComparing'> &
      Partial<Pick<ComparisonState, 'result' | 'reason'>>,
  ): void {
    if (this.#state === undefined) return;
    const { pair, result } = this.#state;
    this.#state = { pair, ...(result && { result }), ...change };
    this.#changed.fire(undefined);
  }
}

function asMonosemError(error: unknown): MonosemError {
  if (MonosemError.is(error)) return error;
  const why = t(
    'The texts could not be compared ({0}); show the log to see why.',
    messageOf(error),
  );
  return new MonosemError('internal', why, { cause: error });
}
