// The feature store's numbers, computed the slow and obvious way from the whole corpus in memory.
import type { CorpusDocument } from '../../../src/engine/features/build.ts';

const reach = 16;

export interface Occurrence {
  readonly document: number;
  readonly token: number;
  readonly activation: number;
}

/** Activation of a feature on every token of a document. */
export function row(document: CorpusDocument, feature: number): Float32Array {
  return Float32Array.from(document.ids, (_, t) => {
    for (let k = t * document.topK; k < (t + 1) * document.topK; k += 1) {
      if (document.features[k] === feature && (document.activations[k] ?? 0) > 0) {
        return document.activations[k] ?? 0;
      }
    }
    return 0;
  });
}

export function occurrences(corpus: readonly CorpusDocument[], feature: number): Occurrence[] {
  return corpus.flatMap((document, index) =>
    [...row(document, feature)].flatMap((activation, token) =>
      activation > 0 ? [{ document: index, token, activation }] : [],
    ),
  );
}

/** The text of a token; bytes of a character show the character. */
export function textOf({ text, ends }: CorpusDocument, token: number): string {
  const end = ends[token] ?? 0;
  const start = Math.max(0, ...ends.subarray(0, token).filter((earlier) => earlier < end));
  return text.slice(start, end);
}

const byStrength = (a: Occurrence, b: Occurrence): number =>
  b.activation - a.activation || a.document - b.document || a.token - b.token;

/** Local maxima, two per document at most, no two with the same tokens up to the peak, strongest first. */
export function topExamples(
  corpus: readonly CorpusDocument[],
  feature: number,
  limit: number,
): Occurrence[] {
  const all = corpus.flatMap((document, index) => {
    const activations = [...row(document, feature)];
    const peaks = activations.flatMap((activation, token) => {
      const before = activations.slice(Math.max(0, token - reach), token);
      const after = activations.slice(token + 1, token + 1 + reach);
      const isPeak =
        activation > 0 &&
        before.every((other) => other < activation) &&
        after.every((other) => other <= activation);
      return isPeak ? [{ document: index, token, activation }] : [];
    });
    return peaks.sort(byStrength).slice(0, 2);
  });
  const seen = new Set<string>();
  const distinct = all.sort(byStrength).filter(({ document, token }) => {
    const prefix = corpus[document]?.ids.subarray(Math.max(0, token - reach), token + 1).join();
    if (prefix === undefined || seen.has(prefix)) return false;
    seen.add(prefix);
    return true;
  });
  return distinct.slice(0, limit);
}
