// Finds features among all of an SAE by what somebody types; see `matcherOf`. Without VS Code.
import type { FeatureBrief } from '../../../shared/engineProtocol.ts';
import { asksForLabels, matcherOf } from './featureWords.ts';

export interface SearchedSae {
  /** Number of its features. */
  readonly features: number;
  /** What is known of one; nothing where there is no feature store. */
  readonly brief: (feature: number) => FeatureBrief | undefined;
}

/**
 * The first `most` that fit. Numbers come in their order; of words, features that peak on the very word come first, and
 * among them those that fire most often. Nothing typed finds nothing.
 */
export function foundFeatures(
  typed: string,
  { features, brief }: SearchedSae,
  most: number,
): readonly number[] {
  if (typed.trim() === '') return [];
  const fits = matcherOf(typed);
  const found: number[] = [];
  for (let feature = 0; feature < features; feature++) {
    if (fits(feature, brief)) found.push(feature);
  }
  if (!asksForLabels(typed)) return found.slice(0, most);
  const words = new Set(typed.toLowerCase().split(/\s+/));
  const known = found.map((feature) => {
    const tokens = brief(feature)?.peakTokens ?? [];
    const isExact = tokens.some((token) => words.has(token.trim().toLowerCase()));
    return { feature, isExact, density: brief(feature)?.density ?? 0 };
  });
  return known
    .sort((a, b) => Number(b.isExact) - Number(a.isExact) || b.density - a.density)
    .slice(0, most)
    .map(({ feature }) => feature);
}
