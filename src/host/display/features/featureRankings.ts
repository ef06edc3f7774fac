// The orders in which the features of a file are listed, and what each one measures. Without VS Code.
import type { FeatureSum, TextSums } from './featureSums.ts';

/** `total`: summed activation; `surprise`: loss where it is active; `density`: how much more often than in the corpus. */
export const rankings = ['total', 'surprise', 'density'] as const;
export type Ranking = (typeof rankings)[number];

/** @returns `undefined` for what is no ranking */
export function readRanking(value: unknown): Ranking | undefined {
  return rankings.find((ranking) => ranking === value);
}

/** Tokens of average loss that are added to those of each feature, so that few tokens do not make a ranking. */
export const addedLosses = 4;
/** Occurrences that are added to those counted and to those expected. */
export const addedCounts = 2;

/** Share of the corpus' tokens on which a feature is active; `undefined` where nobody knows. */
export type DensityOf = (feature: number) => number | undefined;

/** @returns the number that ranks, larger first; `undefined` for a feature that cannot be ranked so */
export function scoreOf(
  sum: FeatureSum,
  ranking: Ranking,
  text: Pick<TextSums, 'tokens' | 'meanLoss'>,
  density: DensityOf,
): number | undefined {
  switch (ranking) {
    case 'total':
      return sum.total;
    case 'surprise':
      return surprise(sum, text.meanLoss);
    case 'density':
      return densityRatio(sum, text.tokens, density(sum.feature));
  }
}

/** Σ a·L ÷ Σ a over the tokens on which a feature is active, in nats: the loss where it is active, by how strongly it is. */
export function meanLossOf({ lossWeight, lossTotal }: FeatureSum): number | undefined {
  return lossWeight > 0 ? lossTotal / lossWeight : undefined;
}

/**
 * How little the model expected the tokens on which a feature is active: (n·L_f + s·L̄) ÷ (n + s) in nats, where L_f is
 * `meanLossOf` the feature, n its tokens, L̄ the mean loss of the file's tokens and s = `addedLosses`. The s tokens of
 * average loss are a shrinkage estimate towards the mean (as in empirical Bayes: Efron and Morris 1977): without them
 * features seen once, on the one token with the largest loss, would all come first.
 */
function surprise(sum: FeatureSum, meanLoss: number | undefined): number | undefined {
  const own = meanLossOf(sum);
  if (own === undefined || meanLoss === undefined) return undefined;
  return (sum.tokens * own + addedLosses * meanLoss) / (sum.tokens + addedLosses);
}

/**
 * How much more often a feature is active here than in the corpus: (n + s) ÷ (N·d + s), where n of the file's N tokens
 * have it, d is its density in the corpus and s = `addedCounts`. Adding the same to both sides is the “simple maths” of
 * corpus linguistics (Kilgarriff 2009, Simple maths for keywords): a feature seen once that the corpus hardly knows does
 * not come first. Here a feature counts only where it is among the strongest that were kept, in the corpus wherever it is
 * active, so the ratio is rather too small, for weak features most.
 */
function densityRatio(
  { tokens }: FeatureSum,
  all: number,
  density: number | undefined,
): number | undefined {
  return density === undefined ? undefined : (tokens + addedCounts) / (all * density + addedCounts);
}
