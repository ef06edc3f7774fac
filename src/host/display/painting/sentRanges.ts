// What an editor was told to paint, so that only what is different is sent again. VS Code moves what is painted with the
// text; so does this, where it is certain what VS Code does: not where an edit touches a range, and not where an edit may
// have overtaken what was sent on its way. Without VS Code.
import type { TextChange } from '../../documents/tokenTable.ts';
import type { Paint } from './paint.ts';
import type { Stretch } from './stretches.ts';

/** Starts and ends by turns, UTF-16 offsets. */
export type Ranges = readonly number[];

interface Sent {
  /** `undefined`: what is there is not known. */
  ranges: number[] | undefined;
  readonly turn: number;
}

const none: Ranges = [];

export class SentRanges {
  readonly #sent = new Map<Paint, Sent>();
  #turn = 0;
  #settled = 0;

  /** What has to be sent so that exactly these stretches are painted, paint by paint; counts as sent from now on. */
  update(stretches: readonly Stretch[]): ReadonlyMap<Paint, Ranges> {
    const wanted = rangesByPaint(stretches);
    const turn = ++this.#turn;
    const differing = new Map<Paint, Ranges>();
    for (const [paint, ranges] of wanted) {
      const known = this.#sent.get(paint);
      if (isSame(known === undefined ? none : known.ranges, ranges)) continue;
      this.#sent.set(paint, { ranges, turn });
      differing.set(paint, ranges);
    }
    for (const [paint, { ranges }] of this.#sent) {
      if (wanted.has(paint) || ranges?.length === 0) continue;
      this.#sent.set(paint, { ranges: [], turn });
      differing.set(paint, none);
    }
    return differing;
  }

  /** Of the last `update`; to be given to `settle` when VS Code is known to have taken it. */
  get turn(): number {
    return this.#turn;
  }

  settle(turn: number): void {
    this.#settled = Math.max(this.#settled, turn);
  }

  /** The text was changed. */
  edit(change: TextChange): void {
    for (const sent of this.#sent.values()) {
      if (sent.turn > this.#settled || !moved(sent.ranges, change)) sent.ranges = undefined;
    }
  }

  /** Nothing is painted any more. */
  clear(): void {
    this.#sent.clear();
  }
}

function rangesByPaint(stretches: readonly Stretch[]): Map<Paint, number[]> {
  const byPaint = new Map<Paint, number[]>();
  for (const { paint, start, end } of stretches) {
    const ranges = byPaint.get(paint);
    if (ranges === undefined) byPaint.set(paint, [start, end]);
    else ranges.push(start, end);
  }
  return byPaint;
}

function isSame(sent: Ranges | undefined, wanted: Ranges): boolean {
  if (sent?.length !== wanted.length) return false;
  for (let n = 0; n < wanted.length; n++) if (sent[n] !== wanted[n]) return false;
  return true;
}

/** Moves ranges behind a change. @returns false where the change touches one of them */
function moved(ranges: number[] | undefined, { offset, removed, inserted }: TextChange): boolean {
  if (ranges === undefined) return false;
  const shift = inserted - removed;
  for (let n = 0; n < ranges.length; n += 2) {
    const [start = 0, end = 0] = [ranges[n], ranges[n + 1]];
    if (end < offset) continue;
    if (start <= offset + removed) return false;
    ranges[n] = start + shift;
    ranges[n + 1] = end + shift;
  }
  return true;
}
