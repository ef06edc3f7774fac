// A pickle machine that can only build what torchObjects.ts lists: it has no way to import, to call or to set
// attributes, so a pickle written to run code is refused at the name it asks for. Opcodes: Python `pickletools.py`.
import type { PickleBytes } from './pickleBytes.ts';
import {
  allowedGlobal,
  construct,
  storageOf,
  type PickleValue,
  type TorchStorage,
} from './torchObjects.ts';

export interface Unpickled {
  readonly value: PickleValue;
  /** Every storage the pickle named, in its order. */
  readonly storages: readonly TorchStorage[];
}

/** Weights of 20,000 tensors take fewer steps; the memory a pickle can ask for is bounded by this. */
const maxSteps = 500_000;
const maxIntegerBytes = 64;

/** A name from the file, short and without what would not print. */
function shown(name: string): string {
  return /^[\w.]{1,100}$/.test(name) ? name : JSON.stringify(name.slice(0, 100));
}

type Step = (machine: Machine) => void;

class Machine {
  readonly bytes: PickleBytes;
  readonly storages: TorchStorage[] = [];
  readonly #memo = new Map<number, PickleValue>();
  readonly #below: PickleValue[][] = [];
  #stack: PickleValue[] = [];

  constructor(bytes: PickleBytes) {
    this.bytes = bytes;
  }

  run(): PickleValue {
    for (let step = 0; step < maxSteps; step += 1) {
      const opcode = this.bytes.byte();
      if (opcode === stop) return this.pop();
      const action = steps.get(opcode);
      if (action === undefined) {
        throw this.bytes.refused(
          `its pickle uses opcode 0x${opcode.toString(16).padStart(2, '0')}, which PyTorch does not write for weights`,
        );
      }
      action(this);
    }
    throw this.bytes.refused(`its pickle takes more than ${maxSteps} steps`);
  }

  push(value: PickleValue): void {
    this.#stack.push(value);
  }

  pop(): PickleValue {
    const value = this.#stack.pop();
    if (value === undefined) throw this.bytes.damaged('its pickle takes more than it has');
    return value;
  }

  top(): PickleValue {
    const value = this.pop();
    this.push(value);
    return value;
  }

  mark(): void {
    this.#below.push(this.#stack);
    this.#stack = [];
  }

  /** What was pushed since the last mark. */
  sinceMark(): PickleValue[] {
    const items = this.#stack;
    const below = this.#below.pop();
    if (below === undefined) throw this.bytes.damaged('its pickle takes more than it has');
    this.#stack = below;
    return items;
  }

  remember(index: number): void {
    this.#memo.set(index, this.top());
  }

