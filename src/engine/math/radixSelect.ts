// Selection by weight without sorting: walking down the distinct values of an array from the largest, at which of them
// does the weight of all that was passed reach a target? With weights of 1 that is the k-th largest value, with
// probabilities the edge of a nucleus. A radix sort that only looks into the bucket that holds the answer (Knuth, The Art
// of Computer Programming 3, 5.2.5): at most one pass over the array for each of three digits, and no memory but one
// table, whatever the values are.

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
   * The value at which the summed weight reaches its target; the lowest one of any weight where it never does.
   * @param floor smaller values are passed over, as is NaN; it is returned where nothing has any weight
   * @param weigh the weight of a value, ≥ 0
   * @param targetOf weight to be reached, given that of all values
   */
  find(
    { values, bits }: FloatBits,
    floor: number,
    weigh: (value: number) => number,
    targetOf: (total: number) => number,
  ): number {
    let prefix = 0;
    let passed = 0;
    let target = 0;
    for (const { shift, mask, fixed } of digits) {
      const sums = this.#sums.fill(0);
      for (let i = 0; i < values.length; i += 1) {
        const key = keyOf(bits[i]);
        if ((key & fixed) !== prefix || !(values[i] >= floor)) continue;
        sums[(key >>> shift) & mask] += weigh(values[i]);
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
