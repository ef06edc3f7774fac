// Chooses from the features of a file those that a list shows: what the settings leave out is left out, what was typed
// narrows them down, the first ones by rank remain. Without VS Code.
import type { FeatureBrief } from '../../../shared/engineProtocol.ts';
import { scoreOf } from './featureRankings.ts';
import type { Ranking } from './featureRankings.ts';
import type { FeatureSum, TextSums } from './featureSums.ts';
import { matcherOf } from './featureWords.ts';

export interface RankedSum extends FeatureSum {
  /** What ranks it, in the unit of the ranking. */
  readonly score: number;
}

export interface SelectionRules {
  readonly ranking: Ranking;
  /** What was typed; empty: everything. */
  readonly words: string;
  /** Most features in the list. */
  readonly most: number;
  /** Is it shown at all, by the settings? */
  readonly shows: (feature: number) => boolean;
  readonly brief: (feature: number) => FeatureBrief | undefined;
}

export interface Selection {
  /** First ones first. */
  readonly listed: readonly RankedSum[];
  /** How many fit what was typed, also beyond the list. */
  readonly fitting: number;
  /** Active features without those that are left out. */
  readonly active: number;
  /** How many the settings leave out. */
  readonly leftOut: number;
  /** How many cannot be ranked so, because what ranks them is not known. */
  readonly unranked: number;
}

/** Features between two chances to interrupt. */
const featuresPerStep = 1024;

/** Yields from time to time. */
export function* selecting(text: TextSums, rules: SelectionRules): Generator<undefined, Selection> {
  const { ranking, words, most, shows, brief } = rules;
  const fits = matcherOf(words);
  const density = (feature: number): number | undefined => brief(feature)?.density;
  const first = new FirstOnes(most);
  let [fitting, leftOut, unranked] = [0, 0, 0];
  for (const [n, sum] of text.features.entries()) {
    if (n % featuresPerStep === featuresPerStep - 1) yield;
    if (!shows(sum.feature)) {
      leftOut++;
      continue;
    }
    const score = scoreOf(sum, ranking, text, density);
    if (score === undefined) unranked++;
    else if (fits(sum.feature, brief)) {
      fitting++;
      first.offer(sum, score);
    }
  }
  const active = text.features.length - leftOut;
  return { listed: first.inOrder, fitting, active, leftOut, unranked };
}

/** Equal scores keep an order of their own, so that a list does not jump. */
function byRank(a: RankedSum, b: RankedSum): number {
  return b.score - a.score || b.total - a.total || a.feature - b.feature;
}

/** The first n of many, without sorting the rest. */
class FirstOnes {
  readonly #most: number;
  #kept: RankedSum[] = [];
  #last: RankedSum | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  offer(sum: FeatureSum, score: number): void {
    // Nearly all of many features end here.
    if (this.#last !== undefined && score < this.#last.score) return;
    this.#kept.push({ ...sum, score });
    if (this.#kept.length >= 2 * this.#most) this.#cut();
  }

  get inOrder(): readonly RankedSum[] {
    return this.#kept.toSorted(byRank).slice(0, this.#most);
  }

  #cut(): void {
    this.#kept = [...this.inOrder];
    this.#last = this.#kept.at(-1);
  }
}
