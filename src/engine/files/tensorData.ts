// Values of tensors that lie in files, as float32: half-precision formats and integers are widened here and
// double precision is rounded, so that nothing above knows them. Files are little-endian, as is every platform Node runs the engine on.
import { MonosemError } from '../../shared/errors.ts';
import { elementCount, type Tensor } from '../../shared/tensor.ts';
import { widenBfloat16, widenHalf } from '../math/half.ts';
import { withByteFile, type ByteFile } from './byteFile.ts';
import type { StoredTensor, StoredType } from './storedTensor.ts';

const bytesPerElement: Readonly<Record<StoredType, number>> = {
  float64: 8,
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int64: 8,
  int32: 4,
  int8: 1,
  uint8: 1,
};

/** `bytes` must begin at the start of its buffer. */
function widen(type: StoredType, { buffer }: { readonly buffer: ArrayBufferLike }): Float32Array {
  switch (type) {
    case 'float64':
      return Float32Array.from(new Float64Array(buffer));
    case 'float32':
      return new Float32Array(buffer);
    case 'float16':
      return widenHalf(new Uint16Array(buffer));
    case 'bfloat16':
      return widenBfloat16(new Uint16Array(buffer));
    case 'int64':
      return Float32Array.from(new BigInt64Array(buffer), Number);
    case 'int32':
      return Float32Array.from(new Int32Array(buffer));
    case 'int8':
      return Float32Array.from(new Int8Array(buffer));
    case 'uint8':
      return Float32Array.from(new Uint8Array(buffer));
  }
}

function whatIs(stored: StoredTensor): string {
  return `The file of tensor ${stored.name}`;
}

function expectInside(stored: StoredTensor, index: number, size: number, axis: string): void {
  if (Number.isInteger(index) && index >= 0 && index < size) return;
  throw new MonosemError(
    'badArgument',
    `Tensor ${stored.name} in ${stored.file} has ${size} ${axis}, there is no number ${index}; choose one below ${size}.`,
  );
}

/** The whole tensor, widened to float32. */
export async function readTensor(stored: StoredTensor): Promise<Tensor> {
  return withByteFile(stored.file, whatIs(stored), (bytes) => ({
    dims: stored.dims,
    data: widen(stored.type, bytes.read(stored.offset, stored.length)),
  }));
}

/** Selected rows along the first axis: stored [N, …] and R row numbers → [R, …]. */
export async function readRows(stored: StoredTensor, rows: ArrayLike<number>): Promise<Tensor> {
  const [count = 0, ...rest] = stored.dims;
  const rowBytes = elementCount(rest) * bytesPerElement[stored.type];
  const gathered = new Uint8Array(rows.length * rowBytes);
  await withByteFile(stored.file, whatIs(stored), (bytes) => {
    Array.from(rows).forEach((row, index) => {
      expectInside(stored, row, count, 'rows');
      const target = gathered.subarray(index * rowBytes, (index + 1) * rowBytes);
      bytes.readInto(target, stored.offset + row * rowBytes);
    });
  });
  return { dims: [rows.length, ...rest], data: widen(stored.type, gathered) };
}

function readColumnsOf(bytes: ByteFile, stored: StoredTensor, columns: readonly number[]) {
  const [rows = 0, width = 0] = stored.dims;
  const size = bytesPerElement[stored.type];
  const gathered = new Uint8Array(columns.length * rows * size);
  columns.forEach((column, index) => {
    for (let row = 0; row < rows; row += 1) {
      const at = (index * rows + row) * size;
      const offset = stored.offset + (row * width + column) * size;
      bytes.readInto(gathered.subarray(at, at + size), offset);
    }
  });
  return gathered;
}

/** Selected columns of a matrix, one per row of the result: stored [N, M] and R column numbers → [R, N]. */
export async function readColumns(
  stored: StoredTensor,
  columns: ArrayLike<number>,
): Promise<Tensor> {
  const [rows = 0, width = 0] = stored.dims;
  const wanted = Array.from(columns);
  for (const column of wanted) expectInside(stored, column, width, 'columns');
  const gathered = await withByteFile(stored.file, whatIs(stored), (bytes) =>
    readColumnsOf(bytes, stored, wanted),
  );
  return { dims: [wanted.length, rows], data: widen(stored.type, gathered) };
}
