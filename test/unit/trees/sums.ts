// Sums and tables for the tests of lists.
import type { FeatureSum, TextSums } from '../../../src/host/display/features/featureSums.ts';
import { summing } from '../../../src/host/display/features/featureSums.ts';
import type { TokenRows } from '../../../src/host/documents/tokenTable.ts';
import type { FeatureBrief } from '../../../src/shared/engineProtocol.ts';
import { featureIndex } from '../../../src/shared/units.ts';

/** A feature that is active once. */
export function sum(feature: number, more: Partial<FeatureSum> = {}): FeatureSum {
  return { feature, tokens: 1, total: 1, max: 1, lossWeight: 0, lossTotal: 0, ...more };
}

export function sumsOf(
  rows: readonly TokenRows[],
  sae = '/s',
  showsOn: (tokenId: number) => boolean = () => true,
): TextSums {
  return atOnce(summing(rows, sae, showsOn));
}

/** Work that could be interrupted, done without interruption. */
export function atOnce<T>(work: Generator<undefined, T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}

export function brief(feature: number, density: number, ...peakTokens: string[]): FeatureBrief {
  return { feature: featureIndex(feature), density, maxActivation: 10, peakTokens };
}
