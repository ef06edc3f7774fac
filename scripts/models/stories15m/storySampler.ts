// Samples stories from the checkpoint at temperature 1. A story starts from BOS and ends where the model writes BOS
// or EOS, or when its context is full. Stories are sampled in waves that start together. Story n depends on the seed
// and n only (up to rounding in the network): its draws come from a generator of its own.
import * as ort from 'onnxruntime-node';
import { Random } from '../../../src/engine/math/rng.ts';
import type { LlamaCheckpoint } from './checkpoint.ts';
import { floatsOf, SamplingCache } from './samplingCache.ts';
import type { Tensors } from './samplingCache.ts';
import { groups, samplingGraph } from './samplingGraph.ts';
import { bosId, eosId } from './tokenizer.ts';

export interface SamplingOptions {
  /** Stories in a wave. */
  readonly rows: number;
  readonly seed: number;
  /** Ids that may be drawn. */
  readonly tokens: Uint32Array;
  /** Add up `probabilityMass`, which costs time. */
  readonly measureMass?: boolean;
}

/** Steps after which finished rows are dropped and the cache is laid out anew. */
const stepsPerLayout = 16;

interface Row {
  /** BOS first, without the token that ended it. */
  readonly ids: number[];
  readonly random: Random;
  isOver: boolean;
}

export class StorySampler {
  readonly #session: ort.InferenceSession;
  readonly #checkpoint: LlamaCheckpoint;
  readonly #options: SamplingOptions;
  /** Sum over all sampled positions of the probability of each of `tokens`. */
  readonly probabilityMass: Float64Array;

  static async open(checkpoint: LlamaCheckpoint, options: SamplingOptions): Promise<StorySampler> {
    const session = await ort.InferenceSession.create(samplingGraph(checkpoint, options.tokens), {
      // Several processes with a thread each beat one with several threads that wait for each other after every node.
      intraOpNumThreads: 1,
    });
    return new StorySampler(session, checkpoint, options);
  }

  private constructor(
    session: ort.InferenceSession,
    checkpoint: LlamaCheckpoint,
    options: SamplingOptions,
  ) {
    this.#session = session;
    this.#checkpoint = checkpoint;
    this.#options = options;
    this.probabilityMass = new Float64Array(options.tokens.length);
  }

  /** Stories `wave · rows` to `(wave + 1) · rows − 1`, in order; each begins with BOS. */
  async wave(wave: number): Promise<number[][]> {
    const { rows: count } = this.#options;
    const stories = Array.from({ length: count }, (_, row) => this.#start(wave * count + row));
    const cache = new SamplingCache(this.#checkpoint.shape, stories.length);
    let rows = stories;
    for (let position = 0; rows.length > 0; position++) {
      const results = await this.#step(rows, position, cache);
      cache.advance(results);
      this.#drawAll(rows, results);
      if (this.#options.measureMass === true) this.#addMass(rows, floatsOf(results['probabilities']));
      const isLayoutDue = cache.recentLength === stepsPerLayout;
      if (!isLayoutDue && rows.some((row) => !row.isOver)) continue;
      const kept = [...rows.keys()].filter((r) => rows[r]?.isOver === false);
      cache.settle(kept);
      rows = rows.filter((row) => !row.isOver);
    }
    return stories.map((story) => story.ids);
  }

  #start(story: number): Row {
    // 2³² divided by the golden ratio, made odd: seeds far apart, and so all their stories.
    const random = new Random(Math.imul(this.#options.seed, 0x9e3779b1) + story);
    return { ids: [bosId], random, isOver: false };
  }

  async #step(rows: readonly Row[], position: number, cache: SamplingCache): Promise<Tensors> {
    // A row that is over repeats its last token until it is dropped; its results are ignored.
    const ids = BigInt64Array.from(rows, (row) => BigInt(row.ids.at(-1) ?? bosId));
    return this.#session.run({
      input_ids: new ort.Tensor('int64', ids, [rows.length, 1]),
      position: new ort.Tensor('float32', Float32Array.of(position), []),
      ...cache.feeds(),
    });
  }

  #drawAll(rows: readonly Row[], results: Tensors): void {
    const probabilities = floatsOf(results['probabilities']);
    const groupSums = floatsOf(results['group_sums']);
    const size = probabilities.length / rows.length / groups;
    rows.forEach((row, r) => {
      if (row.isOver) return;
      // Inverse of the cumulative distribution: first the group, then the token in it.
      const group = pick(groupSums, r * groups, groups, row.random.uniform());
      const from = (r * groups + group.index) * size;
      const column = group.index * size + pick(probabilities, from, size, group.rest).index;
      const id = this.#options.tokens[column] ?? eosId;
      row.isOver = id === bosId || id === eosId;
      if (row.isOver) return;
      row.ids.push(id);
      row.isOver = row.ids.length === this.#checkpoint.shape.context;
    });
  }

  #addMass(rows: readonly Row[], probabilities: Float32Array): void {
    const width = probabilities.length / rows.length;
    const mass = this.probabilityMass;
    rows.forEach((row, r) => {
      if (row.isOver) return;
      for (let i = 0; i < mass.length; i++) {
        mass[i] = (mass[i] ?? 0) + (probabilities[r * width + i] ?? 0);
      }
    });
  }
}

/** The entry of weights[from, from + count) in which `u` falls, and how far into it. */
function pick(
  weights: Float32Array,
  from: number,
  count: number,
  u: number,
): { index: number; rest: number } {
  let rest = u;
  let last = 0;
  for (let index = 0; index < count; index++) {
    const weight = weights[from + index] ?? 0;
    if (weight === 0) continue;
    if (rest < weight) return { index, rest };
    rest -= weight;
    last = index;
  }
  // Only rounding leads here: the sum of many float32 may fall short of 1.
  return { index: last, rest: 0 };
}
