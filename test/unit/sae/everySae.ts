// A random SAE for every activation function and convention that a descriptor can state, and what it computes, in
// float64, written from the definitions in sae.ts and sharing no code with src/engine.
import path from 'node:path';
import { readSafetensors, writeSafetensors } from '../../../src/engine/files/safetensors.ts';
import type { StoredTensor } from '../../../src/engine/files/storedTensor.ts';
import { Random } from '../../../src/engine/math/rng.ts';
import type { InputNormalisation, Sae, SaeActivation } from '../../../src/engine/sae/sae.ts';
import type { Tensor } from '../../../src/shared/tensor.ts';
import { randomTensor } from './randomSae.ts';

export interface Variant {
  readonly name: string;
  readonly kind: SaeActivation['kind'];
  readonly k?: number;
  readonly normalisation?: InputNormalisation;
  readonly centre?: true;
  readonly rescale?: true;
  /** Matrices lie in the file the other way round. */
  readonly transposed?: true;
  readonly decoderScale?: true;
  readonly keepsBias?: true;
  readonly outputInModelUnits?: true;
  readonly skip?: true;
  /** Reads one place and writes another. */
  readonly isTranscoder?: true;
  /** One threshold, in memory, for all features. */
  readonly scalarThreshold?: true;
}

const layerNorm = { kind: 'layerNorm', epsilon: 1e-5 } as const;
const constantNorm = { kind: 'constantNormRescale' } as const;
const scaled = { kind: 'expectedAverageOnlyIn', factor: 0.37 } as const;

export const variants: readonly Variant[] = [
  { name: 'relu', kind: 'relu' },
  { name: 'relu, b_dec kept, transposed', kind: 'relu', keepsBias: true, transposed: true },
  { name: 'relu, finetuned, centred', kind: 'relu', decoderScale: true, centre: true },
  { name: 'relu in units of decoder norms', kind: 'relu', rescale: true },
  { name: 'jumprelu', kind: 'jumprelu', transposed: true },
  { name: 'jumprelu, one threshold', kind: 'jumprelu', scalarThreshold: true, rescale: true },
  { name: 'jumprelu, constant norm', kind: 'jumprelu', normalisation: constantNorm },
  { name: 'jumprelu, expected average', kind: 'jumprelu', normalisation: scaled },
  { name: 'topk', kind: 'topk', k: 8 },
  { name: 'topk in units of decoder norms', kind: 'topk', k: 8, rescale: true },
  { name: 'topk, layer norm', kind: 'topk', k: 8, normalisation: layerNorm, transposed: true },
  { name: 'topk, centred, layer norm', kind: 'topk', k: 8, normalisation: layerNorm, centre: true },
  { name: 'groupmax', kind: 'groupmax', k: 12 },
  { name: 'groupmax, expected average', kind: 'groupmax', k: 24, normalisation: scaled },
  { name: 'gated', kind: 'gated' },
  { name: 'gated, layer norm', kind: 'gated', normalisation: layerNorm },
  { name: 'transcoder', kind: 'relu', isTranscoder: true, transposed: true },
  {
    name: 'transcoder, layer norm',
    kind: 'relu',
    isTranscoder: true,
    normalisation: layerNorm,
    outputInModelUnits: true,
  },
  { name: 'skip transcoder', kind: 'topk', k: 8, isTranscoder: true, skip: true },
];

export interface Shape {
  readonly D: number;
  readonly DOut: number;
  readonly F: number;
  readonly site: string;
  readonly outputSite: string;
}

/** By name, the way it is meant. */
export type Tensors = ReadonlyMap<string, Tensor>;

export interface WrittenSae {
  readonly sae: Sae;
  readonly tensors: Tensors;
}

function randomTensors({ D, DOut, F }: Shape, seed: number): Map<string, Tensor> {
  const random = new Random(seed);
  const positive = (tensor: Tensor, mean: number): Tensor => ({
    ...tensor,
    data: tensor.data.map((value) => mean + value),
  });
  const normal = (dims: readonly number[], deviation: number): Tensor =>
    randomTensor(random, dims, deviation);
  return new Map([
    ['W_enc', normal([D, F], 1 / Math.sqrt(D))],
    ['b_enc', normal([F], 0.2)],
    ['W_dec', normal([F, DOut], 1 / Math.sqrt(DOut))],
    ['b_dec', normal([DOut], 0.2)],
    ['threshold', positive(normal([F], 0.3), 0.3)],
    ['b_gate', normal([F], 0.3)],
    ['r_mag', normal([F], 0.3)],
    ['b_mag', normal([F], 0.3)],
    ['W_skip', normal([D, DOut], 0.1)],
    ['decoderScale', positive(normal([F], 0.1), 1.2)],
  ]);
}

