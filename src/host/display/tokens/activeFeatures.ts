// The features of one token as hovers and lists show them: SAE after SAE, the painted one first, without those that the
// filters leave out. Without VS Code.
import type { FeatureRef, SaePlace } from '../../../shared/engineProtocol.ts';
import { featureIndex } from '../../../shared/units.ts';
import type { TokenReading } from '../../documents/tokenTable.ts';
import type { TokenFacts } from './tokenFacts.ts';

export interface ActiveFeature extends FeatureRef {
  readonly activation: number;
  /** Of the summed activation of the strongest features that were kept of this SAE on this token. */
  readonly share: number;
  /** Of the feature's own maximum where that is known, else of the token's strongest feature, 0…1. */
  readonly strength: number;
}

/** What one SAE finds in a token. */
export interface ActiveOfSae {
  readonly sae: SaePlace;
  /** How many of the strongest features were kept per token, active or not. */
  readonly kept: number;
  /** Strongest first; behind those that were kept, weaker ones that somebody follows. */
  readonly shown: readonly ActiveFeature[];
  /** Active ones that the filters leave out. */
  readonly leftOut: number;
}

interface ReadToken {
  readonly id: number;
  readonly readings: readonly TokenReading[];
}

export function activeFeatures(token: ReadToken, facts: TokenFacts): readonly ActiveOfSae[] {
  const isPainted = ({ sae }: TokenReading): number => Number(sae === facts.painted);
  return token.readings
    .toSorted((a, b) => isPainted(b) - isPainted(a))
    .map((reading) => activeOfSae(reading, token.id, facts));
}

function activeOfSae(
  { sae, topK, features, activations }: TokenReading,
  tokenId: number,
  { brief, shows, showsOn }: TokenFacts,
): ActiveOfSae {
  const strong = activations.subarray(0, topK);
  const total = strong.reduce((sum, activation) => sum + Math.max(0, activation), 0);
  const strongest = activations[0] ?? 0;
  const all = [...features].flatMap((index, slot) => {
    const activation = activations[slot] ?? 0;
    if (activation <= 0) return [];
    const feature = featureIndex(index);
    const known = brief(sae, feature)?.maxActivation ?? 0;
    const strength = activation / (known > 0 ? known : strongest);
    return [{ sae, feature, activation, share: activation / total, strength }];
  });
  const shown = showsOn(tokenId) ? all.filter(shows) : [];
  return { sae, kept: topK, shown, leftOut: all.length - shown.length };
}

/** In words, with a link or a row for it elsewhere. */
export function leftOutOf(found: readonly ActiveOfSae[]): number {
  return found.reduce((sum, { leftOut }) => sum + leftOut, 0);
}
