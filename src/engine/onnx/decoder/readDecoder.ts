// Reads a decoder's .onnx in the form all else works on: one graph, with caches that grow.
import type { OnnxModel } from '../proto/model.ts';
import { readOnnx } from '../proto/protobuf.ts';
import { withoutCacheSwitch } from './mergedDecoder.ts';
import { hasWindowBuffers, withGrowingCaches } from './windowBuffers.ts';

export interface DecoderModel extends OnnxModel {
  /** The file itself wants its caches allotted beforehand (`bufferedInputs`). */
  readonly hasWindowBuffers: boolean;
}

/** Throws what `readOnnx` throws. */
export async function readDecoder(file: string): Promise<DecoderModel> {
  const model = await readOnnx(file);
  const proto = withoutCacheSwitch(model.proto);
  return { ...model, proto: withGrowingCaches(proto), hasWindowBuffers: hasWindowBuffers(proto) };
}
