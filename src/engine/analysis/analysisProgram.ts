// The graph that analyses text: the decoder up to the last of the sites that SAEs read, the SAEs, and TopK, so that only
// the strongest features of each token leave the runtime. With losses the whole decoder runs.
import type { OpenModel } from '../model/openModel.ts';
import { Program } from '../model/program.ts';
import { Overlay } from '../onnx/overlay.ts';
import type { Sae } from '../sae/sae.ts';
import { emitTopFeatures } from '../sae/subgraph/encode.ts';

export const analysisNames = {
  /** Of the n-th SAE: [B, T, K] float32 */
  values: (n: number): string => `monosem.${n}.top_values`,
  /** Of the n-th SAE: [B, T, K] int32 */
  indices: (n: number): string => `monosem.${n}.top_indices`,
  /** Input [B, T, 1] int64: the token that follows each token. */
  targets: 'monosem.targets',
  /** [B, T, 1] float32: −ln p(target). */
  losses: 'monosem.losses',
} as const;

/** Data type number of int32 in ONNX. */
const int32 = 6;

export interface AnalysisOptions {
  /** Features that leave the runtime per token and SAE, where it has that many. */
  readonly limit: number;
  readonly loss: boolean;
}

export async function openAnalysisProgram(
  model: OpenModel,
  saes: readonly Sae[],
  { limit, loss }: AnalysisOptions,
): Promise<Program> {
  const overlay = new Overlay(model.onnx, model.sites);
  const { builder } = overlay;
  for (const [n, sae] of saes.entries()) {
    const most = Math.min(limit, sae.F);
    const { values, indices } = emitTopFeatures(builder, sae, overlay.read(sae.site), most);
    builder.output(analysisNames.values(n), values);
    // int64 would arrive as one BigInt per feature.
    const small = builder.op('Cast', [indices], { attributes: { to: int32 } });
    builder.output(analysisNames.indices(n), small);
  }
  if (loss) emitLosses(overlay);
  overlay.keepCache(loss ? undefined : saes.map(({ site }) => site));
  return Program.open(overlay, model.execution);
}

/** −ln softmax(logits)[target]. Only operators that every opset since 11 writes alike. */
function emitLosses(overlay: Overlay): void {
  const { builder } = overlay;
  const targets = builder.input(analysisNames.targets, 'int64', ['batch', 'tokens', 1]);
  const attributes = { axis: -1 };
  const logProbabilities = builder.op('LogSoftmax', [overlay.readLogits()], { attributes });
  const picked = builder.op('GatherElements', [logProbabilities, targets], { attributes });
  builder.output(analysisNames.losses, builder.op('Neg', [picked]));
}
