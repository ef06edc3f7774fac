// A session over (part of) a decoder, together with the knowledge of how to feed it: token ids, positions, attention
// mask, KV cache. What the graph computes besides is the business of whoever built the overlay.
import type { Disposable } from '../../shared/disposable.ts';
import { MonosemError } from '../../shared/errors.ts';
import { elementCount } from '../../shared/tensor.ts';
import type { Overlay } from '../onnx/overlay.ts';
import { openSession, type OnnxTensor, type OnnxTensors, type Session } from '../onnx/session.ts';
import type { DecoderInterface } from '../onnx/interface.ts';
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

/** An input of the KV cache and the output that continues it. */
interface CacheLink {
  readonly input: string;
  readonly output: string;
}

export class Program implements Disposable {
  readonly #session: Session;
  readonly #decoder: DecoderInterface;
  /** What survived the pruning. */
  readonly #links: readonly CacheLink[];

  constructor(session: Session, decoder: DecoderInterface) {
    this.#session = session;
    this.#decoder = decoder;
    const outputs = new Set(session.outputs.map(({ name }) => name));
    this.#links = decoder.inputs.past
      .flatMap((past, layer) => [
        { input: past.key, output: decoder.present[layer]?.key ?? '' },
        { input: past.value, output: decoder.present[layer]?.value ?? '' },
      ])
      .filter(({ input, output }) => session.hasInput(input) && outputs.has(output));
  }

  /** Opens what the overlay has become. */
  static async open(overlay: Overlay): Promise<Program> {
    const { inputs } = overlay.sites;
    const [other] = inputs.others;
    if (other !== undefined) {
      throw new MonosemError(
        'unsupportedModel',
        `The model has an input "${other}" that Monosem does not know how to fill; export it as a plain decoder (optimum: task text-generation-with-past).`,
      );
    }
    return new Program(await openSession(overlay.build()), overlay.sites);
  }

  get hasCache(): boolean {
    return this.#links.length > 0;
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
    for (const { input, output } of this.#links) {
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
    const { ids: idsName, idsType, attentionMask, positionIds } = this.#decoder.inputs;
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
    for (const { input } of this.#links) {
      feeds[input] = cache?.tensors.get(input) ?? this.#emptyPast(batch);
    }
    return feeds;
  }

  #emptyPast(batch: number): OnnxTensor {
    const { cacheType, kvHeads = 0, headWidth = 0 } = this.#decoder;
    const dims = [batch, kvHeads, 0, headWidth];
    return cacheType === 'float16'
      ? { type: 'float16', dims, data: new Uint16Array(0) }
      : { type: 'float32', dims, data: new Float32Array(0) };
  }
}

function int64(dims: readonly number[], at: (index: number) => bigint): OnnxTensor<'int64'> {
  const data = new BigInt64Array(elementCount(dims));
  for (let i = 0; i < data.length; i++) data[i] = at(i);
  return { type: 'int64', dims, data };
}

/** The model's logits [B, T, V] in float32. @throws MonosemError `unsupportedModel` when it has none */
export function readLogits(overlay: Overlay): string {
  const { logits } = overlay.sites;
  if (logits !== undefined) return overlay.float32(logits);
  throw new MonosemError(
    'unsupportedModel',
    'The model has no output called logits: it predicts no tokens; export it with its language-modelling head.',
  );
}
