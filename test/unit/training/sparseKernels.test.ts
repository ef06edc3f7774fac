import { describe, expect, it } from 'vitest';
import { adamStep } from '../../../src/engine/math/adam.ts';
import { Random } from '../../../src/engine/math/rng.ts';
import {
  geometricMedian,
  meanVariance,
  removeParallel,
  transpose,
} from '../../../src/engine/math/rows.ts';
import {
  addToHistogram,
  histogramBuckets,
  selectAbove,
  selectBatchTopK,
  selectTopK,
  valueAtCount,
  type SparseCodes,
} from '../../../src/engine/math/sparseCodes.ts';
import { addSparseGradients, decodeSparse } from '../../../src/engine/math/sparseDecoder.ts';

/** Codes as a dense matrix. */
function dense(codes: SparseCodes, width: number): number[] {
  const out = new Array<number>(codes.rows * width).fill(0);
  for (let t = 0; t < codes.rows; t++) {
    for (let n = codes.rowStart[t] ?? 0; n < (codes.rowStart[t + 1] ?? 0); n++) {
      out[t * width + (codes.feature[n] ?? 0)] = codes.value[n] ?? 0;
    }
  }
  return out;
}

describe('activations', () => {
  const rows = 40;
  const width = 50;
  const z = new Random(4).fillNormal(new Float32Array(rows * width));

  it('BatchTopK keeps the largest of the whole batch, whatever the hint', () => {
    const budget = 3 * rows;
    const order = [...z].sort((a, b) => b - a);
    const cut = order[budget - 1] ?? 0;
    for (const hint of [0, 0.5, 1.9, 100]) {
      const { codes, smallest } = selectBatchTopK(z, rows, budget, hint);
      expect(smallest).toBe(cut);
      expect(dense(codes, width)).toEqual([...z].map((value) => (value >= cut ? value : 0)));
    }
  });

  it('BatchTopK keeps no more than asked for among ties, and nothing that is not positive', () => {
    const ties = Float32Array.of(1, 2, 2, 2, -3, 0, 2, 1);
    expect(dense(selectBatchTopK(ties, 2, 3).codes, 4)).toEqual([0, 2, 2, 2, 0, 0, 0, 0]);
    expect(dense(selectBatchTopK(ties, 2, 8).codes, 4)).toEqual([1, 2, 2, 2, 0, 0, 2, 1]);
    const negative = selectBatchTopK(Float32Array.of(-1, -2), 1, 2);
    expect(negative.smallest).toBe(0);
    expect(negative.codes.feature.length).toBe(0);
  });

  it('TopK keeps the k largest positive entries of each row, of the candidates where given', () => {
    const candidates = Uint32Array.of(3, 10, 11, 30, 49);
    for (const chosen of [undefined, candidates]) {
      const codes = selectTopK(z, rows, 3, chosen);
      const expected = Array.from({ length: rows }, (_, t) => {
        const row = [...z.subarray(t * width, (t + 1) * width)];
        const cut = row.filter((_, j) => chosen?.includes(j) ?? true).sort((a, b) => b - a)[2] ?? 0;
        return row.map((v, j) => (v > 0 && v >= cut && (chosen?.includes(j) ?? true) ? v : 0));
      });
      expect(dense(codes, width)).toEqual(expected.flat());
    }
  });

  it('JumpReLU keeps what exceeds the threshold, not what equals it', () => {
    const codes = selectAbove(Float32Array.of(0.5, 0.4999, 0.6, -1), 2, 0.5);
    expect(dense(codes, 2)).toEqual([0, 0, Math.fround(0.6), 0]);
  });

  it('finds by histogram the value that a given number of entries exceed', () => {
    const many = new Random(9).fillNormal(new Float32Array(200_000), 3);
    const histogram = new Uint32Array(histogramBuckets);
    addToHistogram(many, histogram);
    const value = valueAtCount(histogram, 1000);
    const above = many.reduce((count, v) => count + (v > value ? 1 : 0), 0);
    expect(Math.abs(above - 1000)).toBeLessThan(10);
    expect(valueAtCount(histogram, 200_000)).toBe(0);
  });
});

