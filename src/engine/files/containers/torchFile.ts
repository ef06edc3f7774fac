// Weights as torch.save writes them (.pt, .pth, .bin), without PyTorch and without running anything they contain.
// Zip form (since 1.6): NAME/data.pkl beside NAME/data/KEY, all stored. Legacy form: five pickles (magic number,
// protocol, machine, object, storage keys), then per key a count and the numbers. Storages are left where they lie.
// CRCs are not compared here: PyTorch can be told not to compute them. Source: torch `torch/serialization.py`.
import { withByteFile, type ByteFile } from '../byteFile.ts';
import { realPath } from '../files.ts';
import { PickleBytes } from './pickleBytes.ts';
import {
  damagedContainer,
  refusedContainer,
  type StoredView,
  type TensorTable,
} from './tensorTable.ts';
import type { PickleValue, TorchStorage } from './torchObjects.ts';
import {
  torchTree,
  TorchTensor,
  type StorageBytes,
  type TorchDict,
  type TorchValue,
} from './torchTree.ts';
import { unpickle } from './unpickle.ts';
import { isZip, readZip, type ZipMember } from './zip.ts';

const what = 'The PyTorch file';
/** Pickles of weights have a few hundred bytes per tensor. */
const maxPickleBytes = 16 * 1024 * 1024;
const legacyMagic = 0x1950a86a20f9469cfc6cn;
const legacyProtocol = 1001;

class TorchReader {
  readonly #bytes: ByteFile;

  constructor(bytes: ByteFile) {
    this.#bytes = bytes;
  }

  read(): TorchValue {
    return isZip(this.#bytes) ? this.#readZip() : this.#readLegacy();
  }

  readonly #damaged = (problem: string): Error => damagedContainer(what, this.#bytes.file, problem);

  readonly #refused = (problem: string): Error => refusedContainer(what, this.#bytes.file, problem);

  #tree(value: PickleValue, storage: (storage: TorchStorage) => StorageBytes): TorchValue {
    const { file } = this.#bytes;
    return torchTree(value, { file, storage, refused: this.#refused, damaged: this.#damaged });
  }

  #readZip(): TorchValue {
    const { members } = readZip(this.#bytes, what);
    const byName = new Map(members.map((member) => [member.name, member]));
    const pickle = members.find(({ name }) => /^[^/]+\/data\.pkl$/.test(name));
    if (pickle === undefined) throw this.#refused('it is a zip archive without data.pkl');
    const root = pickle.name.slice(0, -'data.pkl'.length);
    if (byName.has(`${root}constants.pkl`)) {
      throw this.#refused('it is a TorchScript program, not a dict of weights');
    }
    this.#expectLittleEndian(byName.get(`${root}byteorder`));
    const storage = ({ key }: TorchStorage): StorageBytes => {
      const member = byName.get(`${root}data/${key}`);
      if (member === undefined)
        throw this.#damaged(`it has no storage ${JSON.stringify(key.slice(0, 40))}`);
      return { offset: this.#stored(member).offset, length: member.size };
    };
    const { offset, size } = this.#stored(pickle);
    return this.#tree(unpickle(this.#pickle(offset, offset + size)).value, storage);
  }

  #stored(member: ZipMember): ZipMember {
    if (member.isDeflated)
      throw this.#refused(`${member.name} is compressed, which PyTorch never does`);
    return member;
  }

  #expectLittleEndian(member: ZipMember | undefined): void {
    if (member === undefined) return;
    const order = this.#bytes.read(member.offset, Math.min(member.size, 16));
    if (new TextDecoder().decode(order) !== 'little')
      throw this.#refused('its numbers are big-endian');
  }

  #pickle(start: number, end: number): PickleBytes {
    const limit = Math.min(end, start + maxPickleBytes);
    return new PickleBytes(this.#bytes, what, { start, end: limit });
  }

  #readLegacy(): TorchValue {
    if (this.#bytes.read(0, Math.min(2, this.#bytes.size))[0] !== 0x80) {
      throw this.#refused('it is neither a zip archive nor a pickle');
    }
    const bytes = this.#pickle(0, this.#bytes.size);
    const [magic, protocol] = [unpickle(bytes).value, unpickle(bytes).value];
    if (magic !== legacyMagic || protocol !== legacyProtocol) {
      throw this.#refused('it is a pickle that torch.save did not write');
    }
    const machine = unpickle(bytes).value;
    if (machine instanceof Map && machine.get('little_endian') === false) {
      throw this.#refused('its numbers are big-endian');
    }
    const { value, storages } = unpickle(bytes);
    const keys = unpickle(bytes).value;
    return this.#tree(value, this.#legacyStorages(storages, keys, bytes.position));
  }

  /** A count of 8 bytes and the numbers, one storage after the other in the order of their keys. */
  #legacyStorages(
    storages: readonly TorchStorage[],
    keys: PickleValue,
    start: number,
  ): (storage: TorchStorage) => StorageBytes {
    if (!Array.isArray(keys)) throw this.#damaged('it lists no storages');
    const known = new Map(storages.map((storage) => [storage.key, storage]));
    const places = new Map<string, StorageBytes>();
    let position = start;
    for (const key of keys) {
      const storage = typeof key === 'string' ? known.get(key) : undefined;
      if (storage === undefined || places.has(storage.key)) {
        throw this.#damaged('its list of storages is not that of its tensors');
      }
      const count = new DataView(this.#bytes.read(position, 8).buffer).getBigUint64(0, true);
      if (count !== BigInt(storage.count)) {
        throw this.#damaged(`a storage of ${storage.count} numbers has ${count.toString()}`);
      }
      const place = { offset: position + 8, length: storage.count * storage.dtype.bytes };
      position = place.offset + place.length;
      places.set(storage.key, place);
    }
    if (position > this.#bytes.size) {
      throw this.#damaged(`it is cut short, ${position} bytes are needed of ${this.#bytes.size}`);
    }
    return ({ key }) => {
      const place = places.get(key);
      if (place === undefined) throw this.#damaged('a tensor has no storage');
      return place;
    };
  }
}

/** What a file holds: usually a dict of tensors. */
export interface TorchContent {
  /** Absolute path. */
  readonly file: string;
  readonly root: TorchValue;
}

/**
 * Reads what torch.save wrote, leaving every tensor in the file.
 * @throws MonosemError `fileDamaged`; `unsupportedSae` for pickles with anything but tensors and plain containers, by
 *   its name; `fileMissing`, `fileUnreadable`
 */
export async function readTorch(file: string): Promise<TorchContent> {
  const absolute = await realPath(file, what);
  const root = await withByteFile(absolute, what, (bytes) => new TorchReader(bytes).read());
  return { file: absolute, root };
}

export function isTorchDict(value: TorchValue | undefined): value is TorchDict {
  return value instanceof Map;
}

/** The tensors directly in a dict; what else it holds is left out. */
export function torchTable(file: string, dict: TorchDict): TensorTable {
  const tensors = new Map<string, StoredView>();
  const unusable = new Map<string, string>();
  for (const [name, value] of dict) {
    if (!(value instanceof TorchTensor)) continue;
    if (typeof value.view === 'string') unusable.set(name, value.view);
    else tensors.set(name, value.view);
  }
  return { file, tensors, unusable };
}
