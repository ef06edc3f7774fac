// Joins the tokens of a part of a text to the known tokens of the text around it. How a tokenizer cuts a text depends on
// what is near: a word and its neighbours, a run of spaces. So the tokens near the ends of the part, which do not see
// what follows or precedes, do not count, nor do known tokens near the change. Between them both must say the same, over
// several tokens and without exception; then it does not matter at which of those tokens they are joined. (For byte pair
// encoding: a sequence of tokens is the encoding of its text if every pair of neighbours is.)
import type { EncodedText } from './tokenizer.ts';
import type { TextChange } from './textChange.ts';

/** [start, end) of the new text, encoded by itself; ranges count from its own beginning. */
export interface EncodedPart {
  readonly start: number;
  readonly end: number;
  readonly encoded: EncodedText;
}

interface Change {
  /** The new text. */
  readonly text: string;
  readonly change: TextChange;
}

/** Tokens nearer than this to a change or to a cut may differ for reasons behind it, in UTF-16 units. */
const sight = 64;
/** Tokens in a row that must agree. */
const agreement = 6;

/** Where tokens of the part and known tokens are one and the same: join before part[own] and known[other]. */
interface Joint {
  readonly own: number;
  readonly other: number;
}

/** @returns the tokens of the new text, or nothing where part and known tokens do not agree enough */
export function spliceTokens(
  known: EncodedText,
  part: EncodedPart,
  { text, change: { start, oldEnd, newEnd } }: Change,
): EncodedText | undefined {
  const shift = newEnd - oldEnd;
  const first: Joint | undefined =
    part.start === 0
      ? { own: 0, other: 0 }
      : joint(known, part, { shift: 0, from: part.start + sight, to: start - sight });
  const last: Joint | undefined =
    part.end === text.length
      ? { own: part.encoded.ids.length, other: known.ids.length }
      : joint(known, part, { shift, from: newEnd + sight, to: part.end - sight });
  if (first === undefined || last === undefined || last.own < first.own) return undefined;
  return joined(known, part, { first, last, shift });
}

interface Stretch {
  /** From places of known tokens to places in the new text. */
  readonly shift: number;
  /** Tokens in [from, to) of the new text are compared. */
  readonly from: number;
  readonly to: number;
}

function joint(
  known: EncodedText,
  { start, encoded }: EncodedPart,
  { shift, from, to }: Stretch,
): Joint | undefined {
  const first = firstFrom(encoded.starts, from - start);
  const ahead = firstFrom(known.starts, from - shift) - first;
  const end = firstFrom(encoded.ends, to - start + 1);
  if (end - first < agreement) return undefined;
  const apart = shift - start;
  for (let own = first; own < end; own++) {
    if (!isSame(encoded, own, known, { token: own + ahead, apart })) return undefined;
  }
  // Tokens that share a character stay together.
  for (let own = first + agreement / 2; own < end; own++) {
    if (at(encoded.starts, own) >= at(encoded.ends, own - 1)) return { own, other: own + ahead };
  }
  return undefined;
}

/** @param other.apart from places of known tokens to places in the part */
function isSame(
  encoded: EncodedText,
  own: number,
  known: EncodedText,
  { token, apart }: { readonly token: number; readonly apart: number },
): boolean {
  return (
    encoded.ids[own] === known.ids[token] &&
    encoded.starts[own] === at(known.starts, token) + apart &&
    encoded.ends[own] === at(known.ends, token) + apart
  );
}

function at(places: Uint32Array, token: number): number {
  return places[token] ?? NaN;
}

/** Index of the first token whose place is `offset` or behind it. */
function firstFrom(places: Uint32Array, offset: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((places[middle] ?? 0) >= offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

function joined(
  known: EncodedText,
  { start, encoded }: EncodedPart,
  { first, last, shift }: { readonly first: Joint; readonly last: Joint; readonly shift: number },
): EncodedText {
  const count = first.other + (last.own - first.own) + (known.ids.length - last.other);
  const ids = new Uint32Array(count);
  const behind = first.other + last.own - first.own;
  ids.set(known.ids.subarray(0, first.other));
  ids.set(encoded.ids.subarray(first.own, last.own), first.other);
  ids.set(known.ids.subarray(last.other), behind);
  const moved = (before: Uint32Array, own: Uint32Array): Uint32Array => {
    const all = new Uint32Array(count);
    all.set(before.subarray(0, first.other));
    for (let i = first.own; i < last.own; i++)
      all[first.other + i - first.own] = (own[i] ?? 0) + start;
    for (let i = last.other; i < before.length; i++)
      all[behind + i - last.other] = (before[i] ?? 0) + shift;
    return all;
  };
  return {
    ids,
    starts: moved(known.starts, encoded.starts),
    ends: moved(known.ends, encoded.ends),
  };
}
