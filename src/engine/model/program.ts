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
import type { DecoderInputs, NumberInput } from '../onnx/decoder/interface.ts';
import type { DecoderPast } from '../onnx/decoder/past.ts';
import { programIdentity } from './programIdentity.ts';
import { emptyPast, KvCache, type CacheEntry } from './kvCache.ts';
import { recentNames } from './recentInputs.ts';
import { RecentTokens } from './recentTokens.ts';

/** One run: T new tokens for each of B rows, behind the tokens in the cache. */
export interface Block {
  /** [B, T], row after row. */
  readonly ids: Uint32Array;
  readonly batch: number;
  readonly cache?: KvCache | undefined;
  /** Tokens behind those of the cache. */
  readonly recent?: RecentTokens | undefined;
  /** Inputs of the overlay's own. */
  readonly feeds?: OnnxTensors;
  /** Outputs of the overlay's own that are wanted; all when absent. */
  readonly wanted?: readonly string[];
  /** Nobody goes on behind it, so that no cache is given out. */
  readonly isLast?: boolean;
}

export interface BlockResult {
  readonly outputs: OnnxTensors;
  /** Behind the new tokens; absent where the model has no KV cache, and behind the last run. */
  readonly cache?: KvCache;
}

export class Program implements Disposable {
  readonly #session: Session;
  readonly #inputs: DecoderInputs;
  /** The KV cache's inputs that survived the pruning. */
  readonly #past: readonly DecoderPast[];
  readonly #cacheOutputs: readonly string[];
  /** Those with the keys and values of new tokens alone; none where the graph has no inputs for recent tokens. */
  readonly #appendedOutputs: readonly string[];
  /** Everything else that leaves the graph. */
  readonly #ownOutputs: readonly string[];
  /** All of them have their outputs too, so that a run can be continued. */
  readonly hasCache: boolean;
  /** What its results depend on, as a hash, where somebody asked for it. */
  readonly identity: string | undefined;