describe('sparse decoder', () => {
  const rows = 9;
  const D = 6;
  const F = 13;

  // Tolerance: sums of about ten float32 products, relative to the largest entry.
  const expectClose = (found: ArrayLike<number>, expected: readonly number[]): void => {
    const scale = Math.max(...expected.map(Math.abs));
    expected.forEach((value, i) => {
      expect(Math.abs((found[i] ?? NaN) - value)).toBeLessThan(2e-6 * scale);
    });
  };

  for (const scale of [1e-3, 1, 1e3]) {
    it(`equals dense double-precision algebra at scale ${scale}`, () => {
      const random = new Random(8);
      const z = random.fillNormal(new Float32Array(rows * F), scale);
      const codes = selectTopK(z, rows, 5);
      const f = dense(codes, F);
      const decoder = random.fillNormal(new Float32Array(F * D));
      const bias = random.fillNormal(new Float32Array(D), scale);
      const x = random.fillNormal(new Float32Array(rows * D), scale);
      const g = random.fillNormal(new Float32Array(rows * D), scale);
      const at = (a: ArrayLike<number>, i: number): number => a[i] ?? NaN;
      const total = (n: number, term: (i: number) => number): number =>
        Array.from({ length: n }, (_, i) => term(i)).reduce((a, b) => a + b, 0);
      const matrix = (r: number, c: number, entry: (i: number, j: number) => number): number[] =>
        Array.from({ length: r * c }, (_, n) => entry(Math.floor(n / c), n % c));

      const out = new Float32Array(rows * D);
      decodeSparse(codes, decoder, bias, out);
      expectClose(
        out,
        matrix(
          rows,
          D,
          (t, d) => at(bias, d) + total(F, (j) => at(f, t * F + j) * at(decoder, j * D + d)),
        ),
      );

      const gradients = {
        encoder: new Float32Array(F * D),
        decoder: new Float32Array(F * D),
        encoderBias: new Float32Array(F),
      };
      addSparseGradients(codes, g, x, decoder, gradients);
      const df = matrix(rows, F, (t, j) =>
        at(f, t * F + j) > 0 ? total(D, (d) => at(g, t * D + d) * at(decoder, j * D + d)) : 0,
      );
      expectClose(
        gradients.decoder,
        matrix(F, D, (j, d) => total(rows, (t) => at(f, t * F + j) * at(g, t * D + d))),
      );
      expectClose(
        gradients.encoder,
        matrix(F, D, (j, d) => total(rows, (t) => at(df, t * F + j) * at(x, t * D + d))),
      );
      expectClose(
        gradients.encoderBias,
        matrix(F, 1, (j) => total(rows, (t) => at(df, t * F + j))),
      );
    });
  }
});

describe('matrix rows', () => {
  it('transposes sizes that are no multiple of the tile', () => {
    const matrix = Float32Array.from({ length: 37 * 5 }, (_, i) => i);
    const out = new Float32Array(37 * 5);
    transpose(matrix, 5, out);
    expect([...out]).toEqual(
      Array.from({ length: 5 * 37 }, (_, i) => (i % 37) * 5 + Math.floor(i / 37)),
    );
  });

  it('leaves a gradient without the component along unit rows', () => {
    const gradient = Float32Array.of(3, 4, 1, 1);
    removeParallel(gradient, Float32Array.of(1, 0, 0, -1), 2);
    expect([...gradient]).toEqual([0, 4, 1, 0]);
  });

  it('finds the geometric median, which one far row does not move', () => {
    const square = Float32Array.of(1, 1, 1, -1, -1, 1, -1, -1, 1000, 0);
    const [x = NaN, y = NaN] = geometricMedian(square, 2, 200);
    expect(Math.abs(x)).toBeLessThan(1);
    expect(y).toBeCloseTo(0, 6);
    expect(meanVariance(Float32Array.of(0, 0, 2, 4), 2)).toBeCloseTo(5, 9);
  });
});

describe('adamStep', () => {
  it('moves by the learning rate at first and follows the written recursion', () => {
    const settings = { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
    const slot = {
      weights: Float32Array.of(1),
      gradient: Float32Array.of(3),
      moment1: new Float32Array(1),
      moment2: new Float32Array(1),
    };
    adamStep(slot, settings, 1);
    expect(slot.weights[0]).toBeCloseTo(0.9, 6);
    expect(slot.gradient[0]).toBe(0);
    slot.gradient[0] = -1;
    adamStep(slot, settings, 2);
    const m = (0.9 * 0.3 - 0.1) / (1 - 0.9 ** 2);
    const v = (0.999 * 0.009 + 0.001) / (1 - 0.999 ** 2);
    expect(slot.weights[0]).toBeCloseTo(0.9 - (0.1 * m) / Math.sqrt(v), 6);
  });
});
