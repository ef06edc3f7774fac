// Safetensors files: reading the header only, and writing float32 tensors.
// Layout: u64 little-endian N; N bytes of JSON {name: {dtype, shape, data_offsets: [begin, end]}, __metadata__};
// then the data, offsets counted from there. As in the reference implementation, tensors must tile the data section
// without holes or overlaps. Values never enter memory here; tensorData.ts reads them.
import { MonosemError, messageOf } from '../../shared/errors.ts';
import { elementCount, type Tensor } from '../../shared/tensor.ts';
import { withByteFile, type ByteFile } from './byteFile.ts';
import { realPath, writeAtomic } from './files.ts';
import type { StoredTensor, StoredType } from './storedTensor.ts';

export interface SafetensorsHeader {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: ReadonlyMap<string, string>;
  /** Tensors of element types nothing here computes with, name → dtype. */
  readonly unsupported: ReadonlyMap<string, string>;
}

interface Entry {
  readonly name: string;
  readonly dtype: string;
  readonly dims: readonly number[];
  readonly begin: number;
  readonly end: number;
}

const what = 'The safetensors file';

/** The limit of the reference implementation, in bytes. */
const maxHeaderBytes = 100_000_000;

/** Bits per element, of every dtype in the format. */
const bitsPerElement: ReadonlyMap<string, number> = new Map(
  Object.entries({
    BOOL: 8, F4: 4, F6_E2M3: 6, F6_E3M2: 6, U8: 8, I8: 8, F8_E5M2: 8, F8_E4M3: 8, F8_E8M0: 8,
    F8_E4M3FNUZ: 8, F8_E5M2FNUZ: 8, I16: 16, U16: 16, F16: 16, BF16: 16, I32: 32, U32: 32, F32: 32,
    C64: 64, F64: 64, I64: 64, U64: 64,
  }), // prettier-ignore
);

const storedTypes: ReadonlyMap<string, StoredType> = new Map<string, StoredType>([
  ['F64', 'float64'],
  ['F32', 'float32'],
  ['F16', 'float16'],
  ['BF16', 'bfloat16'],
  ['I64', 'int64'],
  ['I32', 'int32'],
  ['I8', 'int8'],
  ['U8', 'uint8'],
]);

function damaged(file: string, problem: string): MonosemError {
  return new MonosemError(
    'fileDamaged',
    `${what} ${file} is damaged: ${problem}; download or export it again.`,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A size or an offset: exact as a number, not negative. */
function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function readHeaderText(bytes: ByteFile): { readonly text: string; readonly dataStart: number } {
  if (bytes.size < 8)
    throw damaged(bytes.file, `it has ${bytes.size} bytes, fewer than any header`);
  const view = new DataView(bytes.read(0, 8).buffer);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(maxHeaderBytes) || Number(length) > bytes.size - 8) {
    throw damaged(bytes.file, `its header claims ${length.toString()} bytes of ${bytes.size}`);
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.read(8, Number(length)));
    return { text, dataStart: 8 + Number(length) };
  } catch {
    throw damaged(bytes.file, 'its header is not UTF-8');
  }
}

function parseHeader(file: string, text: string): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (error) {
    throw damaged(file, `its header is not JSON (${messageOf(error)})`);
  }
  if (!isRecord(header)) throw damaged(file, 'its header is not a JSON object');
  return header;
}

function parseMetadata(file: string, value: unknown): Map<string, string> {
  const metadata = new Map<string, string>();
  if (value === undefined) return metadata;
  if (!isRecord(value)) throw damaged(file, '__metadata__ is not an object');
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') throw damaged(file, `__metadata__.${key} is not a string`);
    metadata.set(key, text);
  }
  return metadata;
}

function parseEntry(file: string, name: string, value: unknown): Entry {
  if (!isRecord(value)) throw damaged(file, `the entry of tensor ${name} is not an object`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string') throw damaged(file, `tensor ${name} has no dtype`);
  if (!Array.isArray(shape) || !shape.every(isSize)) {
    throw damaged(file, `tensor ${name} has no valid shape`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize)) {
    throw damaged(file, `tensor ${name} has no valid data_offsets`);
  }
  const [begin = 0, end = 0] = offsets;
  const bits = bitsPerElement.get(dtype);
  if (bits === undefined) throw damaged(file, `tensor ${name} has the unknown dtype ${dtype}`);
  if (end - begin !== (elementCount(shape) * bits) / 8) {
    throw damaged(
      file,
      `tensor ${name} of shape [${shape.join(', ')}] and dtype ${dtype} has ${end - begin} bytes`,
    );
  }
  return { name, dtype, dims: shape, begin, end };
}

function expectTiling(file: string, entries: readonly Entry[], dataLength: number): void {
  let position = 0;
  for (const entry of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (entry.end > dataLength) {
      throw damaged(file, `it is cut short, tensor ${entry.name} ends past the end of the file`);
    }
    if (entry.begin !== position) {
      throw damaged(file, `tensor ${entry.name} overlaps another or leaves a hole before it`);
    }
    position = entry.end;
  }
  if (position !== dataLength) {
    throw damaged(file, `${dataLength - position} bytes after the last tensor belong to none`);
  }
}

/**
 * Reads and validates the header: bounds, tiling, dtype and shape against byte length.
 * @throws MonosemError `fileMissing`, `fileUnreadable`, `fileDamaged`
 */
export async function readSafetensors(file: string): Promise<SafetensorsHeader> {
  const absolute = await realPath(file, what);
  return withByteFile(absolute, what, (bytes) => {
    const { text, dataStart } = readHeaderText(bytes);
    const { __metadata__: metadata, ...rest } = parseHeader(absolute, text);
    const entries = Object.entries(rest).map(([name, value]) => parseEntry(absolute, name, value));
    expectTiling(absolute, entries, bytes.size - dataStart);
    const tensors = new Map<string, StoredTensor>();
    const unsupported = new Map<string, string>();
    for (const { name, dtype, dims, begin, end } of entries) {
      const type = storedTypes.get(dtype);
      if (type === undefined) unsupported.set(name, dtype);
      else {
        const offset = dataStart + begin;
        tensors.set(name, { name, type, dims, file: absolute, offset, length: end - begin });
      }
    }
    return { tensors, metadata: parseMetadata(absolute, metadata), unsupported };
  });
}

function bytesOf(data: Float32Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/**
 * Writes float32 tensors, complete or not at all. The data section starts 8-byte aligned, and tensors whose length
 * is a multiple of 8 bytes come first, so that as many as possible are aligned too.
 */
export async function writeSafetensors(
  file: string,
  tensors: Readonly<Record<string, Tensor>>,
  metadata?: Readonly<Record<string, string>>,
): Promise<void> {
  const entries = Object.entries(tensors).sort(
    ([, a], [, b]) => (a.data.byteLength % 8) - (b.data.byteLength % 8),
  );
  const header: Record<string, unknown> = metadata === undefined ? {} : { __metadata__: metadata };
  let position = 0;
  for (const [name, { dims, data }] of entries) {
    const end = position + data.byteLength;
    header[name] = { dtype: 'F32', shape: dims, data_offsets: [position, end] };
    position = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const padded = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(padded.buffer).setBigUint64(0, BigInt(padded.length - 8), true);
  padded.set(json, 8);
  const data = entries.map(([, tensor]) => bytesOf(tensor.data));
  await writeAtomic(file, [padded, ...data], what);
}
