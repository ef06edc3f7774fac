// Tiny graphs: one with a known answer, which tells whether an execution provider multiplies, normalises and sorts as
// float64 arithmetic does, and a plain product, which tells a graphics processor from a program that imitates one.
// They say nothing of any model; a provider that is broken or unfit fails here, cheaply.
import { Random } from '../../math/rng.ts';
import { GraphBuilder } from '../graph/builder.ts';
import { packModel } from '../externalData/externalData.ts';
import { openSession, type OnnxTensors, type SessionOptions } from './session.ts';

/** T tokens of width D, F scores per token, the K largest probabilities of which are kept. */
const size = { T: 5, D: 24, F: 40, K: 4 };

/**
 * Allowed absolute error of a probability. Products in reduced precision (TF32, half) keep 11 bits, which moves a
 * score of size 1 by up to 5e-4 and a probability by less; a kernel that is wrong is off by tenths.
 */
const tolerance = 2e-3;

interface Case {
  /** [T, D] */
  readonly x: Float32Array;
  /** [D, F] */
  readonly W: Float32Array;
  /** [F] */
  readonly b: Float32Array;
}

function makeCase(): Case {
  const random = new Random(7);
  const draw = (count: number, scale: number): Float32Array =>
    Float32Array.from({ length: count }, () => scale * random.normal());
  const { T, D, F } = size;
  return { x: draw(T * D, 1), W: draw(D * F, 1 / Math.sqrt(D)), b: draw(F, 0.5) };
}

/** Probabilities softmax(x W + b) [T, F] in float64. */
function expectedRows({ x, W, b }: Case): Float64Array[] {
  const { T, D, F } = size;
  return Array.from({ length: T }, (_, t) => {
    const scores = new Float64Array(F);
    for (let f = 0; f < F; f++) {
      let sum = b[f] ?? 0;
      for (let d = 0; d < D; d++) sum += (x[t * D + d] ?? 0) * (W[d * F + f] ?? 0);
      scores[f] = sum;
    }
    const largest = Math.max(...scores);
    const powers = scores.map((score) => Math.exp(score - largest));
    const total = powers.reduce((sum, power) => sum + power, 0);
    return powers.map((power) => power / total);
  });
}

function packedGraph({ W, b }: Case): ReturnType<typeof packModel> {
  const { D, F, K } = size;
  const builder = new GraphBuilder({ name: 'verification' });
  const x = builder.input('x', 'float32', ['batch', 'tokens', D]);
  const product = builder.op('MatMul', [x, builder.constant(W, [D, F])]);
  const scores = builder.op('Add', [product, builder.constant(b, [F])]);
  const probabilities = builder.op('Softmax', [scores], { attributes: { axis: -1 } });
  const [values = '', indices = ''] = builder.ops('TopK', [probabilities, builder.int64s(K)], 2);
  builder.output('values', values, 'float32');
  builder.output('indices', builder.op('Cast', [indices], { attributes: { to: 6 } }), 'int32');
  return packModel(builder.build());
}

/**
 * Runs the graph on a provider.
 * @returns what was wrong, as a clause; `undefined` when everything was right
 * @throws MonosemError when it cannot be opened or run there
 */
export async function verifyTinyGraph(options: SessionOptions): Promise<string | undefined> {
  const example = makeCase();
  const session = await openSession(packedGraph(example), options);
  try {
    const x = { type: 'float32', dims: [1, size.T, size.D], data: example.x } as const;
    return compare(await session.run({ x }), expectedRows(example));
  } finally {
    session.dispose();
  }
}

function compare(outputs: OnnxTensors, rows: readonly Float64Array[]): string | undefined {
  const values = outputs['values']?.data;
  const indices = outputs['indices']?.data;
  const { T, K } = size;
  if (!(values instanceof Float32Array) || !(indices instanceof Int32Array)) {
    return 'a small graph gave no numbers';
  }
  for (let i = 0; i < T * K; i++) {
    const row = rows[Math.floor(i / K)] ?? new Float64Array(0);
    const inOrder = row.toSorted((p, q) => q - p)[i % K] ?? NaN;
    const atIndex = row[indices[i] ?? -1] ?? NaN;
    const value = values[i] ?? NaN;
    const error = Math.max(Math.abs(value - inOrder), Math.abs(value - atIndex));
    if (!(error <= tolerance)) {
      return `a small graph gave ${value.toPrecision(3)} where ${inOrder.toPrecision(3)} is right`;
    }
  }
  return undefined;
}

/** Rows and width of the timed product: 17 million multiplications. */
const product = { T: 64, D: 512 };
const productRuns = 3;
/** A first run this long, kernels compiled and all, needs no second one to be slow. */
const patienceMs = 2000;

/** Milliseconds a plain product takes on a provider, best of several runs. */
export async function timeProduct(options: SessionOptions): Promise<number> {
  const { T, D } = product;
  const builder = new GraphBuilder({ name: 'product' });
  const x = builder.input('x', 'float32', ['tokens', D]);
  const W = builder.constant(new Float32Array(D * D).fill(1 / D), [D, D]);
  builder.output('y', builder.op('MatMul', [x, W]), 'float32');
  const session = await openSession(packModel(builder.build()), options);
  try {
    const data = new Float32Array(T * D).fill(1);
    let best = Infinity;
    for (let run = 0; run <= productRuns && !(run > 0 && best > patienceMs); run++) {
      const start = performance.now();
      await session.run({ x: { type: 'float32', dims: [T, D], data } });
      best = Math.min(best, performance.now() - start);
    }
    return best;
  } finally {
    session.dispose();
  }
}
