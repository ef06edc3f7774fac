// Half-precision formats as 16-bit patterns: IEEE 754 binary16 (1 sign, 5 exponent, 10 mantissa bits) and bfloat16
// (the upper half of a float32).

const word = new Uint32Array(1);
const value = new Float32Array(word.buffer);

/** The value of binary16 bits. Infinities and NaN included. */
export function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const mantissa = bits & 0x3ff;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 0x1f) return mantissa === 0 ? sign * Infinity : NaN;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

/** binary16 bits of the nearest value, ties to even; what is too large becomes infinity. */
export function floatToHalf(x: number): number {
  value[0] = x;
  const bits = word[0];
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // 65520 is halfway between the largest half and the next power of two, and rounds to infinity.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude < 0x38800000) return sign | roundToEven(Math.abs(value[0]) * 2 ** 24);
  const rebased = magnitude - 0x38000000;
  return sign | roundToEven(rebased / 8192);
}

function roundToEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest === 0.5) return floor + (floor & 1);
  return rest > 0.5 ? floor + 1 : floor;
}

let halves: Float32Array | undefined;

/** All 65,536 values; a look-up is several times faster than the arithmetic. */
function halfTable(): Float32Array {
  halves ??= Float32Array.from({ length: 65536 }, (_, bits) => halfToFloat(bits));
  return halves;
}

/** binary16 bits [n] → float32 [n], exact. */
export function widenHalf(bits: Uint16Array): Float32Array {
  const table = halfTable();
  const out = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i += 1) out[i] = table[bits[i]];
  return out;
}

/** float32 [n] → binary16 bits [n], nearest, ties to even. */
export function narrowToHalf(values: Float32Array): Uint16Array {
  const out = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i += 1) out[i] = floatToHalf(values[i]);
  return out;
}

/** bfloat16 bits [n] → float32 [n], exact. */
export function widenBfloat16(bits: Uint16Array): Float32Array {
  const out = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i += 1) out[i] = bits[i] << 16;
  return new Float32Array(out.buffer);
}
