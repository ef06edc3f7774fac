// Orders the features that one SAE finds in a stretch of text for a list: those at the cursor first, then by strength. Without VS Code.
import { readingOf } from '../../documents/tokenTable.ts';
import type { Token } from '../../documents/tokenTable.ts';
import type { SaePlace } from '../../../shared/engineProtocol.ts';

export interface RankedFeature {
  readonly feature: number;
  /** Largest one at the cursor, or in the whole stretch for features that are not active there. */
  readonly activation: number;
  readonly isHere: boolean;
}

/** @param cursor UTF-16 offset; a token counts as “here” also when the cursor stands at its edge */
export function rankFeatures(
  tokens: readonly Token[],
  cursor: number,
  sae: SaePlace,
): readonly RankedFeature[] {
  const best = new Map<number, RankedFeature>();
  for (const token of tokens) {
    const isHere = token.start <= cursor && cursor <= token.end;
    const reading = readingOf(token, sae);
    for (const [slot, feature] of reading?.features.entries() ?? []) {
      const candidate = { feature, activation: reading?.activations[slot] ?? 0, isHere };
      const known = best.get(feature);
      const isBetter = known === undefined || byRank(candidate, known) < 0;
      if (candidate.activation > 0 && isBetter) best.set(feature, candidate);
    }
  }
  return [...best.values()].sort(byRank);
}

function byRank(a: RankedFeature, b: RankedFeature): number {
  return Number(b.isHere) - Number(a.isHere) || b.activation - a.activation;
}