  constructor(session: Session, inputs: DecoderInputs, identity?: string) {
    this.identity = identity;
    this.#session = session;
    this.#inputs = inputs;
    const outputs = new Set(session.outputs.map(({ name }) => name));
    this.#past = inputs.past.filter(({ input }) => session.hasInput(input));
    this.#cacheOutputs = this.#past
      .map(({ output }) => output)
      .filter((output) => outputs.has(output));
    this.#appendedOutputs = this.#past
      .filter((past) => session.hasInput(recentNames.recent(past)))
      .map(recentNames.appended);
    const others = new Set([...this.#cacheOutputs, ...this.#appendedOutputs]);
    this.#ownOutputs = [...outputs].filter((output) => !others.has(output));
    this.hasCache = this.#past.length > 0 && this.#past.every(({ output }) => outputs.has(output));
  }

  /** Opens what the overlay has become. */
  static async open(
    overlay: Overlay,
    options: SessionOptions = {},
    isIdentified = false,
  ): Promise<Program> {
    const { inputs } = overlay.sites;
    const [other] = inputs.others;
    if (other !== undefined) {
      throw new MonosemError(
        'unsupportedModel',
        `The model has an input "${other}" that Monosem does not know how to fill; export it as a plain decoder (optimum: task text-generation-with-past).`,
      );
    }
    const packed = overlay.build();
    const identity = isIdentified ? await programIdentity(packed, options) : undefined;
    return new Program(await openSession(packed, options), inputs, identity);
  }

  /** Room for tokens to be read behind a cache; nothing where the graph has no inputs for them. */
  noRecent(batch: number): RecentTokens | undefined {
    return this.#appendedOutputs.length === 0 ? undefined : RecentTokens.none(this.#past, batch);
  }

  /** @throws MonosemError `runtimeFailed`, `unsupportedModel` */
  async run(block: Block): Promise<BlockResult> {
    const { ids, batch, wanted = this.#ownOutputs, isLast = false } = block;
    const before = tokensBefore(block);
    const names = isLast ? wanted : [...wanted, ...this.#cacheOutputs];
    const outputs = await this.#session.run(this.#feeds(block, before), names);
    if (isLast || !this.hasCache) return { outputs };
    const entries = new Map<string, CacheEntry>();
    for (const { input, output, dims } of this.#past) {
      const tensor = outputs[output];
      if (tensor === undefined) continue;
      const axes = { batchAxis: dims.indexOf('batch'), tokenAxis: dims.indexOf('tokens') };
      entries.set(input, { tensor, ...axes });
    }
    return { outputs, cache: new KvCache(batch, before + ids.length / batch, entries) };
  }

  /**
   * The same, for a program with room for recent tokens.
   * @returns the outputs, with the keys and values of the new tokens alone
   * @throws MonosemError `runtimeFailed`, `unsupportedModel`
   */
  append(block: Block & { readonly recent: RecentTokens }): Promise<OnnxTensors> {
    const { wanted = this.#ownOutputs } = block;
    const outputs = [...wanted, ...this.#appendedOutputs];
    return this.#session.run(this.#feeds(block, tokensBefore(block)), outputs);
  }

  dispose(): void {
    this.#session.dispose();
  }

  #feeds({ ids, batch, cache, recent, feeds }: Block, before: number): OnnxTensors {
    return {
      ...feeds,
      ...this.#decoderFeeds(ids, batch, before),
      ...this.#pastFeeds(batch, cache),
      ...(recent ?? this.noRecent(batch))?.feeds,
    };
  }

  #decoderFeeds(ids: Uint32Array, batch: number, before: number): OnnxTensors {
    const tokens = ids.length / batch;
    const feeds: Record<string, OnnxTensor> = {};
    const fill = (
      input: NumberInput | undefined,
      dims: readonly number[],
      at: (index: number) => number,
    ): void => {
      if (input !== undefined) feeds[input.name] = wholeNumbers(input, dims, at);
    };
    const inputs = this.#inputs;
    fill(inputs.ids, [batch, tokens], (i) => ids[i] ?? 0);
    fill(inputs.attentionMask, [batch, before + tokens], () => 1);
    fill(inputs.positionIds, [batch, tokens], (i) => before + (i % tokens));
    fill(inputs.cachePosition, [tokens], (i) => before + i);
    fill(inputs.logitsToKeep, [], () => 0);
    return feeds;
  }

  #pastFeeds(batch: number, cache: KvCache | undefined): OnnxTensors {
    const feeds: Record<string, OnnxTensor> = {};
    for (const past of this.#past) {
      feeds[past.input] = cache?.entries.get(past.input)?.tensor ?? emptyPast(past, batch);
    }
    return feeds;
  }
}

function tokensBefore({ cache, recent }: Block): number {
  return (cache?.length ?? 0) + (recent?.length ?? 0);
}

/** @throws MonosemError `unsupportedModel` for an element type that holds no such numbers */
function wholeNumbers(
  { name, type }: NumberInput,
  dims: readonly number[],
  at: (index: number) => number,
): OnnxTensor {
  const length = elementCount(dims);
  const from = { length };
  switch (type) {
    case 'int64': {
      const data = new BigInt64Array(length);
      for (let i = 0; i < length; i++) data[i] = BigInt(at(i));
      return { type, dims, data };
    }
    case 'int32':
      return { type, dims, data: Int32Array.from(from, (_, i) => at(i)) };
    case 'float32':
      return { type, dims, data: Float32Array.from(from, (_, i) => at(i)) };
    case 'bool':
      return { type, dims, data: Uint8Array.from(from, (_, i) => at(i)) };
    default:
      throw new MonosemError(
        'unsupportedModel',
        `The model's input "${name}" is of type ${type}, which Monosem does not know how to fill; export it with whole numbers there.`,
      );
  }
}