function transpose({ dims, data }: Tensor): Tensor {
  const [rows = 0, columns = 0] = dims;
  const out = new Float32Array(data.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) out[j * rows + i] = data[i * columns + j] ?? NaN;
  }
  return { dims: [columns, rows], data: out };
}

/** Writes random weights and describes them. */
export async function writeVariant(
  folder: string,
  variant: Variant,
  shape: Shape,
  seed: number,
): Promise<WrittenSae> {
  const tensors = randomTensors(shape, seed);
  const matrices = ['W_enc', 'W_dec', 'W_skip'];
  const isTransposed = variant.transposed === true;
  const stored = [...tensors].map(([name, tensor]) => [
    name,
    isTransposed && matrices.includes(name) ? transpose(tensor) : tensor,
  ]);
  const weightsFile = path.join(folder, 'weights.safetensors');
  await writeSafetensors(weightsFile, Object.fromEntries(stored) as Record<string, Tensor>);
  const header = await readSafetensors(weightsFile);
  const at = (name: string): StoredTensor => {
    const tensor = header.tensors.get(name);
    if (tensor === undefined) throw new Error(`no tensor ${name}`);
    return tensor;
  };
  const matrix = (name: string): Sae['W_enc'] => ({ stored: at(name), isTransposed });
  if (variant.scalarThreshold) {
    tensors.set('threshold', { dims: [1], data: Float32Array.of(0.25) });
  }
  const sae: Sae = {
    name: variant.name,
    folder,
    weightsFile,
    format: 'none',
    architecture: variant.kind,
    ...shape,
    activation: activationOf(variant, at, tensors),
    W_enc: matrix('W_enc'),
    ...(variant.kind === 'gated' ? {} : { b_enc: at('b_enc') }),
    W_dec: matrix('W_dec'),
    b_dec: at('b_dec'),
    ...(variant.skip ? { W_skip: matrix('W_skip') } : {}),
    applyBDecToInput: !variant.keepsBias && !variant.isTranscoder,
    inputNormalisation: variant.normalisation ?? { kind: 'none' },
    ...(variant.outputInModelUnits ? { outputInModelUnits: true } : {}),
    centre: variant.centre === true,
    rescaleByDecoderNorm: variant.rescale === true,
    ...(variant.decoderScale ? { decoderScale: at('decoderScale') } : {}),
    prependBos: true,
  };
  return { sae, tensors };
}

function activationOf(
  { kind, k = 0, scalarThreshold }: Variant,
  at: (name: string) => StoredTensor,
  tensors: Tensors,
): SaeActivation {
  switch (kind) {
    case 'relu':
    case 'identity':
      return { kind };
    case 'jumprelu': {
      const inMemory = tensors.get('threshold');
      return { kind, threshold: scalarThreshold && inMemory ? inMemory : at('threshold') };
    }
    case 'topk':
    case 'groupmax':
      return { kind, k };
    case 'gated':
      return { kind, b_gate: at('b_gate'), r_mag: at('r_mag'), b_mag: at('b_mag') };
  }
}

const mean = (x: readonly number[]): number => x.reduce((sum, value) => sum + value, 0) / x.length;
const lengthOf = (x: readonly number[]): number => Math.hypot(...x);

/** float64 arithmetic of one SAE on single rows. */
export class Reference {
  readonly #variant: Variant;
  readonly #tensors: Tensors;
  readonly #shape: Shape;

  constructor(variant: Variant, { sae, tensors }: WrittenSae) {
    this.#variant = variant;
    this.#tensors = tensors;
    this.#shape = sae;
  }

