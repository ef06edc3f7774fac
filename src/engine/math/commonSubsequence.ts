// A longest common subsequence of two sequences of numbers, exactly and in bounded time: 30 comparisons at the price of
// one. Hirschberg (1975), "A linear space algorithm for computing maximal common subsequences", halves the problem
// again and again; the lengths it needs come from the bit-parallel recurrence of Hyyrö (2004), "Bit-parallel LCS-length
// computation revisited", V ← (V + (V & M)) | (V & ~M), in which a 0 in column j of V says that column j adds one to the
// length. Only a band around the diagonal is computed: with x unmatched elements in the shorter sequence no best path
// leaves it further than x (Ukkonen 1985), and x is found by trying. Time O(n · min(n, x + m − n) / 30), space O(n + m).

/** Pairs of equal elements, by their indices, in order. */
export interface CommonSubsequence {
  readonly left: Uint32Array;
  readonly right: Uint32Array;
}

/** Columns per word: sums of two words stay within int32. */
const wordSize = 30;
const full = 2 ** wordSize - 1;

/** Unmatched elements that are tried first; each further attempt takes four times as many. */
const firstGuess = 32;

/** Steps of the innermost loop between two breaths: some tens of milliseconds. */
const stepsPerBreath = 2 ** 23;

/** Rows [top, bottom) of one sequence against columns [lo, hi) of the other. */
interface Rectangle {
  readonly top: number;
  readonly bottom: number;
  readonly lo: number;
  readonly hi: number;
}

/** What is computed in a row: from its diagonal column `behind` columns back to `ahead` columns on. */
interface Band {
  readonly behind: number;
  readonly ahead: number;
}

/** No best path leaves it where the LCS of a rectangle has this length. */
function bandOf({ top, bottom, lo, hi }: Rectangle, length: number): Band {
  return { behind: bottom - top - length, ahead: hi - lo - length };
}

type Breath = () => Promise<void>;

/**
 * Which one of several is found does not depend on the order of the two sequences.
 * @param breath called now and then while it takes long
 */
export async function longestCommonSubsequence(
  left: Uint32Array,
  right: Uint32Array,
  breath: Breath,
): Promise<CommonSubsequence> {
  const isTurned = isBefore(right, left);
  const [rows, columns] = isTurned ? [right, left] : [left, right];
  const pairs = new Pairs();
  const whole = { top: 0, bottom: rows.length, lo: 0, hi: columns.length };
  const { top, bottom, lo, hi } = trimmed(rows, columns, whole);
  pairs.add(0, 0, top);
  const inner = new Alignment(rows.subarray(top, bottom), columns.subarray(lo, hi), breath);
  const found = await inner.run();
  for (const [i, row] of found.rows.entries()) pairs.add(top + row, lo + found.columns[i], 1);
  pairs.add(bottom, hi, rows.length - bottom);
  const inRows = Uint32Array.from(pairs.rows);
  const inColumns = Uint32Array.from(pairs.columns);
  return isTurned ? { left: inColumns, right: inRows } : { left: inRows, right: inColumns };
}

class Pairs {
  readonly rows: number[] = [];
  readonly columns: number[] = [];

  /** `count` elements that stand side by side in both. */
  add(row: number, column: number, count: number): void {
    for (let i = 0; i < count; i += 1) {
      this.rows.push(row + i);
      this.columns.push(column + i);
    }
  }
}

/** What both begin and end with belongs to an LCS. */
function trimmed(rows: Uint32Array, columns: Uint32Array, whole: Rectangle): Rectangle {
  let { top, bottom, lo, hi } = whole;
  while (top < bottom && lo < hi && rows[top] === columns[lo]) {
    top += 1;
    lo += 1;
  }
  while (top < bottom && lo < hi && rows[bottom - 1] === columns[hi - 1]) {
    bottom -= 1;
    hi -= 1;
  }
  return { top, bottom, lo, hi };
}

