// The graphs that generate: the whole decoder with the next-token logits of the last position, and, to steer, the
// intervention at the SAE's site.
import type { OpenModel } from '../model/openModel.ts';
import { Program } from '../model/program.ts';
import { Overlay } from '../onnx/overlay.ts';
import type { Sae } from '../sae/sae.ts';
import { emitIntervention } from './interventions.ts';
import { emitLastLogits } from './lastLogits.ts';

/** Output [B, 1, V] float32. */
export const nextLogits = 'monosem.next_logits';

export async function openSteerProgram(model: OpenModel, sae: Sae): Promise<Program> {
  const overlay = new Overlay(model.onnx, model.sites);
  const { builder } = overlay;
  emitIntervention(overlay, sae);
  builder.output(nextLogits, emitLastLogits(overlay));
  overlay.keepCache();
  return Program.open(overlay, model.execution);
}

/** The same without an SAE. */
export async function openPlainProgram(model: OpenModel): Promise<Program> {
  const overlay = new Overlay(model.onnx, model.sites);
  overlay.builder.output(nextLogits, emitLastLogits(overlay));
  overlay.keepCache();
  return Program.open(overlay, model.execution);
}