  memoise(): void {
    this.remember(this.#memo.size);
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw this.bytes.damaged('its pickle refers to what it never made');
    this.push(value);
  }

  global(name: string): void {
    const value = allowedGlobal(name);
    if (value === undefined) {
      throw this.bytes.refused(`its pickle asks for ${shown(name)}, which is no part of weights`);
    }
    this.push(value);
  }

  stackGlobal(): void {
    const name = this.pop();
    const module = this.pop();
    if (typeof name !== 'string' || typeof module !== 'string') {
      throw this.bytes.damaged('its pickle asks for something without a name');
    }
    this.global(`${module}.${name}`);
  }

  reduce(): void {
    const args = this.pop();
    const value = construct(this.pop(), args);
    if (value === undefined)
      throw this.bytes.refused('its pickle builds something that is no tensor');
    this.push(value);
  }

  /** Attributes of an OrderedDict, such as _metadata of a state dict, are of no use here; nothing else has any. */
  build(): void {
    this.pop();
    if (!(this.top() instanceof Map)) {
      throw this.bytes.refused('its pickle sets attributes of what is no dict');
    }
  }

  persistent(): void {
    const storage = storageOf(this.pop());
    if (storage === undefined)
      throw this.bytes.refused('its pickle has a storage of an unknown kind');
    this.storages.push(storage);
    this.push(storage);
  }

  append(items: readonly PickleValue[]): void {
    const list = this.top();
    if (!Array.isArray(list)) throw this.bytes.damaged('its pickle appends to what is no list');
    for (const item of items) list.push(item);
  }

  setItems(items: readonly PickleValue[]): void {
    const dict = this.top();
    if (!(dict instanceof Map)) throw this.bytes.damaged('its pickle fills what is no dict');
    for (let at = 0; at < items.length; at += 2) {
      const [key, value] = [items[at], items[at + 1]];
      if (key === undefined || value === undefined) {
        throw this.bytes.damaged('its pickle has a key without a value');
      }
      dict.set(key, value);
    }
  }

  /** The last `count` values as a tuple. */
  tuple(count: number): void {
    const items = Array.from({ length: count }, () => this.pop());
    this.push(items.reverse());
  }

  /** Two's complement, little-endian. */
  integer(length: number): void {
    if (length > maxIntegerBytes) {
      throw this.bytes.refused(`its pickle has a number of ${length} bytes`);
    }
    const magnitude = this.bytes
      .take(length)
      .reduceRight((value, byte) => value * 256n + BigInt(byte), 0n);
    const value = BigInt.asIntN(length * 8, magnitude);
    const isExact = BigInt(Number.MIN_SAFE_INTEGER) <= value && value <= Number.MAX_SAFE_INTEGER;
    this.push(isExact ? Number(value) : value);
  }

  float(): void {
    const { buffer } = this.bytes.take(8);
    this.push(new DataView(buffer).getFloat64(0, false));
  }
}

const stop = 0x2e;
const pushText =
  (size: 1 | 4 | 8): Step =>
  (machine) =>
    machine.push(machine.bytes.text(machine.bytes.unsigned(size)));
const pushBytes =
  (size: 1 | 4 | 8): Step =>
  (machine) =>
    machine.push(machine.bytes.take(machine.bytes.unsigned(size)));
const pushList: Step = (machine) => machine.push(machine.sinceMark());
const pushEmptyList: Step = (machine) => machine.push([]);

/** Opcodes of protocols 2 to 5 that weights are made of, by byte. */
const steps: ReadonlyMap<number, Step> = new Map<number, Step>([
  // PROTO and FRAME say nothing that matters here.
  [0x80, (m) => void m.bytes.byte()],
  [0x95, (m) => void m.bytes.take(8)],
  // Constants and numbers.
  [0x4e, (m) => m.push(null)],
  [0x88, (m) => m.push(true)],
  [0x89, (m) => m.push(false)],
  [0x4b, (m) => m.push(m.bytes.unsigned(1))],
  [0x4d, (m) => m.push(m.bytes.unsigned(2))],
  [0x4a, (m) => m.integer(4)],
  [0x8a, (m) => m.integer(m.bytes.unsigned(1))],
  [0x8b, (m) => m.integer(m.bytes.unsigned(4))],
  [0x47, (m) => m.float()],
  // Text and bytes.
  [0x58, pushText(4)],
  [0x8c, pushText(1)],
  [0x8d, pushText(8)],
  [0x54, pushText(4)],
  [0x55, pushText(1)],
  [0x42, pushBytes(4)],
  [0x43, pushBytes(1)],
  [0x8e, pushBytes(8)],
  [0x96, pushBytes(8)],
  // Lists, tuples and sets.
  [0x5d, pushEmptyList],
  [0x29, pushEmptyList],
  [0x8f, pushEmptyList],
  [0x6c, pushList],
  [0x74, pushList],
  [0x91, pushList],
  [0x85, (m) => m.tuple(1)],
  [0x86, (m) => m.tuple(2)],
  [0x87, (m) => m.tuple(3)],
  [0x61, (m) => m.append([m.pop()])],
  [0x65, (m) => m.append(m.sinceMark())],
  [0x90, (m) => m.append(m.sinceMark())],
  // Dicts.
  [0x7d, (m) => m.push(new Map())],
  [
    0x64,
    (m) => {
      const items = m.sinceMark();
      m.push(new Map());
      m.setItems(items);
    },
  ],
  [
    0x73,
    (m) => {
      const value = m.pop();
      m.setItems([m.pop(), value]);
    },
  ],
  [0x75, (m) => m.setItems(m.sinceMark())],
  // Stack and memo.
  [0x28, (m) => m.mark()],
  [0x30, (m) => void m.pop()],
  [0x31, (m) => void m.sinceMark()],
  [0x32, (m) => m.push(m.top())],
  [0x71, (m) => m.remember(m.bytes.unsigned(1))],
  [0x72, (m) => m.remember(m.bytes.unsigned(4))],
  [0x94, (m) => m.memoise()],
  [0x68, (m) => m.recall(m.bytes.unsigned(1))],
  [0x6a, (m) => m.recall(m.bytes.unsigned(4))],
  // Names, calls, attributes and storages, all answered from the list.
  [
    0x63,
    (m) => {
      const module = m.bytes.line();
      m.global(`${module}.${m.bytes.line()}`);
    },
  ],
  [0x93, (m) => m.stackGlobal()],
  [0x52, (m) => m.reduce()],
  [0x81, (m) => m.reduce()],
  [0x62, (m) => m.build()],
  [0x51, (m) => m.persistent()],
]);

/**
 * Reads one pickle from the position on.
 * @throws MonosemError `fileDamaged`; `unsupportedSae` for anything but tensors and plain containers, by its name
 */
export function unpickle(bytes: PickleBytes): Unpickled {
  const machine = new Machine(bytes);
  return { value: machine.run(), storages: machine.storages };
}
