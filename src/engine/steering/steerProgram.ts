// The graph that generates: the whole decoder with the next-token logits of the last position, and, to steer, what the
// edits do.
import type { OpenModel } from '../model/openModel.ts';
import { Program } from '../model/program.ts';
import { emitRecentTokens } from '../model/recentInputs.ts';
import { Overlay } from '../onnx/overlay.ts';
import type { Sae } from '../sae/sae.ts';
import { emitEdits } from './editStages.ts';
import { emitLastLogits } from './lastLogits.ts';
import { plainLayout, type EditLayout } from './layout.ts';

/** Output [B, 1, V] float32. */
export const nextLogits = 'monosem.next_logits';

/** @param saes edited one after the other where several write to one site; none for the model as it is */
export async function openSteerProgram(
  model: Pick<OpenModel, 'onnx' | 'sites' | 'execution'>,
  saes: readonly Sae[],
  layout: EditLayout = plainLayout,
): Promise<Program> {
  const overlay = new Overlay(model.onnx, model.sites);
  emitEdits(overlay, saes, layout);
  overlay.builder.output(nextLogits, emitLastLogits(overlay));
  overlay.keepCache();
  emitRecentTokens(overlay);
  return Program.open(overlay, model.execution);
}
