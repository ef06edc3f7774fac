// The graph that generates: the whole decoder with the next-token logits of the last position, and, to steer, an
// intervention for each SAE.
import type { OpenModel } from '../model/openModel.ts';
import { Program } from '../model/program.ts';
import { Overlay } from '../onnx/overlay.ts';
import type { Sae } from '../sae/sae.ts';
import { emitIntervention } from './interventions.ts';
import { emitLastLogits } from './lastLogits.ts';

/** Output [B, 1, V] float32. */
export const nextLogits = 'monosem.next_logits';

/** @param saes edited one after the other where several write to one site; none for the model as it is */
export async function openSteerProgram(
  model: Pick<OpenModel, 'onnx' | 'sites' | 'execution'>,
  saes: readonly Sae[],
): Promise<Program> {
  const overlay = new Overlay(model.onnx, model.sites);
  const { builder } = overlay;
  for (const [n, sae] of saes.entries()) emitIntervention(overlay, sae, n);
  builder.output(nextLogits, emitLastLogits(overlay));
  overlay.keepCache();
  return Program.open(overlay, model.execution);
}
