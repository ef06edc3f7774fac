// Builds a feature store in one pass over analysed documents, in memory that depends on the number of features and
// not on the corpus (about 3.9 KB per feature). Where documents come from is the caller's business. A build that fails or
// is cancelled leaves nothing behind.
import { MonosemError } from '../../shared/errors.ts';
import { replaceAtomic } from '../files/files.ts';
import { FeatureGroups } from '../math/featureGroups.ts';
import { FeatureMoments } from '../math/featureMoments.ts';
import { TopExamples, type TopExample } from '../math/topExamples.ts';
import { encodeCounts, encodeEnds, encodeExamples } from './blob.ts';
import { FeatureStoreWriter, type StoreFacts } from './store.ts';
import { tokenTextAt } from './tokenTexts.ts';

/** Strongest examples kept per feature. */
export const examplesPerFeature = 20;
/** Bins of the stored histogram. */
export const histogramBins = 32;
const peakTokenLimit = 5;

/** One analysed text of the corpus. The BOS that may stand in front has no row. */
export interface CorpusDocument {
  readonly text: string;
  /** [T] */
  readonly ids: Uint32Array;
  /** [T] end of each token in `text`, UTF-16, never falling. */
  readonly ends: Uint32Array;
  /** K, large enough for every active feature of a token. */
  readonly topK: number;
  /** [T, K] */
  readonly features: Uint32Array;
  /** [T, K]; 0 marks an empty slot. */
  readonly activations: Float32Array;
}

/** What the store is of; counts are filled in by the build. */
export type StoreIdentity = Omit<StoreFacts, 'documents' | 'tokens'>;

/** The texts on which examples peak, numbered: there are far fewer of them than tokens. */
class TextNumbers {
  readonly #numbers = new Map<string, number>();
  readonly #texts: string[] = [];

  numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.#texts.length);
    return this.#texts.push(text) - 1;
  }

  textOf(number: number): string {
    return this.#texts[number] ?? '';
  }
}

function expectDocument({ text, ids, ends, topK, ...rows }: CorpusDocument, index: number): void {
  const slots = ids.length * topK;
  const fits =
    ends.length === ids.length &&
    rows.features.length === slots &&
    rows.activations.length === slots &&
    ends.every((end, i) => end >= (ends[i - 1] ?? 0) && end <= text.length);
  if (fits) return;
  throw new MonosemError(
    'badShape',
    `Document ${index} of the corpus has ${ids.length} tokens, but its ends, features or activations do not fit them; analyse it again.`,
  );
}

/** Texts of peaks, most frequent first; of equally frequent ones, the stronger first. */
function rankPeakTokens(examples: readonly TopExample[], texts: TextNumbers): string[] {
  const counts = new Map<string, number>();
  for (const { label } of examples) {
    const text = texts.textOf(label);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const ranked = [...counts].sort(([, a], [, b]) => b - a);
  return ranked.slice(0, peakTokenLimit).map(([text]) => text);
}

class Build {
  readonly #writer: FeatureStoreWriter;
  readonly #groups: FeatureGroups;
  readonly #moments: FeatureMoments;
  readonly #examples: TopExamples;
  readonly #texts = new TextNumbers();
  #documents = 0;
  #tokens = 0;

  constructor(writer: FeatureStoreWriter, featureCount: number) {
    this.#writer = writer;
    this.#groups = new FeatureGroups(featureCount);
    this.#moments = new FeatureMoments(featureCount);
    this.#examples = new TopExamples(featureCount, examplesPerFeature);
  }

  add(document: CorpusDocument): void {
    const index = this.#documents;
    expectDocument(document, index);
    const { text, ids, ends } = document;
    this.#writer.addDocument(index, text, encodeEnds(ends));
    const groups = this.#groups.group(document.features, document.activations, document.topK);
    for (const { feature, from, to } of groups) {
      this.#moments.add(feature, this.#groups.values, from, to);
    }
    const labels = Uint32Array.from(ids, (_, token) =>
      this.#texts.numberOf(tokenTextAt(text, ends, token)),
    );
    this.#examples.addDocument({ index, ids, labels }, this.#groups, groups);
    this.#documents += 1;
    this.#tokens += ids.length;
  }

  finish(identity: StoreIdentity): StoreFacts {
    const { count, sum, sumOfSquares, max } = this.#moments;
    for (const [feature, fired] of count.entries()) {
      if (fired === 0) continue;
      const examples = this.#examples.examples(feature);
      const row = {
        count: fired,
        sum: sum[feature] ?? 0,
        sumOfSquares: sumOfSquares[feature] ?? 0,
        max: max[feature] ?? 0,
        peakTokens: rankPeakTokens(examples, this.#texts),
      };
      this.#writer.addFeature(feature, row, {
        histogram: encodeCounts(this.#moments.histogram(feature, histogramBins)),
        examples: encodeExamples(examples),
      });
    }
    const facts = { ...identity, documents: this.#documents, tokens: this.#tokens };
    this.#writer.finish(facts);
    return facts;
  }
}

/**
 * Writes the store of a corpus to `file`, replacing an earlier one only when it is complete.
 * @throws MonosemError `badShape`, `diskFull`, `fileUnreadable`, and whatever the documents throw
 */
export async function buildFeatureStore(
  file: string,
  identity: StoreIdentity,
  documents: AsyncIterable<CorpusDocument>,
): Promise<StoreFacts> {
  return replaceAtomic(file, 'The feature store', async (temporary) => {
    const writer = new FeatureStoreWriter(temporary);
    try {
      const build = new Build(writer, identity.features);
      for await (const document of documents) build.add(document);
      return build.finish(identity);
    } finally {
      writer.close();
    }
  });
}
