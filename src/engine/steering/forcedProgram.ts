// The graph that reads a given text under edits: the whole decoder with what the edits do, what it loses on
// every token, and, at one chosen position, its logits and the activations of the edited features.
import type { OpenModel } from '../model/openModel.ts';
import { Program } from '../model/program.ts';
import { emitLosses } from '../model/tokenLosses.ts';
import { Overlay } from '../onnx/overlay.ts';
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
  /** [B, 1, V] float32 there. */
  logits: 'monosem.position_logits',
  /** [B, 1, E] float32 there: activations of the edited features of the n-th SAE, before the edit. */
  activations: (n: number): string => `monosem.${n}.activations`,
} as const;

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
  const { logits, losses } = emitLosses(overlay, forcedNames.targets);
  builder.output(forcedNames.losses, losses);
  builder.output(forcedNames.logits, there(logits));
  overlay.keepCache();
  return Program.open(overlay, model.execution);
}
