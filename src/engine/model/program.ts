// A session over (part of) a decoder, together with the knowledge of how to feed it: token ids, positions, attention
// mask, KV cache. What the graph computes besides is the business of whoever built the overlay.
import type { Disposable } from '../../shared/disposable.ts';
import { MonosemError } from '../../shared/errors.ts';
import { elementCount } from '../../shared/tensor.ts';
import type { Overlay } from '../onnx/overlay.ts';
import {
  openSession,
  type OnnxTensor,
  type OnnxTensors,
  type Session,
  type SessionOptions,
} from '../onnx/runtime/session.ts';
import type { DecoderInputs, DecoderPast } from '../onnx/sites/interface.ts';
import { KvCache } from './kvCache.ts';

/** One run: T new tokens for each of B rows, behind the tokens in the cache. */
export interface Block {
  /** [B, T], row after row. */
  readonly ids: Uint32Array;
  readonly batch: number;
  readonly cache?: KvCache;
  /** Inputs of the overlay's own. */
  readonly feeds?: OnnxTensors;
}

export interface BlockResult {
  readonly outputs: OnnxTensors;
  /** Behind the new tokens; absent where the model has no KV cache. */
  readonly cache?: KvCache;
}

export class Program implements Disposable {
  readonly #session: Session;
  readonly #inputs: DecoderInputs;
  /** The KV cache's inputs that survived the pruning. */
  readonly #past: readonly DecoderPast[];
  /** All of them have their outputs too, so that a run can be continued. */
  readonly hasCache: boolean;

  constructor(session: Session, inputs: DecoderInputs) {
    this.#session = session;
    this.#inputs = inputs;
    const outputs = new Set(session.outputs.map(({ name }) => name));
    this.#past = inputs.past.filter(({ input }) => session.hasInput(input));
    this.hasCache = this.#past.length > 0 && this.#past.every(({ output }) => outputs.has(output));
  }

  /** Opens what the overlay has become. */
  static async open(overlay: Overlay, options: SessionOptions = {}): Promise<Program> {
    const { inputs } = overlay.sites;
    const [other] = inputs.others;
    if (other !== undefined) {
      throw new MonosemError(
        'unsupportedModel',
        `The model has an input "${other}" that Monosem does not know how to fill; export it as a plain decoder (optimum: task text-generation-with-past).`,
      );
    }
    return new Program(await openSession(overlay.build(), options), inputs);
  }

  async run({ ids, batch, cache, feeds = {} }: Block): Promise<BlockResult> {
    const tokens = ids.length / batch;
    const before = cache?.length ?? 0;
    const outputs = await this.#session.run({
      ...feeds,
      ...this.#decoderFeeds(ids, batch, before),
      ...this.#pastFeeds(batch, cache),
    });
    if (!this.hasCache) return { outputs };
    const tensors = new Map<string, OnnxTensor>();
    for (const { input, output } of this.#past) {
      const tensor = outputs[output];
      if (tensor !== undefined) tensors.set(input, tensor);
    }
    return { outputs, cache: new KvCache(batch, before + tokens, tensors) };
  }

  dispose(): void {
    this.#session.dispose();
  }

  #decoderFeeds(ids: Uint32Array, batch: number, before: number): OnnxTensors {
    const tokens = ids.length / batch;
    const { ids: idsName, idsType, attentionMask, positionIds } = this.#inputs;
    const feeds: Record<string, OnnxTensor> = {
      [idsName]:
        idsType === 'int32'
          ? { type: 'int32', dims: [batch, tokens], data: Int32Array.from(ids) }
          : int64([batch, tokens], (at) => BigInt(ids[at] ?? 0)),
    };
    if (attentionMask !== undefined) {
      feeds[attentionMask] = int64([batch, before + tokens], () => 1n);
    }
    if (positionIds !== undefined) {
      feeds[positionIds] = int64([batch, tokens], (at) => BigInt(before + (at % tokens)));
    }
    return feeds;
  }

  #pastFeeds(batch: number, cache: KvCache | undefined): OnnxTensors {
    const feeds: Record<string, OnnxTensor> = {};
    for (const past of this.#past) {
      feeds[past.input] = cache?.tensors.get(past.input) ?? emptyPast(past, batch);
    }
    return feeds;
  }
}

function emptyPast({ type, heads, width }: DecoderPast, batch: number): OnnxTensor {
  const dims = [batch, heads, 0, width];
  return type === 'float16'
    ? { type, dims, data: new Uint16Array(0) }
    : { type, dims, data: new Float32Array(0) };
}

function int64(dims: readonly number[], at: (index: number) => bigint): OnnxTensor<'int64'> {
  const data = new BigInt64Array(elementCount(dims));
  for (let i = 0; i < data.length; i++) data[i] = at(i);
  return { type: 'int64', dims, data };
}
