// What a pickle of PyTorch weights may build: storages, tensors over them, and plain containers. Every name it may
// ask for is listed here, with what stands in for it; nothing is ever looked up or called.
// Source of the arguments: torch `torch/_utils.py`, `torch/serialization.py` (persistent_id).
import type { StoredType } from '../storedTensor.ts';

/** A name the pickle asked for, found in the list of those allowed. */
export class PickleGlobal {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** Numbers in the file that tensors look at. */
export class TorchStorage {
  readonly key: string;
  readonly dtype: ElementKind;
  /** Elements. */
  readonly count: number;

  constructor(key: string, dtype: ElementKind, count: number) {
    this.key = key;
    this.dtype = dtype;
    this.count = count;
  }
}

export interface StridedView {
  readonly storage: TorchStorage;
  /** Elements from the start of the storage. */
  readonly offset: number;
  readonly sizes: readonly number[];
  /** Elements from one entry of an axis to the next. */
  readonly strides: readonly number[];
}

export class StridedTensor {
  readonly view: StridedView;

  constructor(view: StridedView) {
    this.view = view;
  }
}

export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  /** list, tuple or set */
  | PickleValue[]
  /** dict or OrderedDict */
  | Map<PickleValue, PickleValue>
  | PickleGlobal
  | TorchStorage
  | StridedTensor;

interface ElementKind {
  /** PyTorch's name of the type. */
  readonly name: string;
  /** Bytes per element. */
  readonly bytes: number;
  /** `undefined` for types nothing here computes with. */
  readonly type?: StoredType;
}

const storages: ReadonlyMap<string, ElementKind> = new Map([
  ['torch.FloatStorage', { name: 'torch.float32', bytes: 4, type: 'float32' }],
  ['torch.HalfStorage', { name: 'torch.float16', bytes: 2, type: 'float16' }],
  ['torch.BFloat16Storage', { name: 'torch.bfloat16', bytes: 2, type: 'bfloat16' }],
  ['torch.DoubleStorage', { name: 'torch.float64', bytes: 8, type: 'float64' }],
  ['torch.LongStorage', { name: 'torch.int64', bytes: 8, type: 'int64' }],
  ['torch.IntStorage', { name: 'torch.int32', bytes: 4, type: 'int32' }],
  ['torch.CharStorage', { name: 'torch.int8', bytes: 1, type: 'int8' }],
  ['torch.ByteStorage', { name: 'torch.uint8', bytes: 1, type: 'uint8' }],
  ['torch.ShortStorage', { name: 'torch.int16', bytes: 2 }],
  ['torch.BoolStorage', { name: 'torch.bool', bytes: 1 }],
]);

/** PyTorch allows 64. */
const maxAxes = 64;
const isSize = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;

function isSizes(value: PickleValue | undefined): value is number[] {
  return Array.isArray(value) && value.length <= maxAxes && value.every(isSize);
}

type Arguments = readonly PickleValue[];
type Constructor = (args: Arguments) => PickleValue | undefined;

/** (storage, offset, sizes, strides, …); what follows says how to train it. */
function rebuildTensor([storage, offset, sizes, strides]: Arguments): PickleValue | undefined {
  const isTensor = storage instanceof TorchStorage && isSize(offset);
  if (!isTensor || !isSizes(sizes) || !isSizes(strides)) return undefined;
  if (sizes.length !== strides.length) return undefined;
  return new StridedTensor({ storage, offset, sizes, strides });
}

/** PyTorch writes OrderedDict() and fills it afterwards. */
function orderedDict(args: Arguments): PickleValue | undefined {
  return args.length === 0 ? new Map<PickleValue, PickleValue>() : undefined;
}

/** The list itself: a copy for each call would let a small pickle fill the memory. */
function list([items = []]: Arguments): PickleValue | undefined {
  return Array.isArray(items) ? items : undefined;
}

/** (type[, index]) → e.g. `cuda`. */
function device([type]: Arguments): PickleValue | undefined {
  return typeof type === 'string' ? type : undefined;
}

/** What each callable makes of its arguments; `undefined` for arguments it is never given. */
const constructors: ReadonlyMap<string, Constructor> = new Map<string, Constructor>([
  ['torch._utils._rebuild_tensor', rebuildTensor],
  ['torch._utils._rebuild_tensor_v2', rebuildTensor],
  [
    'torch._utils._rebuild_parameter',
    ([data]) => (data instanceof StridedTensor ? data : undefined),
  ],
  ['collections.OrderedDict', orderedDict],
  ['torch.Size', list],
  ['builtins.set', list],
  ['builtins.frozenset', list],
  ['builtins.list', list],
  ['__builtin__.set', list],
  ['__builtin__.frozenset', list],
  ['torch.device', device],
]);

const dtypeName =
  /^torch\.(float(16|32|64)|bfloat16|u?int(8|16|32|64)|bool|half|double|float|long|int|short)$/;

/** The value a name stands for, or `undefined` when it is not on the list. */
export function allowedGlobal(name: string): PickleValue | undefined {
  if (dtypeName.test(name)) return name;
  return storages.has(name) || constructors.has(name) ? new PickleGlobal(name) : undefined;
}

/** What `callable(*args)` stands for, or `undefined` when it is never called so. */
export function construct(callable: PickleValue, args: PickleValue): PickleValue | undefined {
  if (!(callable instanceof PickleGlobal) || !Array.isArray(args)) return undefined;
  return constructors.get(callable.name)?.(args);
}

/** ('storage', type, key, location, elements[, view]) → a storage; views of storages are not read. */
export function storageOf(id: PickleValue): TorchStorage | undefined {
  if (!Array.isArray(id)) return undefined;
  const [tag, type, key, , count, view = null] = id;
  const dtype = type instanceof PickleGlobal ? storages.get(type.name) : undefined;
  const isStorage = tag === 'storage' && typeof key === 'string' && isSize(count) && view === null;
  return isStorage && dtype !== undefined ? new TorchStorage(key, dtype, count) : undefined;
}
