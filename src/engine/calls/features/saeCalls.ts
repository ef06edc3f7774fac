// What calls about SAEs compute: features of given activations, and whether an SAE fits the model.
import type { CheckSaeParams } from '../../../shared/engineProtocol.ts';
import type { SaeCheck, SaeTrial } from '../../../shared/saeCheck.ts';
import type { Tensor } from '../../../shared/tensor.ts';
import type { Breath } from '../../analysis/analysedWindow.ts';
import { checkSae } from '../../evaluation/checkSae.ts';
import { decode, encode } from '../../sae/encode.ts';
import { loadSae } from '../../sae/load.ts';
import { loadWeights } from '../../sae/weights.ts';
import type { OpenSource } from '../../sources/openSource.ts';

export interface EncodedActivations {
  /** [T, F] */
  readonly features: Tensor;
  /** [T, DOut] */
  readonly reconstruction: Tensor;
}

/** @param activations x [T, D] from any source */
export async function encodeActivations(
  saeFolder: string,
  activations: Tensor,
): Promise<EncodedActivations> {
  const weights = await loadWeights(await loadSae(saeFolder));
  const features = encode(weights, activations);
  return { features, reconstruction: decode(weights, activations, features) };
}

/** @throws MonosemError `badArgument` for an SAE that is not active; whatever `breath` throws */
export function checkActiveSae(
  open: OpenSource,
  { sae, text }: CheckSaeParams,
  report: (trial: SaeTrial) => void,
  breath: Breath,
): Promise<SaeCheck> {
  const subject = {
    model: open.model,
    sae: open.sae(sae),
    ...(text === undefined ? {} : { text }),
  };
  return checkSae(subject, { report, breath });
}