/** The shorter first; of two equally long ones, the one with the smaller numbers. */
function isBefore(a: Uint32Array, b: Uint32Array): boolean {
  if (a.length !== b.length) return a.length < b.length;
  const at = a.findIndex((id, i) => id !== b[i]);
  return at >= 0 && a[at] < b[at];
}

class Alignment {
  readonly #rows: Uint32Array;
  readonly #columns: Uint32Array;
  readonly #breath: Breath;
  readonly #forward: Sweep;
  readonly #backward: Sweep;
  readonly #found = new Pairs();

  constructor(rows: Uint32Array, columns: Uint32Array, breath: Breath) {
    this.#rows = rows;
    this.#columns = columns;
    this.#breath = breath;
    this.#forward = new Sweep(rows, columns);
    this.#backward = new Sweep(rows.toReversed(), columns.toReversed());
  }

  async run(): Promise<Pairs> {
    const whole = { top: 0, bottom: this.#rows.length, lo: 0, hi: this.#columns.length };
    await this.#solve(whole, await this.#lengthOf(whole));
    return this.#found;
  }

  /** The best path within a band is the best one if the band would hold all that are as good. */
  async #lengthOf(inner: Rectangle): Promise<number> {
    const shorter = Math.min(inner.bottom - inner.top, inner.hi - inner.lo);
    for (let unmatched = firstGuess; ; unmatched *= 4) {
      const least = Math.max(0, shorter - unmatched);
      const V = await this.#forward.run(inner, bandOf(inner, least), this.#breath);
      const found = zerosBefore(V, inner.lo, inner.hi)[inner.hi - inner.lo];
      if (found >= least) return found;
    }
  }

  /** Halves the rows, and finds where the columns are to be cut. */
  async #solve(problem: Rectangle, length: number): Promise<void> {
    const inner = trimmed(this.#rows, this.#columns, problem);
    const { top, bottom, lo, hi } = inner;
    this.#found.add(problem.top, problem.lo, top - problem.top);
    const left = length - (top - problem.top) - (problem.bottom - bottom);
    if (left > 0 && bottom - top === 1)
      this.#found.add(top, this.#columns.indexOf(this.#rows[top], lo), 1);
    else if (left > 0) await this.#halve(inner, left);
    this.#found.add(bottom, hi, problem.bottom - bottom);
  }

  async #halve(inner: Rectangle, length: number): Promise<void> {
    const { top, bottom, lo, hi } = inner;
    const band = bandOf(inner, length);
    const middle = (top + bottom) >> 1;
    const [n, m] = [this.#rows.length, this.#columns.length];
    const upper = { top, bottom: middle, lo, hi };
    const lower = { top: n - bottom, bottom: n - middle, lo: m - hi, hi: m - lo };
    const above = zerosBefore(await this.#forward.run(upper, band, this.#breath), lo, hi);
    const below = zerosBefore(
      await this.#backward.run(lower, band, this.#breath),
      lower.lo,
      lower.hi,
    );
    let cut = 0;
    while (above[cut] + below[hi - lo - cut] < length) cut += 1;
    await this.#solve({ ...upper, hi: lo + cut }, above[cut]);
    await this.#solve({ top: middle, bottom, lo: lo + cut, hi }, below[hi - lo - cut]);
  }
}

/** Runs the recurrence over rows, with the places where each row's element stands among the columns. */
class Sweep {
  /** Row i has entries [firsts[i], ends[i]). */
  readonly #firsts: Int32Array;
  readonly #ends: Int32Array;
  /** Words of the columns, ascending for each row, and M in each of them. */
  readonly #words: Int32Array;
  readonly #matches: Int32Array;
  #steps = 0;

