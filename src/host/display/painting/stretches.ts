// A list of painted stretches of text that never overlap, however tokens share characters, and that leave out the blanks
// around words. Without VS Code.
import type { FeatureRef } from '../../../shared/engineProtocol.ts';
import type { Paint } from './paint.ts';

/** UTF-16 offsets; never empty. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly paint: Paint;
  /** Share of the feature's maximum, above 0; of a token by itself its loss in nats; of a boundary 0. */
  readonly strength: number;
  /** Whose colour it has, if that of a feature. */
  readonly feature?: FeatureRef | undefined;
}

/** A token to be painted, with its own range. */
export interface Candidate extends Stretch {
  /** How much it counts against others that share a character with it. */
  readonly weight: number;
}

interface Kept extends Candidate {
  start: number;
  end: number;
}

export class StretchList {
  readonly #kept: Kept[] = [];

  /** In text order. Of two that overlap, the weightier one has what they share. */
  add(candidate: Candidate): void {
    const last = this.#kept.at(-1);
    let { start } = candidate;
    if (last !== undefined && start < last.end) {
      if (candidate.weight > last.weight) last.end = start;
      else start = last.end;
      if (last.end <= last.start) this.#kept.pop();
    }
    if (start < candidate.end) this.#kept.push({ ...candidate, start });
  }

  /**
   * @param text what lies from `textStart` on in the document
   * @param keepsLineBreaks bare line breaks stay: nothing is seen of them but their marks in the overview ruler
   */
  withoutBlanks(text: string, textStart: number, keepsLineBreaks = false): readonly Stretch[] {
    const shown: Stretch[] = [];
    for (const { start, end, paint, strength, feature } of this.#kept) {
      const [from, to] = [start - textStart, end - textStart];
      const word = wordIn(text, from, to) ?? (keepsLineBreaks ? [from, to] : undefined);
      if (word === undefined) continue;
      const [first, last] = word;
      shown.push({ start: first + textStart, end: last + textStart, paint, strength, feature });
    }
    return shown;
  }
}

/** A stretch without the blanks at its ends; spaces alone keep their place, line breaks have none. */
export function wordIn(
  text: string,
  from: number,
  to: number,
): readonly [start: number, end: number] | undefined {
  let [start, end] = [from, to];
  while (start < end && isBlank(text, start)) start++;
  if (start === end) return hasLineBreak(text, from, to) || from >= to ? undefined : [from, to];
  while (isBlank(text, end - 1)) end--;
  return [start, end];
}

const blank = /\s/;

function isBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  // Nearly all characters are told without the pattern.
  if (code > 0x20 && code < 0x80) return false;
  return blank.test(text.charAt(at));
}

function hasLineBreak(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x0a || code === 0x0d) return true;
  }
  return false;
}
