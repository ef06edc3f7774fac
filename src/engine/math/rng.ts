// Seeded random numbers: xoshiro128** 1.1 (Blackman & Vigna, 2018, public domain reference code at prng.di.unimi.it),
// its four words filled by SplitMix32 from the seed. Not for cryptography. The same seed gives the same numbers on
// every platform; `normal` depends on Math.log and Math.cos, which may differ in the last bit between engines.

function rotateLeft(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}

export class Random {
  readonly #state = new Uint32Array(4);
  #spareNormal: number | undefined;

  /** @param seed any integer; only its lower 32 bits count */
  constructor(seed: number) {
    // SplitMix32: a Weyl sequence through the 32-bit finaliser of MurmurHash3.
    let weyl = seed >>> 0;
    for (let i = 0; i < 4; i += 1) {
      weyl = (weyl + 0x9e3779b9) >>> 0;
      let z = weyl;
      z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
      this.#state[i] = z ^ (z >>> 16);
    }
  }

  /** Uniform on 0 … 2³² − 1. */
  uint32(): number {
    const s = this.#state;
    const result = Math.imul(rotateLeft(Math.imul(s[1], 5), 7), 9) >>> 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotateLeft(s[3], 11);
    return result;
  }

  /** Uniform on [0, 1) in steps of 2⁻⁵³. */
  uniform(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /**
   * Fills `target` with what as many calls of {@link uniform} would return, in a third of the time: the state stays in
   * registers.
   */
  fillUniform(target: Float64Array): Float64Array {
    const s = this.#state;
    // As signed integers, which is what the machine rotates.
    let [a, b, c, d] = [s[0] | 0, s[1] | 0, s[2] | 0, s[3] | 0];
    let high = 0;
    for (let word = 0; word < 2 * target.length; word += 1) {
      const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9);
      const t = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= t;
      d = rotateLeft(d, 11);
      if ((word & 1) === 0) high = result >>> 5;
      else target[word >> 1] = (high * 67108864 + (result >>> 6)) / 9007199254740992;
    }
    s.set([a, b, c, d]);
    return target;
  }

  /** Uniform on 0 … n − 1, without bias. 1 ≤ n ≤ 2³². */
  below(n: number): number {
    // Values past the last whole multiple of n are drawn again.
    const limit = 4294967296 - (4294967296 % n);
    let x = this.uint32();
    while (x >= limit) x = this.uint32();
    return x % n;
  }

  /** Standard normal (Box–Muller, both values used). */
  normal(): number {
    if (this.#spareNormal !== undefined) {
      const spare = this.#spareNormal;
      this.#spareNormal = undefined;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** Fills `target` with normal values of the given standard deviation. */
  fillNormal(target: Float32Array, deviation = 1): Float32Array {
    for (let i = 0; i < target.length; i += 1) target[i] = deviation * this.normal();
    return target;
  }

  /** Index drawn with probability weights[i] / Σ weights; weights ≥ 0, not all 0. */
  pick(weights: Float32Array): number {
    let total = 0;
    for (let i = 0; i < weights.length; i += 1) total += weights[i];
    let rest = this.uniform() * total;
    let last = 0;
    for (let i = 0; i < weights.length; i += 1) {
      if (weights[i] === 0) continue;
      last = i;
      rest -= weights[i];
      if (rest < 0) break;
    }
    return last;
  }

  /** The four state words, for checkpoints; a spare normal value is dropped. */
  save(): Uint32Array {
    this.#spareNormal = undefined;
    return this.#state.slice();
  }

  /** Continues where {@link save} was called. */
  static restore(state: Uint32Array): Random {
    const random = new Random(0);
    random.#state.set(state);
    return random;
  }
}
