// What two models expect in one step of their texts, side by side.
import type { ExpectedInStep } from '../../shared/engineProtocol.ts';
import { likelyTokens } from '../model/likelyTokens.ts';
import { placeOf } from '../math/ranking.ts';

/**
 * @param logits [V] of the baseline and of the steered model
 * @param top tokens listed of each
 */
export function expectedInStep(
  [ofBaseline, ofSteered]: readonly [Float32Array, Float32Array],
  top: number,
  textOf: (id: number) => string,
): ExpectedInStep {
  const baseline = likelyTokens(ofBaseline, top, textOf);
  const steered = likelyTokens(ofSteered, top, textOf);
  const ranks = (ids: Uint32Array, data: Float32Array): Uint32Array =>
    ids.map((id) => placeOf(data, id, 0, data.length));
  return {
    baseline,
    steered,
    ranksInSteered: ranks(baseline.ids, ofSteered),
    ranksInBaseline: ranks(steered.ids, ofBaseline),
  };
}
