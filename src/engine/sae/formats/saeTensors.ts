// What readers of SAE formats share: tensors by name with the shape they must have, and the conventions most formats
// agree on.
import path from 'node:path';
import { MonosemError } from '../../../shared/errors.ts';
import { expectShape, type Tensor } from '../../../shared/tensor.ts';
import type { StoredView, TensorTable } from '../../files/containers/tensorTable.ts';
import type { StoredTensor } from '../../files/storedTensor.ts';
import { readTensor } from '../../files/tensorData.ts';
import type { Sae, StoredMatrix } from '../sae.ts';

const floats: readonly string[] = ['float32', 'float16', 'bfloat16', 'float64'];

/** The tensors of one SAE, by the names of its format. */
export class SaeTensors {
  readonly #table: TensorTable;

  constructor(table: TensorTable) {
    this.#table = table;
  }

  has(name: string): boolean {
    return this.#table.tensors.has(name) || this.#table.unusable.has(name);
  }

  /** The first of several spellings that is there, else the first. */
  spelled(...names: readonly [string, ...string[]]): string {
    return names.find((name) => this.has(name)) ?? names[0];
  }

  /** The file that holds a tensor; with shards, one of several. */
  fileOf(name: string): string {
    return this.#view(name).stored.file;
  }

  /** The shape of a matrix as it is meant. */
  shape(name: string): readonly [number, number] {
    const dims = this.#dims(this.#view(name));
    this.#expect(name, dims, [undefined, undefined]);
    return [dims[0] ?? 0, dims[1] ?? 0];
  }

  /** A matrix of this shape. */
  matrix(name: string, shape: readonly [number, number]): StoredMatrix {
    const view = this.#float(name);
    this.#expect(name, this.#dims(view), shape);
    return view;
  }

  /** The transpose of a matrix; `shape` is that of the transpose. */
  transposed(name: string, [rows, columns]: readonly [number, number]): StoredMatrix {
    const { stored, isTransposed } = this.matrix(name, [columns, rows]);
    return { stored, isTransposed: !isTransposed };
  }

  vector(name: string, length: number): StoredTensor {
    const { stored } = this.#float(name);
    this.#expect(name, stored.dims, [length]);
    return stored;
  }

  /** The value of a tensor with one element, of any type. */
  async number(name: string): Promise<number> {
    const { data } = await readTensor(this.#view(name).stored);
    const [value] = data;
    if (value !== undefined && data.length === 1) return value;
    throw new MonosemError(
      'badShape',
      `Tensor ${name} in ${this.#table.file} has ${data.length} elements where one is expected.`,
    );
  }

  #dims({ stored, isTransposed }: StoredView): readonly number[] {
    return isTransposed ? [...stored.dims].reverse() : stored.dims;
  }

  #expect(name: string, dims: readonly number[], expected: readonly (number | undefined)[]): void {
    expectShape(`Tensor ${name} in ${this.#table.file}`, dims, expected);
  }

  #float(name: string): StoredView {
    const view = this.#view(name);
    if (floats.includes(view.stored.type)) return view;
    throw this.#unusable(name, `has the type ${view.stored.type}`);
  }

  #view(name: string): StoredView {
    const { file, tensors, unusable } = this.#table;
    const view = tensors.get(name);
    if (view !== undefined) return view;
    const reason = unusable.get(name);
    if (reason !== undefined) throw this.#unusable(name, reason);
    const present = [...tensors.keys()].sort().slice(0, 20).join(', ');
    throw new MonosemError(
      'fileDamaged',
      `The SAE weights ${file} have no tensor ${name} (they have: ${present}); check that all files of the SAE belong together.`,
    );
  }

  #unusable(name: string, reason: string): MonosemError {
    return new MonosemError(
      'unsupportedSae',
      `Tensor ${name} in ${this.#table.file} ${reason}; convert the SAE to float32, float16 or bfloat16.`,
    );
  }
}

/** One number standing for a vector of them. */
export function scalar(value: number): Tensor {
  return { dims: [1], data: Float32Array.of(value) };
}

/** A vector times a factor, in memory. */
export async function scaled(stored: StoredTensor, factor: number): Promise<Tensor> {
  const { dims, data } = await readTensor(stored);
  return { dims, data: data.map((value) => value * factor) };
}

/** What most SAEs are: raw input, no bias subtracted, written where it was read. */
export function plainConventions({ site, D }: Pick<Sae, 'site' | 'D'>): PlainConventions {
  return {
    site,
    outputSite: site,
    D,
    DOut: D,
    applyBDecToInput: false,
    inputNormalisation: { kind: 'none' },
    centre: false,
    rescaleByDecoderNorm: false,
    prependBos: true,
  };
}

type PlainConventions = Pick<
  Sae,
  | 'site'
  | 'outputSite'
  | 'D'
  | 'DOut'
  | 'applyBDecToInput'
  | 'inputNormalisation'
  | 'centre'
  | 'rescaleByDecoderNorm'
  | 'prependBos'
>;

/** The last parts of a path, for names of SAEs whose folders repeat from layer to layer. */
export function lastParts(folder: string, count: number): string {
  return folder.split(path.sep).slice(-count).join('/');
}

export function unsupportedSae(file: string, problem: string, advice: string): MonosemError {
  return new MonosemError('unsupportedSae', `The SAE ${file} ${problem}; ${advice}.`);
}

/** A JSON object, or nothing. */
export function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

/** A whole number from 1 on, from JSON or a pickle. */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
