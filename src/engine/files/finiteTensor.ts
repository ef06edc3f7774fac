// Looks for NaN and infinity in a tensor that lies in a file, in one pass over its bytes: a piece is read while the one
// before is looked at, and nothing is kept.
import { open, type FileHandle } from 'node:fs/promises';
import { MonosemError } from '../../shared/errors.ts';
import {
  nonFiniteBfloat16,
  nonFiniteFloat16,
  nonFiniteFloat32,
  nonFiniteFloat64,
} from '../math/finite.ts';
import { fileError } from './files.ts';
import type { StoredTensor, StoredType } from './storedTensor.ts';
import { readTensor } from './tensorData.ts';

/** Bytes read at once: a multiple of every element's size, small enough to stay in the cache of a processor. */
const pieceBytes = 1 << 20;

/** By type: the size of an element, and what finds the first NaN or infinity in words of 32 bits. Integers have none. */
const formats: Readonly<
  Partial<Record<StoredType, readonly [bytes: number, find: (words: Int32Array) => number]>>
> = {
  float64: [8, nonFiniteFloat64],
  float32: [4, nonFiniteFloat32],
  float16: [2, nonFiniteFloat16],
  bfloat16: [2, nonFiniteBfloat16],
};

export interface NonFinite {
  /** Of the element, in the order of the file. */
  readonly index: number;
  /** NaN, Infinity or −Infinity. */
  readonly value: number;
}

/** The first element that is no finite float32. */
export async function findNonFinite(stored: StoredTensor): Promise<NonFinite | undefined> {
  const format = formats[stored.type];
  if (format === undefined) return undefined;
  const [size, find] = format;
  const handle = await open(stored.file, 'r').catch((error: unknown) => {
    throw fileError(error, stored.file, `The file of tensor ${stored.name}`);
  });
  try {
    for await (const { from, words } of pieces(handle, stored)) {
      const at = find(words);
      if (at !== -1) return await elementAt(stored, from / size + at, size);
    }
    return undefined;
  } finally {
    await handle.close();
  }
}

interface Piece {
  /** Bytes from the start of the tensor. */
  readonly from: number;
  /** Zeros after the last byte, up to a whole word. */
  readonly words: Int32Array;
}

/** Consecutive pieces of a tensor; each one's buffer is used again for the one after the next. */
async function* pieces(handle: FileHandle, stored: StoredTensor): AsyncGenerator<Piece> {
  let [current, other] = [new Uint8Array(pieceBytes), new Uint8Array(pieceBytes)];
  let reading = readPiece(handle, stored, { from: 0, target: current });
  for (let from = 0; from < stored.length; from += pieceBytes) {
    const piece = await reading;
    [current, other] = [other, current];
    const next = from + pieceBytes;
    if (next < stored.length) reading = readPiece(handle, stored, { from: next, target: current });
    try {
      yield piece;
    } finally {
      // Where nobody wants more, the read under way must end before the file is closed.
      await reading;
    }
  }
}

async function readPiece(
  handle: FileHandle,
  stored: StoredTensor,
  { from, target }: { readonly from: number; readonly target: Uint8Array<ArrayBuffer> },
): Promise<Piece> {
  const bytes = Math.min(pieceBytes, stored.length - from);
  for (let done = 0; done < bytes;) {
    const position = stored.offset + from + done;
    const { bytesRead } = await handle
      .read(target, done, bytes - done, position)
      .catch((error: unknown) => {
        throw fileError(error, stored.file, `The file of tensor ${stored.name}`);
      });
    if (bytesRead === 0) throw cutShort(stored);
    done += bytesRead;
  }
  const words = Math.ceil(bytes / 4);
  target.fill(0, bytes, words * 4);
  return { from, words: new Int32Array(target.buffer, 0, words) };
}

function cutShort({ name, file }: StoredTensor): MonosemError {
  return new MonosemError(
    'fileDamaged',
    `The file of tensor ${name} is cut short: ${file} ends inside it; download or copy the file again.`,
  );
}

async function elementAt(stored: StoredTensor, index: number, size: number): Promise<NonFinite> {
  const offset = stored.offset + index * size;
  const { data } = await readTensor({ ...stored, dims: [1], offset, length: size });
  return { index, value: data[0] ?? NaN };
}