  constructor(rows: Uint32Array, columns: Uint32Array) {
    const entries = new Map<number, { readonly words: number[]; readonly matches: number[] }>();
    for (const id of rows) if (!entries.has(id)) entries.set(id, { words: [], matches: [] });
    for (const [column, id] of columns.entries()) {
      const own = entries.get(id);
      if (own === undefined) continue;
      const word = Math.floor(column / wordSize);
      const bit = 1 << (column % wordSize);
      if (own.words.at(-1) === word) own.matches[own.matches.length - 1] |= bit;
      else {
        own.words.push(word);
        own.matches.push(bit);
      }
    }
    const firsts = new Map<number, number>();
    let count = 0;
    for (const [id, { words }] of entries) {
      firsts.set(id, count);
      count += words.length;
    }
    this.#words = new Int32Array(count);
    this.#matches = new Int32Array(count);
    for (const [id, { words, matches }] of entries) {
      this.#words.set(words, firsts.get(id));
      this.#matches.set(matches, firsts.get(id));
    }
    this.#firsts = Int32Array.from(rows, (id) => firsts.get(id) ?? 0);
    this.#ends = this.#firsts.map((first, i) => first + (entries.get(rows[i])?.words.length ?? 0));
  }

  /** V behind the last row; its first word is the one that holds column `lo`. */
  async run(
    { top, bottom, lo, hi }: Rectangle,
    { behind, ahead }: Band,
    breath: Breath,
  ): Promise<Int32Array> {
    const base = Math.floor(lo / wordSize);
    const V = new Int32Array(Math.floor((hi - 1) / wordSize) - base + 1).fill(full);
    for (let row = top; row < bottom; row += 1) {
      const diagonal = lo + row - top;
      const from = Math.max(lo, diagonal - behind);
      const to = Math.min(hi, diagonal + ahead + 1);
      if (from < to) this.#row(row, { V, base, lo, hi, from, to });
      if (this.#steps > stepsPerBreath) {
        this.#steps = 0;
        await breath();
      }
    }
    return V;
  }

  /** Columns [from, to) of one row, and what shares words with them within [lo, hi). */
  #row(
    row: number,
    {
      V,
      base,
      lo,
      hi,
      from,
      to,
    }: {
      readonly V: Int32Array;
      readonly base: number;
      readonly lo: number;
      readonly hi: number;
      readonly from: number;
      readonly to: number;
    },
  ): void {
    const first = Math.floor(from / wordSize);
    const last = Math.floor((to - 1) / wordSize);
    const end = this.#ends[row];
    let entry = this.#entryFrom(row, first);
    let carry = 0;
    let word = 0;
    for (; entry < end && this.#words[entry] <= last; entry += 1) {
      const next = this.#words[entry];
      for (; carry !== 0 && word < next; word += 1) carry = addCarry(V, word - base);
      word = next;
      const v = V[word - base];
      const match = this.#matches[entry] & columnsWithin(word, lo, hi);
      const sum = v + (v & match) + carry;
      carry = sum >> wordSize;
      V[word - base] = (sum | (v & ~match)) & full;
      word += 1;
    }
    for (; carry !== 0 && word <= last; word += 1) carry = addCarry(V, word - base);
    this.#steps += 1 + Math.max(0, word - first);
  }

  /** The first entry of a row that is not before a word. */
  #entryFrom(row: number, word: number): number {
    let low = this.#firsts[row];
    let high = this.#ends[row];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#words[middle] < word) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The recurrence for a word without matches. @returns what is carried on */
function addCarry(V: Int32Array, at: number): number {
  const sum = V[at] + 1;
  V[at] = (sum | V[at]) & full;
  return sum >> wordSize;
}

/** Bits of a word that stand for columns in [lo, hi). */
function columnsWithin(word: number, lo: number, hi: number): number {
  const start = word * wordSize;
  const below = lo > start ? -1 << (lo - start) : -1;
  const above = hi < start + wordSize ? (1 << (hi - start)) - 1 : full;
  return below & above;
}

/** Zeros of V in columns [lo, j), for every j from lo to hi: lengths of LCSs. */
function zerosBefore(V: Int32Array, lo: number, hi: number): Int32Array {
  const counts = new Int32Array(hi - lo + 1);
  const base = Math.floor(lo / wordSize);
  let zeros = 0;
  for (let column = lo; column < hi; column += 1) {
    const word = Math.floor(column / wordSize);
    zeros += 1 - ((V[word - base] >> (column - word * wordSize)) & 1);
    counts[column - lo + 1] = zeros;
  }
  return counts;
}
