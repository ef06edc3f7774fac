// Which features are shown at all: not those somebody has hidden, nor those that are active nearly everywhere, nor those
// of the token that marks the beginning of a text. The same for colours, hovers and lists. Without VS Code.
import type { FeatureBrief, FeatureRef, SaePlace } from '../../../shared/engineProtocol.ts';
import { nameOfSae } from '../saeName.ts';

export interface FilterRules {
  /** Percentage of the corpus' tokens above which a feature is left out. */
  readonly maxDensity: number;
  /** Names of features, as `featureName` gives them. */
  readonly hidden: readonly string[];
  readonly ignoreBos: boolean;
  /** Id of the token that marks the beginning of a text, of models that have one. */
  readonly bosId?: number | undefined;
}

type BriefOf = (sae: SaePlace, feature: number) => FeatureBrief | undefined;

/** What a feature is called in settings: no folder of one machine is in it. */
export function featureName({ sae, feature }: FeatureRef): string {
  return `${nameOfSae(sae)}/${feature}`;
}

export class FeatureFilter {
  readonly rules: FilterRules;
  readonly #hidden: ReadonlySet<string>;
  readonly #brief: BriefOf;

  /** @param brief a feature of unknown density is shown */
  constructor(rules: FilterRules, brief: BriefOf) {
    this.rules = rules;
    this.#hidden = new Set(rules.hidden);
    this.#brief = brief;
  }

  readonly shows = ({ sae, feature }: FeatureRef): boolean => {
    if (this.#hidden.size > 0 && this.#hidden.has(featureName({ sae, feature }))) return false;
    const { maxDensity } = this.rules;
    if (maxDensity >= 100) return true;
    return (this.#brief(sae, feature)?.density ?? 0) * 100 <= maxDensity;
  };

  /** Does it depend on the densities of features which ones are shown? */
  get asksForDensities(): boolean {
    return this.rules.maxDensity < 100;
  }

  /** Are features shown on tokens with this id? */
  readonly showsOn = (tokenId: number): boolean =>
    !this.rules.ignoreBos || tokenId !== this.rules.bosId;
}
