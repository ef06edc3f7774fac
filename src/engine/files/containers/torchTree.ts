// From what a pickle built to what readers use: a tree of plain values whose leaves are tensors in the file. A pickle
// can share parts of what it builds, so that a few bytes stand for an endless or enormous tree; such trees end here.
import { elementCount } from '../../../shared/tensor.ts';
import {
  PickleGlobal,
  StridedTensor,
  TorchStorage,
  type PickleValue,
  type StridedView,
} from './torchObjects.ts';
import type { StoredView } from './tensorTable.ts';

/** A tensor, or why it cannot be used as the end of `tensor W_enc …`. */
export class TorchTensor {
  readonly view: StoredView | string;

  constructor(view: StoredView | string) {
    this.view = view;
  }
}

export type TorchDict = ReadonlyMap<string, TorchValue>;

export type TorchValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | TorchTensor
  | readonly TorchValue[]
  | TorchDict;

/** Where the file keeps a storage. */
export interface StorageBytes {
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
}

export interface TorchFileParts {
  /** Absolute path. */
  readonly file: string;
  readonly storage: (storage: TorchStorage) => StorageBytes;
  readonly refused: (problem: string) => Error;
  readonly damaged: (problem: string) => Error;
}

const maxDepth = 32;
const maxValues = 200_000;
/** Characters of a tensor's name with those of the dicts around it. */
const maxNameLength = 400;

/** Where in the tree: `encoder.weight` at depth 2. */
interface Place {
  readonly name: string;
  readonly depth: number;
}

/** Row-major without gaps; axes of one entry may have any stride. */
function isContiguous(sizes: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let axis = sizes.length - 1; axis >= 0; axis -= 1) {
    const size = sizes[axis] ?? 1;
    if (size !== 1 && strides[axis] !== expected) return false;
    expected *= size;
  }
  return true;
}

/** Elements from the first to behind the last that a view touches. */
function extent({ sizes, strides }: StridedView): number {
  if (sizes.includes(0)) return 0;
  return sizes.reduce((sum, size, axis) => sum + (size - 1) * (strides[axis] ?? 0), 1);
}

class TreeBuilder {
  readonly #parts: TorchFileParts;
  readonly #done = new Map<object, { readonly value: TorchValue; readonly values: number }>();
  readonly #open = new Set<object>();

  constructor(parts: TorchFileParts) {
    this.#parts = parts;
  }

  build(value: PickleValue): TorchValue {
    return this.#value(value, { name: '', depth: 0 }).value;
  }

  /** `values` counts what the tree below holds when nothing is shared. */
  #value(
    value: PickleValue,
    place: Place,
  ): { readonly value: TorchValue; readonly values: number } {
    if (value instanceof StridedTensor) {
      return { value: this.#tensor(place.name, value.view), values: 1 };
    }
    if (value instanceof TorchStorage || value instanceof PickleGlobal) {
      throw this.#parts.refused('its pickle holds something that is neither tensor nor container');
    }
    if (value instanceof Map || Array.isArray(value)) return this.#container(value, place);
    return { value, values: 1 };
  }

  #container(
    container: Map<PickleValue, PickleValue> | PickleValue[],
    place: Place,
  ): { readonly value: TorchValue; readonly values: number } {
    const done = this.#done.get(container);
    if (done !== undefined) return done;
    if (this.#open.has(container) || place.depth >= maxDepth) {
      throw this.#parts.refused(`its pickle nests containers deeper than ${maxDepth} levels`);
    }
    this.#open.add(container);
    const built = Array.isArray(container)
      ? this.#list(container, place)
      : this.#dict(container, place);
    this.#open.delete(container);
    if (built.values > maxValues) {
      throw this.#parts.refused(`its pickle stands for more than ${maxValues} values`);
    }
    this.#done.set(container, built);
    return built;
  }

  #list(items: readonly PickleValue[], place: Place) {
    const built = items.map((item, index) => this.#value(item, this.#inside(place, String(index))));
    return { value: built.map(({ value }) => value), values: total(built) };
  }

  #dict(entries: ReadonlyMap<PickleValue, PickleValue>, place: Place) {
    const built = [...entries].map(([key, item]) => {
      const name = this.#key(key);
      return { name, ...this.#value(item, this.#inside(place, name)) };
    });
    const value = new Map(built.map((entry) => [entry.name, entry.value] as const));
    return { value, values: total(built) };
  }

  /** Names are bounded, because every tensor below a long one would repeat it. */
  #inside({ name, depth }: Place, key: string): Place {
    const length = name.length + 1 + key.length;
    if (length > maxNameLength) {
      throw this.#parts.refused(`its pickle has a name of ${length} characters`);
    }
    return { name: name === '' ? key : `${name}.${key}`, depth: depth + 1 };
  }

  #key(key: PickleValue): string {
    if (typeof key === 'string') return key;
    if (typeof key === 'number' || typeof key === 'boolean') return String(key);
    throw this.#parts.refused('its pickle has a dict whose keys are neither text nor numbers');
  }

  #tensor(name: string, view: StridedView): TorchTensor {
    const { storage, offset, sizes, strides } = view;
    const { dtype, count } = storage;
    const bytes = this.#parts.storage(storage);
    if (count * dtype.bytes > bytes.length) {
      throw this.#parts.damaged(`the storage of tensor ${name} has ${bytes.length} bytes`);
    }
    if (!(offset + extent(view) <= count)) {
      throw this.#parts.damaged(`tensor ${name} reaches past its storage of ${count} numbers`);
    }
    if (dtype.type === undefined) return new TorchTensor(`has the type ${dtype.name}`);
    const isTransposed = !isContiguous(sizes, strides);
    const dims = isTransposed ? [...sizes].reverse() : sizes;
    if (isTransposed && !(sizes.length === 2 && isContiguous(dims, [...strides].reverse()))) {
      return new TorchTensor(`is a view with strides [${strides.join(', ')}]`);
    }
    const { file } = this.#parts;
    const place = { file, offset: bytes.offset + offset * dtype.bytes };
    const length = elementCount(sizes) * dtype.bytes;
    return new TorchTensor({
      stored: { name, type: dtype.type, dims, ...place, length },
      isTransposed,
    });
  }
}

function total(built: readonly { readonly values: number }[]): number {
  return built.reduce((sum, { values }) => sum + values, 1);
}

/** @throws MonosemError `fileDamaged` for views past their storage, `unsupportedSae` for endless or enormous trees */
export function torchTree(value: PickleValue, parts: TorchFileParts): TorchValue {
  return new TreeBuilder(parts).build(value);
}
