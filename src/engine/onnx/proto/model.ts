// A parsed ONNX model: structure and small constants; large tensors are references to files.
import type { ModelProto } from './schema.ts';

export interface OnnxModel {
  /** Absolute path of the .onnx file it was read from, if any. */
  readonly file?: string;
  /** Shared and never changed after parsing. */
  readonly proto: ModelProto;
}
