// The sweep that is open: of which edit, over which range, and what came of it. Without DOM.
import type {
  FromSteerView,
  SteerRequest,
  ToSteerView,
} from '../../../src/shared/webviewProtocol.ts';
import type { DraftEdit } from '../draft/edit/draftEdit.ts';
import { type EditTarget, bareTarget, isTarget, sameTarget } from '../draft/edit/target.ts';
import {
  type SweepRange,
  amountsOf,
  defaultRange,
  isSweepable,
  rangeProblem,
} from './sweepRange.ts';
import {
  type SweepMessage,
  type SweepState,
  type SweptKind,
  askedSweep,
  isSweepOutdated,
  nextSweep,
  restoreSweep,
} from './sweepState.ts';

export interface OpenSweep {
  /** Of the edit. */
  readonly target: EditTarget;
  /** What the range is counted in. */
  readonly kind: SweptKind;
  readonly range: SweepRange;
  readonly shown?: SweepState;
}

export interface SweeperOptions {
  /** What there is to run now; `undefined` where something stands in the way. */
  readonly request: () => SteerRequest | undefined;
  readonly post: (message: FromSteerView) => void;
  readonly restored: OpenSweep | undefined;
}

export class Sweeper {
  readonly #options: SweeperOptions;
  #lastNumber = Date.now();
  #open: OpenSweep | undefined;

  constructor(options: SweeperOptions) {
    this.#options = options;
    this.#open = options.restored;
  }

  get open(): OpenSweep | undefined {
    return this.#open;
  }

  get isOutdated(): boolean {
    const request = this.#options.request();
    if (this.#open?.shown === undefined || request === undefined) return false;
    return isSweepOutdated(this.#open.shown, request, this.#open.target);
  }

  /** Shows the sweep of an edit; what was swept of it before stays, unless its strengths mean something else now. */
  show(edit: DraftEdit, yardstick: number): void {
    const { operation, unit } = edit;
    if (this.#open !== undefined && sameTarget(this.#open.target, edit)) {
      this.follow(edit, yardstick);
      return;
    }
    this.close();
    const range = defaultRange(edit, yardstick);
    this.#open = { target: bareTarget(edit), kind: { operation, unit }, range };
  }

  /** The edit has changed: another operation or unit has a range of its own. */
  follow(edit: DraftEdit, yardstick: number): void {
    const { operation, unit } = edit;
    const { kind } = this.#open ?? {};
    if (this.#open === undefined || !isSweepable(operation)) return;
    if (kind?.operation === operation && kind.unit === unit) return;
    const range = defaultRange(edit, yardstick);
    this.#open = { ...this.#open, kind: { operation, unit }, range };
  }

  setRange(range: SweepRange): void {
    if (this.#open !== undefined) this.#open = { ...this.#open, range };
  }

  start(): void {
    const open = this.#open;
    const request = this.#options.request();
    if (open === undefined || request === undefined || rangeProblem(open.range) !== undefined) {
      return;
    }
    const swept = request.edits.findIndex((edit) => sameTarget(edit, open.target));
    if (swept < 0) return;
    this.#lastNumber += 1;
    const amounts = amountsOf(open.range);
    const sweep = this.#lastNumber;
    const message: SweepMessage = { kind: 'sweep', sweep, swept, amounts, ...request };
    this.#open = { ...open, shown: askedSweep(message, open.target, open.kind) };
    this.#options.post(message);
  }

  stop(): void {
    if (this.#open?.shown?.phase === 'running') this.#options.post({ kind: 'stopSweep' });
  }

  close(): void {
    this.stop();
    this.#open = undefined;
  }

  receive(message: ToSteerView): void {
    const shown = this.#open?.shown;
    if (this.#open === undefined || shown === undefined) return;
    this.#open = { ...this.#open, shown: nextSweep(shown, message) };
  }
}

/** What was stored earlier, perhaps by another version. */
export function restoreOpenSweep(stored: unknown): OpenSweep | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const { target, kind, range, shown } = stored as Partial<OpenSweep>;
  const isWhole =
    isTarget(target) &&
    typeof kind?.operation === 'string' &&
    typeof kind.unit === 'string' &&
    range !== undefined &&
    [range.from, range.to, range.points].every(Number.isFinite);
  if (!isWhole) return undefined;
  const restored = restoreSweep(shown);
  return { target, kind, range, ...(restored && { shown: restored }) };
}
