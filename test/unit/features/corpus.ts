// A random corpus with sparse features, in the form the build takes.
import type { CorpusDocument } from '../../../src/engine/features/build.ts';
import { Random } from '../../../src/engine/math/rng.ts';

const words = ['the', ' cat', ' sat', '.', ' 😀', ' 你', '\n', ' Once'];

export interface CorpusShape {
  readonly documents: number;
  readonly features: number;
  readonly topK: number;
  /** Typical activation; the largest are hundreds of times larger. */
  readonly scale: number;
  readonly seed: number;
}

/** Tokens of a few kinds, so that contexts repeat; one character in ten is split over two tokens. */
function randomDocument(random: Random, { features: F, topK, scale }: CorpusShape): CorpusDocument {
  const T = 20 + random.below(100);
  const ids = new Uint32Array(T);
  const ends = new Uint32Array(T);
  const features = new Uint32Array(T * topK);
  const activations = new Float32Array(T * topK);
  let text = '';
  // Every fourth document begins like another one.
  const repeats = random.below(4) === 0 ? 12 : 0;
  for (let t = 0; t < T; t += 1) {
    const word = t < repeats ? 0 : random.below(words.length);
    const splitsCharacter = t > repeats && random.below(10) === 0;
    ids[t] = splitsCharacter ? 1000 : word;
    if (!splitsCharacter) text += words[word] ?? '';
    ends[t] = text.length;
    const active = t < repeats ? Math.min(2, topK) : random.below(topK + 1);
    const used = new Set<number>();
    for (let k = 0; k < active; k += 1) {
      const feature = t < repeats ? k : Math.floor(F * random.uniform() ** 3);
      if (used.has(feature)) continue;
      used.add(feature);
      const value = t < repeats ? scale * (t + 1) : scale * Math.exp(2 * random.normal());
      features[t * topK + k] = feature;
      activations[t * topK + k] = value;
    }
  }
  return { text, ids, ends, topK, features, activations };
}

export function randomCorpus(shape: CorpusShape): CorpusDocument[] {
  const random = new Random(shape.seed);
  return Array.from({ length: shape.documents }, () => randomDocument(random, shape));
}

/** As a stream; `after` is thrown once that many documents were delivered. */
export async function* stream(
  documents: readonly CorpusDocument[],
  after = Infinity,
): AsyncGenerator<CorpusDocument> {
  for (const [index, document] of documents.entries()) {
    if (index === after) throw new Error('the corpus ended badly');
    yield await Promise.resolve(document);
  }
}
