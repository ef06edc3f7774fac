// Makes TensorProto messages: small ones with their bytes inline, large ones as references into files. Typed
// arrays are little-endian here as in ONNX; every platform onnxruntime supports is.
import type { StoredTensor } from '../../files/storedTensor.ts';
import { elementCount } from '../../../shared/tensor.ts';
import { MonosemError } from '../../../shared/errors.ts';
import { dataTypeNumber, type ElementType } from './elementType.ts';
import { externalLocation, type StringEntry, type TensorProto } from './schema.ts';

export type ConstantData =
  Float32Array | Float64Array | BigInt64Array | Int32Array | Int8Array | Uint8Array | Uint16Array;

/** Element type a typed array has unless the caller says otherwise (`bool` in a Uint8Array, `float16` bits in a Uint16Array). */
function naturalType(data: ConstantData): ElementType {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Float64Array) return 'float64';
  if (data instanceof BigInt64Array) return 'int64';
  if (data instanceof Int32Array) return 'int32';
  if (data instanceof Int8Array) return 'int8';
  return data instanceof Uint8Array ? 'uint8' : 'uint16';
}

/** @param dims row-major; [] is a scalar */
export function inlineTensor(
  name: string,
  data: ConstantData,
  dims: readonly number[],
  type: ElementType = naturalType(data),
): TensorProto {
  if (elementCount(dims) !== data.length) {
    throw new MonosemError(
      'badShape',
      `Constant ${name} has ${data.length} elements where [${dims.join(', ')}] is expected.`,
    );
  }
  return {
    name,
    dims: [...dims],
    dataType: dataTypeNumber(type),
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice(),
  };
}

/** @param file absolute path */
export function externalEntries(file: string, offset: number, length: number): StringEntry[] {
  return [
    { key: 'location', value: file },
    { key: 'offset', value: String(offset) },
    { key: 'length', value: String(length) },
  ];
}

export function referencedTensor(name: string, stored: StoredTensor): TensorProto {
  return {
    name,
    dims: [...stored.dims],
    dataType: dataTypeNumber(stored.type),
    externalData: externalEntries(stored.file, stored.offset, stored.length),
    dataLocation: externalLocation,
  };
}

export function externalLocationOf(tensor: TensorProto): string | undefined {
  if (tensor.dataLocation !== externalLocation) return undefined;
  return tensor.externalData?.find((entry) => entry.key === 'location')?.value;
}
