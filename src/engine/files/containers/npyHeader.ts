// The header of a .npy array: \x93NUMPY, version 1.0 to 3.0, length, and a Python dict with descr, fortran_order and
// shape. Read by pattern, never evaluated. Source: numpy `numpy/lib/_format_impl.py`.
import { elementCount } from '../../../shared/tensor.ts';
import type { StoredType } from '../storedTensor.ts';

export interface NpyHeader {
  /** numpy's name of the element type, e.g. `<f4`. */
  readonly descr: string;
  /** `undefined` for types nothing here computes with. */
  readonly type?: StoredType;
  readonly shape: readonly number[];
  readonly isFortranOrder: boolean;
  /** Bytes of the header: where the values begin. */
  readonly length: number;
  /** Bytes of the values; `undefined` with `type`. */
  readonly dataLength?: number;
}

/** Longest header looked at, in bytes; numpy pads real ones to a multiple of 64. */
export const maxNpyHeaderBytes = 16 * 1024;

const types: ReadonlyMap<string, readonly [StoredType, number]> = new Map([
  ['<f4', ['float32', 4]],
  ['<f2', ['float16', 2]],
  ['<f8', ['float64', 8]],
  ['<i8', ['int64', 8]],
  ['<i4', ['int32', 4]],
  ['|i1', ['int8', 1]],
  ['|u1', ['uint8', 1]],
]);

/** The text of the dict and where it ends. */
function headerText(bytes: Uint8Array): { readonly text: string; readonly end: number } | string {
  const magic = String.fromCharCode(...bytes.subarray(0, 6));
  const version = bytes[6] ?? 0;
  if (magic !== '\x93NUMPY' || version < 1 || version > 3 || bytes.length < 12) {
    return 'has no npy header of version 1 to 3';
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const start = version === 1 ? 10 : 12;
  const end = start + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (end > bytes.length) return `has an npy header of ${end} bytes`;
  return { text: new TextDecoder('latin1').decode(bytes.subarray(start, end)), end };
}

/** `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }` → its three values as text. */
function fields(text: string): ReadonlyMap<string, string> | undefined {
  const body = /^\{(.*)\}\s*$/s.exec(text)?.[1];
  if (body === undefined) return undefined;
  const found = new Map<string, string>();
  const field =
    /\s*'(descr|fortran_order|shape)':\s*('[^']*'|True|False|\([\d, ]*\)|\[.*\])\s*(?:,|$)/sy;
  while (body.slice(field.lastIndex).trim() !== '') {
    const match = field.exec(body);
    const [, key = '', value = ''] = match ?? [];
    if (match === null || found.has(key)) return undefined;
    found.set(key, value);
  }
  return found.size === 3 ? found : undefined;
}

const isFlag = (text?: string): boolean => text === 'True' || text === 'False';

function parseShape(text: string): readonly number[] | undefined {
  const inner = /^\(([\d, ]*)\)$/.exec(text)?.[1];
  if (inner === undefined) return undefined;
  const shape = inner.split(',').map((part) => part.trim());
  if (shape.at(-1) === '') shape.pop();
  const sizes = shape.map(Number);
  const isShape = shape.every((part) => /^\d+$/.test(part)) && sizes.every(Number.isSafeInteger);
  return isShape ? sizes : undefined;
}

/**
 * @param bytes the start of the array, {@link maxNpyHeaderBytes} or all of it
 * @returns the header, or what is wrong with it as the end of `W_enc.npy …`
 */
export function parseNpyHeader(bytes: Uint8Array): NpyHeader | string {
  const header = headerText(bytes);
  if (typeof header === 'string') return header;
  const found = fields(header.text);
  const shape = parseShape(found?.get('shape') ?? '');
  if (found === undefined || shape === undefined || !isFlag(found.get('fortran_order'))) {
    return 'has an npy header that numpy would not write';
  }
  const descr = /^'(.*)'$/s.exec(found.get('descr') ?? '')?.[1] ?? 'of a record';
  const isFortranOrder = found.get('fortran_order') === 'True';
  const type = types.get(descr);
  const common = { descr, shape, isFortranOrder, length: header.end };
  if (type === undefined) return common;
  return { ...common, type: type[0], dataLength: elementCount(shape) * type[1] };
}
