// What was sent of an analysed window, each time under a key of its own, so that the same rows need not be sent again to
// a caller that says it has them. Rows are the same when they are of the same window and lie alike in the text,
// wherever that is, and the same features are followed in them.
import type { EncodedText } from '../tokenizer/tokenizer.ts';
import type { AnalysedWindow } from './analysedWindow.ts';
import type { Window } from './windows.ts';

interface Sent {
  readonly key: number;
  /** Rows of the window. */
  readonly first: number;
  /** Says which features are followed. */
  readonly followed: string;
  /** [count] relative to where the first row starts. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/** Different stretches of one window that are remembered: a text may say the same thing twice. */
const mostSent = 4;

/** Begins anywhere, so that no key of an engine that ran before is mistaken for one of this one's. */
let nextKey = Math.floor(Math.random() * 2 ** 52);

export class SentRows {
  readonly #sent = new WeakMap<AnalysedWindow, readonly Sent[]>();

  /**
   * The key of the rows of a window that are reported for a place.
   * @param followed different where different features are followed
   */
  keyOf(window: AnalysedWindow, place: Window, encoded: EncodedText, followed: string): number {
    const earlier = this.#sent.get(window) ?? [];
    const known = earlier.find((sent) => sent.followed === followed && isAt(sent, place, encoded));
    if (known !== undefined) return known.key;
    const { from, end, start } = place;
    const origin = encoded.starts[from] ?? 0;
    const sent = {
      key: nextKey++,
      ...{ first: from - start, followed },
      starts: encoded.starts.slice(from, end).map((offset) => offset - origin),
      ends: encoded.ends.slice(from, end).map((offset) => offset - origin),
    };
    this.#sent.set(window, [sent, ...earlier].slice(0, mostSent));
    return sent.key;
  }
}

function isAt(sent: Sent, { from, end, start }: Window, encoded: EncodedText): boolean {
  const count = end - from;
  if (sent.first !== from - start || sent.starts.length !== count) return false;
  const origin = encoded.starts[from] ?? 0;
  for (let row = 0; row < count; row++) {
    if (sent.starts[row] !== (encoded.starts[from + row] ?? 0) - origin) return false;
    if (sent.ends[row] !== (encoded.ends[from + row] ?? 0) - origin) return false;
  }
  return true;
}
