// What two models expect in one step of their texts, side by side.
import type { ExpectedInStep } from '../../shared/engineProtocol.ts';
import { likelyTokens } from '../model/likelyTokens.ts';
import type { ComparedLogits } from '../math/kl.ts';
import { placesOf } from '../math/ranking.ts';

/**
 * @param logits [V] of the baseline and of the steered model
 * @param totals of both, as comparing them gave
 * @param top tokens listed of each
 */
export function expectedInStep(
  [ofBaseline, ofSteered]: readonly [Float32Array, Float32Array],
  { pTotal, qTotal }: Omit<ComparedLogits, 'kl'>,
  { top, textOf }: { readonly top: number; readonly textOf: (id: number) => string },
): ExpectedInStep {
  const baseline = likelyTokens(ofBaseline, top, textOf, { total: pTotal });
  const steered = likelyTokens(ofSteered, top, textOf, { total: qTotal });
  return {
    baseline,
    steered,
    ranksInSteered: placesOf(ofSteered, baseline.ids),
    ranksInBaseline: placesOf(ofBaseline, steered.ids),
  };
}
