// A decoder fed by hand through onnxruntime, with nothing of the engine between: the reference of the ratios.
import { emptyPast as emptyTensor } from '../src/engine/model/kvCache.ts';
import type { DecoderInputs } from '../src/engine/onnx/decoder/interface.ts';
import type { OnnxTensor, OnnxTensors } from '../src/engine/onnx/runtime/session.ts';

function int64(dims: readonly number[], data: BigInt64Array): OnnxTensor {
  return { type: 'int64', dims, data };
}

/** Feeds of a batch-1 run of `ids` behind `past` tokens, without the KV cache. */
export function tokenFeeds(inputs: DecoderInputs, ids: Uint32Array, past = 0): OnnxTensors {
  const T = ids.length;
  const feeds: Record<string, OnnxTensor> = {
    [inputs.ids.name]: int64([1, T], BigInt64Array.from(ids, BigInt)),
  };
  if (inputs.attentionMask !== undefined) {
    feeds[inputs.attentionMask.name] = int64([1, past + T], new BigInt64Array(past + T).fill(1n));
  }
  if (inputs.positionIds !== undefined) {
    const positions = BigInt64Array.from({ length: T }, (_, t) => BigInt(past + t));
    feeds[inputs.positionIds.name] = int64([1, T], positions);
  }
  return feeds;
}

/** An empty KV cache. */
export function emptyPast({ past }: DecoderInputs): OnnxTensors {
  return Object.fromEntries(
    past.map((entry): [string, OnnxTensor] => [entry.input, emptyTensor(entry, 1)]),
  );
}

/** A run's `present.*` outputs as the next run's `past_key_values.*`. */
export function presentAsPast({ past }: DecoderInputs, outputs: OnnxTensors): OnnxTensors {
  return Object.fromEntries(
    past.flatMap(({ input, output }) => {
      const tensor = outputs[output];
      return tensor === undefined ? [] : [[input, tensor] as const];
    }),
  );
}
