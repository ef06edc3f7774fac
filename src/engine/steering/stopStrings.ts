// Strings at which a text ends, found while it grows. The text ends before the stop string that is complete first, of
// those that are complete with the same character the longest; so it does not matter in which pieces the text comes. What
// may be the beginning of a stop string is held back until more text decides, so that no part of one is ever shown.
// Each string is matched by the automaton of Knuth, Morris and Pratt (1977), "Fast pattern matching in strings": a few
// steps per character, whatever the strings.
import { MonosemError } from '../../shared/errors.ts';

export class StopStrings {
  readonly #matchers: readonly Matcher[];
  #length = 0;
  #held = '';
  #cut: number | undefined;

  /**
   * @param strings none: the text never stops
   * @throws MonosemError `badArgument` for a string that no text can end at
   */
  constructor(strings: readonly string[]) {
    this.#matchers = strings.map((string) => new Matcher(checked(string)));
  }

  /** Length of the text before the stop string, in UTF-16 units, once one has appeared. */
  get cut(): number | undefined {
    return this.#cut;
  }

  /** UTF-16 units at the end of the text that may begin a stop string, and are not to be shown yet. */
  get held(): number {
    return this.#held.length;
  }

  /**
   * Adds text, which is passed over once a stop string has appeared.
   * @param piece whole characters
   * @returns the text that may be shown now: what was held back and turned out harmless, and what of the piece is
   */
  push(piece: string): string {
    if (this.#cut !== undefined) return '';
    const start = this.#length - this.#held.length;
    const pending = this.#held + piece;
    for (let i = 0; i < piece.length; i += 1) {
      const complete = this.#step(piece.charCodeAt(i));
      if (complete === 0) continue;
      this.#cut = this.#length + i + 1 - complete;
      this.#length = this.#cut;
      this.#held = '';
      return pending.slice(0, this.#cut - start);
    }
    this.#length += piece.length;
    const begun = this.#matchers.reduce((most, { matched }) => Math.max(most, matched), 0);
    this.#held = pending.slice(pending.length - begun);
    return pending.slice(0, pending.length - begun);
  }

  /** @returns what is still held back, now that no more text comes */
  end(): string {
    const rest = this.#held;
    this.#held = '';
    return rest;
  }

  /** @returns length of the longest stop string that this UTF-16 unit completes; 0 where it completes none */
  #step(unit: number): number {
    let longest = 0;
    for (const matcher of this.#matchers) {
      if (matcher.step(unit)) longest = Math.max(longest, matcher.matched);
    }
    return longest;
  }
}

/** Half of a surrogate pair would cut a character in two. */
const loneSurrogate = /\p{Surrogate}/u;

function checked(string: string): string {
  if (string === '') {
    throw new MonosemError(
      'badArgument',
      'A stop string is empty, and every text would end at once; leave it out, or give the text to stop at.',
    );
  }
  if (loneSurrogate.test(string)) {
    throw new MonosemError(
      'badArgument',
      `The stop string ${JSON.stringify(string)} holds half of a character; give whole characters.`,
    );
  }
  return string;
}

/** How much of one string the end of the text matches. */
class Matcher {
  readonly #string: string;
  /** [n] length of the longest string that the first i + 1 units both begin and end with, themselves excepted. */
  readonly #borders: Uint32Array;
  #matched = 0;

  constructor(string: string) {
    this.#string = string;
    this.#borders = new Uint32Array(string.length);
    for (let i = 1; i < string.length; i += 1) {
      this.step(string.charCodeAt(i));
      this.#borders[i] = this.#matched;
    }
    this.#matched = 0;
  }

  /** UTF-16 units at the beginning of the string that the text ends with. */
  get matched(): number {
    return this.#matched;
  }

  /** @returns whether the string is complete with this unit */
  step(unit: number): boolean {
    let length = this.#matched;
    while (length > 0 && this.#string.charCodeAt(length) !== unit) {
      length = this.#borders[length - 1] ?? 0;
    }
    this.#matched = this.#string.charCodeAt(length) === unit ? length + 1 : 0;
    return this.#matched === this.#string.length;
  }
}
