// Newer builders of onnxruntime-genai (0.18) let attention with a sliding window keep its cache in a buffer that has to
// exist beforehand, as long as the whole text. Without that attribute the same operator takes caches that grow with the
// text, and computes the same.
import { shallowCopy, type ModelProto, type NodeProto } from '../proto/schema.ts';
import type { DecoderInputs } from './interface.ts';

const bufferAttribute = 'sliding_window_cache';

function hasBuffer({ attribute = [] }: NodeProto): boolean {
  return attribute.some(({ name }) => name === bufferAttribute);
}

export function hasWindowBuffers({ graph }: ModelProto): boolean {
  return (graph?.node ?? []).some(hasBuffer);
}

/** The model with caches that grow; the model itself when it has no others. */
export function withGrowingCaches(model: ModelProto): ModelProto {
  if (!hasWindowBuffers(model)) return model;
  const copy = shallowCopy(model);
  copy.graph = shallowCopy(model.graph ?? {});
  copy.graph.node = (model.graph?.node ?? []).map((node) =>
    hasBuffer(node)
      ? Object.assign(shallowCopy(node), {
          attribute: (node.attribute ?? []).filter(({ name }) => name !== bufferAttribute),
        })
      : node,
  );
  return copy;
}

/** How the untouched file takes its caches: room for `tokens` tokens. */
export function bufferedInputs(inputs: DecoderInputs, tokens: number): DecoderInputs {
  const past = inputs.past.map((entry) => ({
    ...entry,
    dims: entry.dims.map((dim) => (dim === 'tokens' ? tokens : dim)),
  }));
  return { ...inputs, past };
}
