// Two changes at once, for an SAE that no single change mends: another site with another arithmetic, or two steps of the
// arithmetic. What is tried is bounded: the nearest sites, a part of the tokens, no weights the other way round.
import type { SaeTrialKind } from '../../../shared/saeCheck.ts';
import type { Sae } from '../../sae/sae.ts';
import { alternativesOf, type Alternative } from './alternatives.ts';

/** Sites other than the configured one: before and after it, and the likeliest places of the block. */
const nearestSites = 4;

export interface Pair {
  readonly changes: SaeTrialKind;
  readonly changesAlso: SaeTrialKind;
  /** In words that follow a figure. */
  readonly how: string;
  readonly sae: Sae;
  /** Where it reads: one of those given, or the configured one. */
  readonly site: string;
}

/** Each with its mean ‖x‖, the configured one first, then likely ones first. */
type ReadableSites = readonly (readonly [site: string, meanNorm: number])[];

function cheap(sae: Sae, meanNorm: number): Alternative[] {
  return alternativesOf(sae, meanNorm).filter(({ changes }) => changes !== 'orientation');
}

/** The likelier first: a wrong site with anything, then the arithmetic alone. */
export function pairsOf(sae: Sae, [configured, ...others]: ReadableSites): Pair[] {
  const bySite = others.slice(0, nearestSites).flatMap(([site, meanNorm]) =>
    cheap(sae, meanNorm).map(({ changes, how, sae: changed }) => ({
      changes: 'site' as const,
      changesAlso: changes,
      how: `at ${site} ${how}`,
      sae: changed,
      site,
    })),
  );
  if (configured === undefined) return bySite;
  const [site, meanNorm] = configured;
  const first = cheap(sae, meanNorm);
  const arithmetic = first.flatMap((one, i) =>
    cheap(one.sae, meanNorm)
      .filter(({ changes }) => first.findIndex((other) => other.changes === changes) > i)
      .filter(({ changes }) => changes !== one.changes)
      .map(({ changes, how, sae: changed }) => ({
        changes: one.changes,
        changesAlso: changes,
        how: `${one.how} and ${how}`,
        sae: changed,
        site,
      })),
  );
  return [...bySite, ...arithmetic];
}
