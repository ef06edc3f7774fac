// The features of a document in an order, as plain data for other extensions.
import type { SaePlace } from '../../shared/engineProtocol.ts';
import type { Ranking } from '../display/features/featureRankings.ts';
import { rankOne } from '../display/features/fileFeatureList.ts';
import type { TokenRows } from '../documents/tokenTable.ts';
import type { Services } from '../services.ts';
import { fileFeaturePorts, listedSaes } from './fileFeaturePorts.ts';

export interface RankedFeature {
  /** Place of the SAE it belongs to. */
  readonly sae: SaePlace;
  readonly feature: number;
  /** What ranks it: an activation, nats, or a ratio. */
  readonly score: number;
  /** Sum of its activations. */
  readonly total: number;
  /** Tokens on which it is active. */
  readonly tokens: number;
}

/** SAE after SAE, the painted one first; of each the first ones by rank, at most 200. */
export async function rankFile(
  services: Services,
  rows: readonly TokenRows[],
  ranking: Ranking,
): Promise<readonly RankedFeature[]> {
  const ports = fileFeaturePorts(services);
  const ranked: RankedFeature[] = [];
  for (const { sae } of listedSaes(services)) {
    const { selection } = await rankOne(sae, { rows, ranking, words: '' }, { ports });
    for (const { feature, score, total, tokens } of selection.listed) {
      ranked.push({ sae, feature, score, total, tokens });
    }
  }
  return ranked;
}
