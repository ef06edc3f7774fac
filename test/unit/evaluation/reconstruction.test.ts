import { describe, expect, it } from 'vitest';
import { ReconstructionMeter } from '../../../src/engine/evaluation/reconstruction.ts';
import { Random } from '../../../src/engine/math/rng.ts';

const T = 60;
const D = 7;
const F = 11;

interface Case {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly f: Float32Array;
}

/** Activations at `scale` around a common offset, a reconstruction with error, sparse features; feature 10 is dead. */
function makeCase(scale: number, offset: number, seed: number): Case {
  const random = new Random(seed);
  const x = random.fillNormal(new Float32Array(T * D), scale).map((value) => value + offset);
  const y = x.map((value) => value + 0.3 * scale * random.normal());
  const f = new Float32Array(T * F).map((_, i) =>
    i % F !== F - 1 && random.uniform() < 0.3 ? scale * (0.1 + random.uniform()) : 0,
  );
  return { x, y, f };
}

const rowsOf = (data: Float32Array, width: number): number[][] =>
  Array.from({ length: data.length / width }, (_, t) => [
    ...data.subarray(t * width, (t + 1) * width),
  ]);
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const inner = (a: readonly number[], b: readonly number[]): number =>
  sum(a.map((value, i) => value * (b[i] ?? 0)));
const minus = (a: readonly number[], b: readonly number[]): number[] =>
  a.map((value, i) => value - (b[i] ?? 0));
const square = (a: readonly number[]): number => inner(a, a);
const meanOf = (rows: readonly number[][]): number[] =>
  Array.from({ length: D }, (_, d) => sum(rows.map((row) => row[d] ?? 0)) / rows.length);

/** The formulas as they are written, in double precision and two passes. */
function reference({ x, y, f }: Case, blocks: readonly (readonly [number, number])[]) {
  const xs = rowsOf(x, D);
  const ys = rowsOf(y, D);
  const errors = xs.map((row, t) => square(minus(row, ys[t] ?? [])));
  const mean = meanOf(xs);
  const legacy = blocks.flatMap(([from, to]) => {
    const blockMean = meanOf(xs.slice(from, to));
    return xs
      .slice(from, to)
      .map((row, i) => (errors[from + i] ?? 0) / square(minus(row, blockMean)));
  });
  const active = rowsOf(f, F).map((row) => row.map((value) => (value > 0 ? 1 : 0)));
  return {
    l0: sum(active.flat()) / T,
    l1: sum([...f]) / T,
    explainedVariance: 1 - sum(errors) / sum(xs.map((row) => square(minus(row, mean)))),
    explainedVarianceLegacy: 1 - sum(legacy) / T,
    mse: sum(errors) / (T * D),
    cosine:
      sum(
        xs.map((row, t) => inner(row, ys[t] ?? []) / Math.sqrt(square(row) * square(ys[t] ?? []))),
      ) / T,
    l2Ratio: sum(xs.map((row, t) => Math.sqrt(square(ys[t] ?? []) / square(row)))) / T,
    relativeBias: sum(ys.map(square)) / sum(xs.map((row, t) => inner(row, ys[t] ?? []))),
    deadShare: 1 / F,
  };
}

describe('ReconstructionMeter', () => {
  const blocks = [
    [0, 20],
    [20, 27],
    [27, T],
  ] as const;
  for (const [scale, offset] of [
    [1, 0],
    [1e-3, 0],
    [1e3, 5e3],
    // Far from 0: sums of squares about 0 would lose the variance in float32.
    [1, 300],
  ] as const) {
    it(`agrees with the formulas at scale ${scale} around ${offset}`, () => {
      const data = makeCase(scale, offset, 11);
      const meter = new ReconstructionMeter(D, F);
      for (const [from, to] of blocks) {
        meter.add(
          data.x.subarray(from * D, to * D),
          data.y.subarray(from * D, to * D),
          data.f.subarray(from * F, to * F),
        );
      }
      const report = meter.report();
      const expected = reference(data, blocks);
      expect(report.tokens).toBe(T);
      for (const [name, value] of Object.entries(expected)) {
        const found = report[name as keyof typeof expected];
        // Both sides are double precision on the same float32 data; only the order of sums differs.
        expect(Math.abs(found - value), name).toBeLessThan(1e-9 * Math.max(1, Math.abs(value)));
      }
    });
  }

  it('gives 1 for a perfect reconstruction and 0 for the mean', () => {
    const { x, f } = makeCase(1, 10, 3);
    const perfect = new ReconstructionMeter(D, F);
    perfect.add(x, x, f);
    expect(perfect.report()).toMatchObject({ explainedVariance: 1, mse: 0 });
    const mean = meanOf(rowsOf(x, D));
    const constant = new ReconstructionMeter(D, F);
    constant.add(
      x,
      x.map((_, i) => mean[i % D] ?? 0),
      f,
    );
    expect(constant.report().explainedVariance).toBeCloseTo(0, 9);
  });

  it('reports the density of every feature', () => {
    const meter = new ReconstructionMeter(1, 3);
    meter.add(Float32Array.of(1, 2), Float32Array.of(1, 2), Float32Array.of(0, 5, 1, 0, 2, 0));
    expect([...meter.report().density]).toEqual([0, 1, 0.5]);
    expect(meter.report().deadShare).toBeCloseTo(1 / 3, 12);
  });
});
