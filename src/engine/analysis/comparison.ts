// What an SAE reads in two texts, side by side: features that the right one has more or less of, and tokens that both
// have and whose strongest feature is not the same. Nothing here runs a model.
import type { ChangedTokens, FeatureChange } from '../../shared/readingProtocol.ts';
import { featureIndex } from '../../shared/units.ts';
import type { CommonSubsequence } from '../math/commonSubsequence.ts';
import type { TextToAnalyse } from './analyseText.ts';
import { tallyFeatures, type FeatureTally } from './featureTally.ts';
import type { TopFeatures } from './topFeatures.ts';

/** A text and what one SAE reads in it. */
export interface ReadText extends TextToAnalyse {
  readonly reading: TopFeatures;
}

/** Left and right. */
export type Sides<T> = readonly [left: T, right: T];

type Change = Omit<FeatureChange, 'sae'>;

/**
 * Totals that differ by no more than this share, on as many tokens, are the same: float32 rounds otherwise where a text
 * is cut into other runs of the model.
 */
const rounding = 1e-5;

const nothing: FeatureTally = { total: 0, tokens: 0, max: 0, peak: 0 };

/** The `limit` features that grew most, and those that shrank most, largest difference first. */
export function changedFeatures(
  [left, right]: Sides<ReadText>,
  limit: number,
): { readonly gained: Change[]; readonly lost: Change[] } {
  const before = tallyFeatures(left.reading);
  const after = tallyFeatures(right.reading);
  const gained: Change[] = [];
  const lost: Change[] = [];
  for (const feature of new Set([...before.keys(), ...after.keys()])) {
    const tallies = [before.get(feature) ?? nothing, after.get(feature) ?? nothing] as const;
    const growth = tallies[1].total - tallies[0].total;
    if (isRounding(tallies)) continue;
    if (growth > 0) gained.push(changeOf(feature, tallies, right, tallies[1].peak));
    else lost.push(changeOf(feature, tallies, left, tallies[0].peak));
  }
  return { gained: largest(gained, limit), lost: largest(lost, limit) };
}

function isRounding([before, after]: Sides<FeatureTally>): boolean {
  const difference = Math.abs(after.total - before.total);
  return (
    before.tokens === after.tokens && difference <= rounding * Math.max(before.total, after.total)
  );
}

/** @param peak token of the text in which the feature is stronger */
function changeOf(
  feature: number,
  [before, after]: Sides<FeatureTally>,
  { text, encoded }: TextToAnalyse,
  peak: number,
): Change {
  const [peakStart = 0, peakEnd = 0] = [encoded.starts[peak], encoded.ends[peak]];
  return {
    feature: featureIndex(feature),
    leftTotal: before.total,
    rightTotal: after.total,
    leftTokens: before.tokens,
    rightTokens: after.tokens,
    peakToken: text.slice(peakStart, peakEnd),
    peakStart,
    peakEnd,
  };
}

function largest(changes: readonly Change[], limit: number): Change[] {
  const size = ({ leftTotal, rightTotal }: Change): number => Math.abs(rightTotal - leftTotal);
  return changes.toSorted((a, b) => size(b) - size(a) || a.feature - b.feature).slice(0, limit);
}

/** The first `limit` common tokens whose strongest feature changed, and how many there are in all. */
export function changedTokens(
  [left, right]: Sides<ReadText>,
  common: CommonSubsequence,
  limit: number,
): { readonly count: number; readonly changed: Omit<ChangedTokens, 'sae'> } {
  const pairs: Sides<number>[] = [];
  for (const [i, l] of common.left.entries()) {
    const r = common.right[i] ?? 0;
    if (strongest(left.reading, l) !== strongest(right.reading, r)) pairs.push([l, r]);
  }
  const listed = pairs.slice(0, limit);
  const ofLeft = strongestOnes(
    left,
    Uint32Array.from(listed, ([l]) => l),
  );
  const ofRight = strongestOnes(
    right,
    Uint32Array.from(listed, ([, r]) => r),
  );
  return {
    count: pairs.length,
    changed: {
      leftStarts: ofLeft.starts,
      leftEnds: ofLeft.ends,
      rightStarts: ofRight.starts,
      rightEnds: ofRight.ends,
      leftFeatures: ofLeft.features,
      rightFeatures: ofRight.features,
      leftActivations: ofLeft.activations,
      rightActivations: ofRight.activations,
    },
  };
}

/** The strongest feature of a token; nothing where none is active. */
function strongest(
  { topK, features, activations }: TopFeatures,
  token: number,
): number | undefined {
  return (activations[token * topK] ?? 0) > 0 ? features[token * topK] : undefined;
}

function strongestOnes(
  { encoded, reading: { topK, features, activations } }: ReadText,
  tokens: Uint32Array,
): {
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly features: Uint32Array;
  readonly activations: Float32Array;
} {
  return {
    starts: tokens.map((token) => encoded.starts[token] ?? 0),
    ends: tokens.map((token) => encoded.ends[token] ?? 0),
    features: tokens.map((token) => features[token * topK] ?? 0),
    activations: Float32Array.from(tokens, (token) => activations[token * topK] ?? 0),
  };
}
