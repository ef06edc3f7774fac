// Are all numbers of a format finite? Looks at exponents, so that nothing is widened or copied: where all bits of an
// exponent are set, the number is infinite or NaN, and adding one to the exponent carries into the sign.

/** Words of 32 bits that hold one float32 or two of a half-precision format. */
interface Format {
  readonly exponent: number;
  /** The lowest bit of each exponent. */
  readonly one: number;
  readonly sign: number;
}

const float32: Format = { exponent: 0x7f800000, one: 0x00800000, sign: 0x80000000 };
const float16: Format = { exponent: 0x7c007c00, one: 0x04000400, sign: 0x80008000 };
const bfloat16: Format = { exponent: 0x7f807f80, one: 0x00800080, sign: 0x80008000 };

/**
 * Has the sign of a number set where its exponent has all bits set. Weights are large and nearly always finite, so there
 * is no branch in the loop, and four sums do not wait for each other.
 */
function carries(words: Int32Array, exponent: number, one: number): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = words.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    a |= ((words[i] & exponent) + one) | 0;
    b |= ((words[i + 1] & exponent) + one) | 0;
    c |= ((words[i + 2] & exponent) + one) | 0;
    d |= ((words[i + 3] & exponent) + one) | 0;
  }
  for (let i = whole; i < words.length; i += 1) a |= ((words[i] & exponent) + one) | 0;
  return a | b | c | d;
}

function areFinite(words: Int32Array, { exponent, one, sign }: Format): boolean {
  return (carries(words, exponent, one) & sign) === 0;
}

function firstHalf(words: Int32Array, format: Format): number {
  if (areFinite(words, format)) return -1;
  const exponent = format.exponent & 0xffff;
  const halves = new Uint16Array(words.buffer, words.byteOffset, words.length * 2);
  return halves.findIndex((bits) => (bits & exponent) === exponent);
}

/** Index of the first NaN or infinity among float32, −1 where there is none. */
export function nonFiniteFloat32(words: Int32Array): number {
  if (areFinite(words, float32)) return -1;
  const { exponent } = float32;
  return words.findIndex((bits) => (bits & exponent) === exponent);
}

/** The same among binary16, two in a word. */
export function nonFiniteFloat16(words: Int32Array): number {
  return firstHalf(words, float16);
}

/** The same among bfloat16, two in a word. */
export function nonFiniteBfloat16(words: Int32Array): number {
  return firstHalf(words, bfloat16);
}

/** The same among doubles, of which those that are no finite float32 count as infinite. */
export function nonFiniteFloat64(words: Int32Array): number {
  const values = new Float64Array(words.buffer, words.byteOffset, words.length >> 1);
  for (let i = 0; i < values.length; i += 1) {
    if (!Number.isFinite(Math.fround(values[i]))) return i;
  }
  return -1;
}
