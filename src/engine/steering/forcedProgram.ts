// The graph that reads a given text under edits: the whole decoder with what the edits do, what it loses on
// every token, and, at one chosen position, its logits and the activations of the edited features.
import type { OpenModel } from '../model/openModel.ts';
import { Program } from '../model/program.ts';
import { emitDivergence, emitLosses } from '../model/tokenLosses.ts';
import { Overlay } from '../onnx/overlay.ts';
import type { OnnxTensor } from '../onnx/runtime/session.ts';
import type { Sae } from '../sae/sae.ts';
import { emitEdits } from './editStages.ts';
import { plainLayout, type EditLayout } from './layout.ts';

export const forcedNames = {
  /** Input [B, T, 1] int64: the token that follows each token. */
  targets: 'monosem.targets',
  /** [B, T, 1] float32: −ln p(target). */
  losses: 'monosem.losses',
  /** Input [1] int64: the chosen position of the run. */
  position: 'monosem.position',
  /** [B, T, V] float32: ln p of every token of the vocabulary. */
  logProbabilities: 'monosem.log_probabilities',
  /** Input [1, T, V] float32: ln p of the model that the others are compared with, or {@link noReference}. */
  reference: 'monosem.reference',
  /** [B, T, 1] float32: KL(reference ‖ row) in nats. */
  divergence: 'monosem.divergence',
  /** [B, 1, V] float32 there. */
  logits: 'monosem.position_logits',
  /** [B, 1, E] float32 there: activations of the edited features of the n-th SAE, before the edit. */
  activations: (n: number): string => `monosem.${n}.activations`,
} as const;

/** For runs that compare with nothing. */
export const noReference: OnnxTensor = {
  type: 'float32',
  dims: [1, 1, 1],
  data: new Float32Array(1),
};

/**
 * @param saes edited one after the other where several write to one site
 * @throws MonosemError `unsupportedModel` for a model without logits
 */
export async function openForcedProgram(
  model: Pick<OpenModel, 'onnx' | 'sites' | 'execution'>,
  saes: readonly Sae[],
  layout: EditLayout = plainLayout,
): Promise<Program> {
  const overlay = new Overlay(model.onnx, model.sites);
  const { builder } = overlay;
  const position = builder.input(forcedNames.position, 'int64', [1]);
  const there = (value: string): string =>
    builder.op('Gather', [value, position], { attributes: { axis: 1 } });
  for (const [n, f] of emitEdits(overlay, saes, layout).entries()) {
    builder.output(forcedNames.activations(n), there(f));
  }
  const { logits, logProbabilities, losses } = emitLosses(overlay, forcedNames.targets);
  builder.output(forcedNames.logProbabilities, logProbabilities);
  builder.output(
    forcedNames.divergence,
    emitDivergence(builder, forcedNames.reference, logProbabilities),
  );
  builder.output(forcedNames.losses, losses);
  builder.output(forcedNames.logits, there(logits));
  overlay.keepCache();
  return Program.open(overlay, model.execution);
}
