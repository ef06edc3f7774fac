// The edges of top-k and top-p without sorting: walking down the distinct logits from the largest, at which of them does
// the weight of all that was passed reach a target? With weights of 1 that is the k-th largest logit, with
// probabilities the edge of a nucleus. A radix sort that only looks into the bucket that holds the answer (Knuth, The Art
// of Computer Programming 3, 5.2.5): one pass over the logits for each of three digits, and no memory but one table,
// whatever the logits are. Sums run in double precision.
import { expOfNegative } from './exponential.ts';
import { maximum } from './softmax.ts';

/** Float32 values and, in the same memory, their bits. */
export interface FloatBits {
  /** [N] */
  readonly values: Float32Array;
  /** [N] */
  readonly bits: Uint32Array;
}

export function floatBits(length: number): FloatBits {
  const values = new Float32Array(length);
  return { values, bits: new Uint32Array(values.buffer) };
}

/** Digits of a key from the highest: 11, 11 and 10 bits. `fixed` are the bits above the digit. */
const digits = [
  { shift: 21, mask: 0x7ff, fixed: 0 },
  { shift: 10, mask: 0x7ff, fixed: ~0x1fffff },
  { shift: 0, mask: 0x3ff, fixed: ~0x3ff },
] as const;

/** Keys, as unsigned numbers, are in the order of the floats: the sign bit is turned, and of negative ones all bits. */
function keyOf(bits: number): number {
  return bits ^ ((bits >> 31) | 0x80000000);
}

export class RadixSelect {
  /** Weight per value of a digit. */
  readonly #sums = new Float64Array(0x800);
  readonly #one = floatBits(1);

  /**
   * The k-th largest value, equal ones counted as often as they are there; of all if there are fewer, the smallest.
   * @param k 1 or more
   */
  largest(row: FloatBits, k: number): number {
    const max = maximum(row.values, 0, row.values.length);
    return this.#find(row, { floor: -Infinity, max, perLogit: 0, target: () => k });
  }

  /**
   * The largest value t such that softmax(values / temperature) gives the values ≥ t at least the share p of what it gives
   * those ≥ floor.
   * @param p 0 … 1; with 0 it is the largest value
   */
  nucleus(row: FloatBits, temperature: number, p: number, floor = -Infinity): number {
    const max = maximum(row.values, 0, row.values.length);
    return this.#find(row, { floor, max, perLogit: 1 / temperature, target: (total) => p * total });
  }

  /**
   * The value at which the summed weight reaches its target; the lowest one of any weight where rounding keeps it below.
   * @param perLogit a value weighs exp((value − max) · perLogit), with 0 exactly 1
   */
  #find({ values, bits }: FloatBits, { floor, max, perLogit, target: targetOf }: Walk): number {
    let prefix = 0;
    let passed = 0;
    let target = 0;
    for (const { shift, mask, fixed } of digits) {
      const sums = this.#sums.fill(0);
      for (let i = 0; i < values.length; i += 1) {
        const key = keyOf(bits[i]);
        const value = values[i];
        if ((key & fixed) !== prefix || !(value >= floor)) continue;
        // Not by exp alone: Infinity − Infinity is no number.
        const isWhole = perLogit === 0 || value === max;
        sums[(key >>> shift) & mask] += isWhole ? 1 : expOfNegative((value - max) * perLogit);
      }
      if (fixed === 0) target = targetOf(downwards(sums));
      const digit = reaching(sums, target - passed);
      if (digit < 0) return floor;
      for (let above = mask; above > digit; above -= 1) passed += sums[above];
      prefix |= digit << shift;
    }
    this.#one.bits[0] = prefix < 0 ? prefix ^ 0x80000000 : ~prefix;
    return this.#one.values[0];
  }
}

interface Walk {
  /** Smaller values are passed over, as is NaN; it is the answer where nothing is left. */
  readonly floor: number;
  readonly max: number;
  readonly perLogit: number;
  /** Weight to be reached, given that of all values. */
  readonly target: (total: number) => number;
}

function downwards(sums: Float64Array): number {
  let total = 0;
  for (let digit = sums.length - 1; digit >= 0; digit -= 1) total += sums[digit];
  return total;
}

/** The highest digit that reaches the target; else, as rounding may have it, the lowest of any weight, or −1. */
function reaching(sums: Float64Array, target: number): number {
  let passed = 0;
  let lowest = -1;
  for (let digit = sums.length - 1; digit >= 0; digit -= 1) {
    if (sums[digit] === 0) continue;
    lowest = digit;
    passed += sums[digit];
    if (passed >= target) break;
  }
  return lowest;
}
