// A tensor that lies in a file: enough to map it into a graph without reading it. Safetensors, uncompressed npz
// members, ONNX external data and the raw_data of an .onnx file are all this.

export type StoredType =
  'float64' | 'float32' | 'float16' | 'bfloat16' | 'int64' | 'int32' | 'int8' | 'uint8';

export interface StoredTensor {
  readonly name: string;
  readonly type: StoredType;
  /** Row-major. */
  readonly dims: readonly number[];
  /** Absolute path. */
  readonly file: string;
  /** Bytes from the start of the file; need not be aligned. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
}
