// Makes comparisons of two texts from readable lists, for the tests of everything that receives them.
import type {
  ChangedTokens,
  FeatureChange,
  TextComparison,
} from '../../../src/shared/readingProtocol.ts';
import { featureIndex } from '../../../src/shared/units.ts';

/** Total and tokens left, then right. */
type Figures = readonly [
  leftTotal: number,
  leftTokens: number,
  rightTotal: number,
  rightTokens: number,
];

export function featureChange(
  sae: string,
  feature: number,
  [leftTotal, leftTokens, rightTotal, rightTokens]: Figures,
): FeatureChange {
  const peak = { peakToken: ' girl', peakStart: 5, peakEnd: 10 };
  const figures = { leftTotal, leftTokens, rightTotal, rightTokens };
  return { sae, feature: featureIndex(feature), ...figures, ...peak };
}

/** Where a token stands in both texts, and what is strongest there; an activation of 0 is none. */
type Row = readonly [
  left: number,
  right: number,
  length: number,
  leftFeature: number,
  leftActivation: number,
  rightFeature: number,
  rightActivation: number,
];

export function changedTokens(sae: string, rows: readonly Row[]): ChangedTokens {
  return {
    sae,
    leftStarts: Uint32Array.from(rows, ([left]) => left),
    leftEnds: Uint32Array.from(rows, ([left, , length]) => left + length),
    rightStarts: Uint32Array.from(rows, ([, right]) => right),
    rightEnds: Uint32Array.from(rows, ([, right, length]) => right + length),
    leftFeatures: Uint32Array.from(rows, (row) => row[3]),
    leftActivations: Float32Array.from(rows, (row) => row[4]),
    rightFeatures: Uint32Array.from(rows, (row) => row[5]),
    rightActivations: Float32Array.from(rows, (row) => row[6]),
  };
}

export function comparisonOf(parts: Partial<TextComparison> = {}): TextComparison {
  const changed = parts.changed ?? [changedTokens('/s', [])];
  return {
    ...{ leftTokens: 10, rightTokens: 12, commonTokens: 9, gained: [], lost: [] },
    ...{ changed, changedTokens: changed.map(({ rightStarts }) => rightStarts.length) },
    ...parts,
  };
}