  /** f [F] */
  encode(x: readonly number[]): number[] {
    const { D, F } = this.#shape;
    const { kind, keepsBias, isTranscoder } = this.#variant;
    const input = this.#frame(x).row.map(
      (value, d) => value - (keepsBias || isTranscoder ? 0 : this.#at('b_dec', d)),
    );
    const z = Array.from({ length: F }, (_, f) => {
      let sum = kind === 'gated' ? 0 : this.#at('b_enc', f);
      for (let d = 0; d < D; d++) sum += (input[d] ?? NaN) * this.#at('W_enc', d * F + f);
      return sum * this.#norm(f);
    });
    return this.#activate(z);
  }

  /** How the output moves when the activation of a feature grows by 1 at x: [DOut]. */
  direction(x: readonly number[], feature: number): number[] {
    const { DOut } = this.#shape;
    const { outputInModelUnits, decoderScale } = this.#variant;
    const unit = outputInModelUnits ? 1 : this.#frame(x).scale;
    const own = (decoderScale ? this.#at('decoderScale', feature) : 1) / this.#norm(feature);
    return Array.from(
      { length: DOut },
      (_, d) => this.#at('W_dec', feature * DOut + d) * own * unit,
    );
  }

  /** x̂ [DOut] */
  decode(x: readonly number[], f: readonly number[]): number[] {
    const { D, DOut } = this.#shape;
    const { outputInModelUnits, skip } = this.#variant;
    const { scale, shift } = outputInModelUnits ? { scale: 1, shift: 0 } : this.#frame(x);
    const out = Array.from({ length: DOut }, (_, d) => this.#at('b_dec', d) * scale + shift);
    f.forEach((value, feature) => {
      if (value === 0) return;
      this.direction(x, feature).forEach((step, d) => (out[d] = (out[d] ?? NaN) + value * step));
    });
    if (!skip) return out;
    return out.map((value, o) => {
      let sum = value;
      for (let d = 0; d < D; d++) sum += (x[d] ?? NaN) * this.#at('W_skip', d * DOut + o);
      return sum;
    });
  }

  #at(name: string, index: number): number {
    const data = this.#tensors.get(name)?.data;
    return data?.[data.length === 1 ? 0 : index] ?? NaN;
  }

  #norm(feature: number): number {
    const { DOut } = this.#shape;
    if (!this.#variant.rescale) return 1;
    return lengthOf(Array.from({ length: DOut }, (_, d) => this.#at('W_dec', feature * DOut + d)));
  }

  /** The normalised row, and what takes it back: row · scale + shift. */
  #frame(x: readonly number[]): { row: number[]; scale: number; shift: number } {
    const { centre, normalisation = { kind: 'none' } } = this.#variant;
    const removed = centre ? mean(x) : 0;
    const row = x.map((value) => value - removed);
    switch (normalisation.kind) {
      case 'none':
        return { row, scale: 1, shift: removed };
      case 'expectedAverageOnlyIn': {
        const { factor } = normalisation;
        return { row: row.map((v) => v * factor), scale: 1 / factor, shift: removed };
      }
      case 'constantNormRescale': {
        const scale = lengthOf(row) / Math.sqrt(row.length);
        return { row: row.map((v) => v / scale), scale, shift: removed };
      }
      case 'layerNorm': {
        const mu = mean(row);
        const deviations = row.map((v) => v - mu);
        const s = lengthOf(deviations) / Math.sqrt(row.length - 1);
        const divisor = s + normalisation.epsilon;
        return { row: deviations.map((v) => v / divisor), scale: s, shift: removed + mu };
      }
    }
  }

  #activate(z: readonly number[]): number[] {
    const { kind, k = 0 } = this.#variant;
    const relu = (value: number): number => Math.max(0, value);
    switch (kind) {
      case 'identity':
        return [...z];
      case 'relu':
        return z.map(relu);
      case 'jumprelu':
        return z.map((value, f) => (value > this.#at('threshold', f) ? relu(value) : 0));
      case 'topk': {
        const least = [...z].sort((a, b) => b - a)[k - 1] ?? NaN;
        return z.map((value) => (value >= least ? relu(value) : 0));
      }
      case 'groupmax': {
        const size = z.length / k;
        return z.map((value, f) => {
          const start = f - (f % size);
          return value === Math.max(...z.slice(start, start + size)) ? relu(value) : 0;
        });
      }
      case 'gated':
        return z.map((p, f) =>
          p + this.#at('b_gate', f) > 0
            ? relu(p * Math.exp(this.#at('r_mag', f)) + this.#at('b_mag', f))
            : 0,
        );
    }
  }
}
