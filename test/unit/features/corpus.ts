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

/** Distinct active features of token t; where texts repeat, so do their features. */
function randomActive(random: Random, shape: CorpusShape, repeats: boolean): number[] {
  if (repeats) return [0, 1].slice(0, shape.topK);
  const draws = Array.from({ length: random.below(shape.topK + 1) }, () =>
    Math.floor(shape.features * random.uniform() ** 3),
  );
  return [...new Set(draws)];
}

/** Tokens of a few kinds, so that contexts repeat; one character in ten is split over two tokens. */
function randomDocument(random: Random, shape: CorpusShape): CorpusDocument {
  const { topK, scale } = shape;
  const T = 20 + random.below(100);
  const ids = new Uint32Array(T);
  const ends = new Uint32Array(T);
  const features = new Uint32Array(T * topK);
  const activations = new Float32Array(T * topK);
  let text = '';
  // Every fourth document begins like others.
  const repeated = random.below(4) === 0 ? 12 : 0;
  for (let t = 0; t < T; t += 1) {
    const repeats = t < repeated;
    const word = repeats ? 0 : random.below(words.length);
    const splitsCharacter = t > repeated && random.below(10) === 0;
    ids[t] = splitsCharacter ? 1000 : word;
    if (!splitsCharacter) text += words[word] ?? '';
    ends[t] = text.length;
    for (const [k, feature] of randomActive(random, shape, repeats).entries()) {
      features[t * topK + k] = feature;
      activations[t * topK + k] = scale * (repeats ? t + 1 : Math.exp(2 * random.normal()));
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
