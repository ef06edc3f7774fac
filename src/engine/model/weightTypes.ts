// What a model's weights are stored as: bytes by element type, from the graph alone.
import type { OnnxModel } from '../onnx/proto/model.ts';
import { elementTypeOf } from '../onnx/proto/elementType.ts';
import { mapTensors } from '../onnx/externalData/externalData.ts';
import type { TensorProto } from '../onnx/proto/schema.ts';

export interface WeightType {
  readonly type: string;
  readonly bytes: number;
}

/** Largest first; constants inside nodes and branches are counted too. */
export function weightTypes({ proto }: OnnxModel): WeightType[] {
  const bytes = new Map<string, number>();
  mapTensors(proto.graph ?? {}, (tensor) => {
    const type = elementTypeOf(tensor.dataType) ?? `type ${tensor.dataType ?? 0}`;
    bytes.set(type, (bytes.get(type) ?? 0) + storedBytes(tensor));
    return tensor;
  });
  return [...bytes]
    .map(([type, total]) => ({ type, bytes: total }))
    .sort((a, b) => b.bytes - a.bytes);
}

/** Small values may be stored as numbers of the message; they weigh next to nothing and count by their number. */
function storedBytes({ externalData, rawData, ...typed }: TensorProto): number {
  const length = externalData?.find(({ key }) => key === 'length')?.value;
  if (length !== undefined) return Number(length);
  if (rawData !== undefined && rawData.length > 0) return rawData.length;
  const {
    floatData = [],
    int32Data = [],
    int64Data = [],
    doubleData = [],
    uint64Data = [],
  } = typed;
  const eight = int64Data.length + doubleData.length + uint64Data.length;
  return 4 * (floatData.length + int32Data.length) + 8 * eight;
}

export function weightBytes(model: OnnxModel): number {
  return weightTypes(model).reduce((total, { bytes }) => total + bytes, 0);
}
