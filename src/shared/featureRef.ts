// Features of several SAEs side by side: when two are the same one, and how the SAEs are told apart in few words.
import type { FeatureRef, SaePlace } from './engineProtocol.ts';

export function sameFeature(a: FeatureRef, b: FeatureRef): boolean {
  return a.feature === b.feature && a.sae === b.sae;
}

/** Equal for equal features, different for different ones. */
export function featureKey({ sae, feature }: FeatureRef): string {
  return `${feature} ${sae}`;
}

export interface NamedSae {
  readonly sae: SaePlace;
  readonly name: string;
  readonly site: string;
}

/**
 * What each of some SAEs is called beside the others: its site; where that is shared, with its name; where that is,
 * too, with its place.
 */
export function saeLabels(saes: readonly NamedSae[]): ReadonlyMap<SaePlace, string> {
  const isShared = (value: string, of: (sae: NamedSae) => string): boolean =>
    saes.filter((each) => of(each) === value).length > 1;
  const withName = ({ name, site }: NamedSae): string => `${site} · ${name}`;
  return new Map(
    saes.map((each) => {
      if (!isShared(each.site, ({ site }) => site)) return [each.sae, each.site];
      const named = withName(each);
      return [each.sae, isShared(named, withName) ? `${each.site} · ${each.sae}` : named];
    }),
  );
}
