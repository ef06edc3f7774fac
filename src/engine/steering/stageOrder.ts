// In which order the stages of an edit are computed: sites as the model computes them, at one site the SAEs in the
// order of the source. A condition can only look at what is there already.
import type { Sae } from '../sae/sae.ts';

/** Names of sites in the order in which the model computes them. */
export interface SiteOrder {
  readonly sites: ReadonlyMap<string, unknown>;
}

export interface StageOrder {
  /** The numbers of the SAEs. */
  readonly saes: readonly number[];
  /** Does the n-th SAE's stage, or its own condition, know the activations of the m-th SAE? */
  readonly isReadBefore: (m: number, n: number) => boolean;
  /** Does something along a direction at a site know them? */
  readonly isReadBy: (m: number, site: string) => boolean;
}

export function stageOrder(
  saes: readonly Pick<Sae, 'outputSite'>[],
  { sites }: SiteOrder,
): StageOrder {
  const names = [...sites.keys()];
  const depths = saes.map(({ outputSite }) => names.indexOf(outputSite));
  const order = saes.map((_, n) => n).sort((a, b) => (depths[a] ?? 0) - (depths[b] ?? 0) || a - b);
  return {
    saes: order,
    isReadBefore: (m, n) => order.indexOf(m) <= order.indexOf(n),
    isReadBy: (m, site) => (depths[m] ?? 0) <= names.indexOf(site),
  };
}
