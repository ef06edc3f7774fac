// Element types of ONNX tensors: name, number in TensorProto.DataType, bytes per element. The names are those of
// onnxruntime where both have one.

export type ElementType =
  | 'float32'
  | 'uint8'
  | 'int8'
  | 'uint16'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'string'
  | 'bool'
  | 'float16'
  | 'float64'
  | 'uint32'
  | 'uint64'
  | 'bfloat16'
  | 'uint4'
  | 'int4';

/** [number in TensorProto.DataType, bytes per element]; 0 bytes: packed below a byte, or of variable length. */
const types: Readonly<Record<ElementType, readonly [number, number]>> = {
  float32: [1, 4],
  uint8: [2, 1],
  int8: [3, 1],
  uint16: [4, 2],
  int16: [5, 2],
  int32: [6, 4],
  int64: [7, 8],
  string: [8, 0],
  bool: [9, 1],
  float16: [10, 2],
  float64: [11, 8],
  uint32: [12, 4],
  uint64: [13, 8],
  bfloat16: [16, 2],
  uint4: [21, 0],
  int4: [22, 0],
};

const byNumber = new Map<number, ElementType>(
  Object.entries(types).map(([name, [number]]) => [number, name as ElementType]),
);

export function dataTypeNumber(type: ElementType): number {
  return types[type][0];
}

/** `undefined` for types this project has no name for (float8 and the like). */
export function elementTypeOf(dataType: number | undefined): ElementType | undefined {
  return dataType === undefined ? undefined : byNumber.get(dataType);
}

/** `undefined` where elements are not whole bytes. */
export function bytesPerElement(dataType: number | undefined): number | undefined {
  const type = elementTypeOf(dataType);
  const bytes = type === undefined ? 0 : types[type][1];
  return bytes === 0 ? undefined : bytes;
}
