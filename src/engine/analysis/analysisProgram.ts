// The graph that analyses text: the decoder up to the last of the sites that SAEs read, the SAEs, and TopK, so that only
// the strongest features of each token leave the runtime, and those that are followed. With losses the whole decoder runs.
import type { OpenModel } from '../model/openModel.ts';
import { Program } from '../model/program.ts';
import { emitLosses } from '../model/tokenLosses.ts';
import type { GraphBuilder } from '../onnx/graph/builder.ts';
import { Overlay } from '../onnx/overlay.ts';
import type { Sae } from '../sae/sae.ts';
import { emitTopAndFollowed, emitTopFeatures } from '../sae/subgraph/encode.ts';
import type { TopKValues } from '../sae/subgraph/topK.ts';

export const analysisNames = {
  /** Of the n-th SAE: [B, T, K] float32 */
  values: (n: number): string => `monosem.${n}.top_values`,
  /** Of the n-th SAE: [B, T, K] int32 */
  indices: (n: number): string => `monosem.${n}.top_indices`,
  /** Input [E] int64: the features of the n-th SAE that are followed; E is dynamic. */
  followedFeatures: (n: number): string => `monosem.${n}.followed_features`,
  /** Of the n-th SAE: [B, T, E] float32 */
  followed: (n: number): string => `monosem.${n}.followed`,
  /** Input [B, T, 1] int64: the token that follows each token. */
  targets: 'monosem.targets',
  /** [B, T, 1] float32: −ln p(target). */
  losses: 'monosem.losses',
  /** [B, T, N] int32: the likeliest tokens behind each token, likeliest first. */
  predicted: 'monosem.predicted',
  /** [B, T, N] float32: their probabilities. */
  probabilities: 'monosem.probabilities',
  /** [B, T, 1] int32: 1 + the number of tokens likelier than the target. */
  ranks: 'monosem.ranks',
} as const;

/** Data type numbers in ONNX. */
const float32 = 1;
const int32 = 6;

/** Of ReduceSum. */
const firstOpsetWithAxesInput = 13;

export interface AnalysisOptions {
  /** Features that leave the runtime per token and SAE, where it has that many. */
  readonly limit: number;
  readonly loss: boolean;
  /** With losses: tokens that leave the runtime as predictions behind each token; 0 for none. */
  readonly predictions: number;
  /** Has inputs that name features, and outputs with their activations; without it the graph has neither. */
  readonly follows?: boolean;
  /** Its results are kept beyond this process. */
  readonly isIdentified?: boolean;
}

export async function openAnalysisProgram(
  model: OpenModel,
  saes: readonly Sae[],
  { limit, loss, predictions, follows = false, isIdentified = false }: AnalysisOptions,
): Promise<Program> {
  const overlay = new Overlay(model.onnx, model.sites);
  const { builder } = overlay;
  for (const [n, sae] of saes.entries()) {
    const x = overlay.read(sae.site);
    const { values, indices } = follows
      ? emitFollowing(builder, sae, x, { n, limit })
      : emitTopFeatures(builder, sae, x, limit);
    builder.output(analysisNames.values(n), values);
    builder.output(analysisNames.indices(n), emitInt32(builder, indices));
  }
  if (loss) emitPredictions(overlay, predictions);
  overlay.keepCache(loss ? undefined : saes.map(({ site }) => site));
  return Program.open(overlay, model.execution, isIdentified);
}

/** The strongest features of the n-th SAE; those that are followed become an output. */
function emitFollowing(
  builder: GraphBuilder,
  sae: Sae,
  x: string,
  { n, limit }: { readonly n: number; readonly limit: number },
): TopKValues {
  const features = builder.input(analysisNames.followedFeatures(n), 'int64', [`followed_${n}`]);
  const { top, followed } = emitTopAndFollowed(builder, sae, x, { limit, features });
  builder.output(analysisNames.followed(n), followed);
  return top;
}

/** int64 would arrive as one BigInt per element. */
function emitInt32(builder: GraphBuilder, value: string): string {
  return builder.op('Cast', [value], { attributes: { to: int32 } });
}

/** −ln p of the token that follows, and what was expected instead. Only operators of opset 11 and later. */
function emitPredictions(overlay: Overlay, predictions: number): void {
  const { builder } = overlay;
  const attributes = { axis: -1 };
  const { logits, logProbabilities, targets, losses } = emitLosses(overlay, analysisNames.targets);
  builder.output(analysisNames.losses, losses);
  if (predictions === 0) return;
  // By logits: rounding makes tokens of different logits equally probable.
  const [, indices = ''] = builder.ops('TopK', [logits, builder.int64s(predictions)], 2);
  const best = builder.op('GatherElements', [logProbabilities, indices], { attributes });
  builder.output(analysisNames.predicted, emitInt32(builder, indices));
  builder.output(analysisNames.probabilities, builder.op('Exp', [best]));
  const target = builder.op('GatherElements', [logits, targets], { attributes });
  const isLikelier = builder.op('Greater', [logits, target]);
  const rank = builder.op('Add', [emitCount(builder, isLikelier), builder.scalar(1)]);
  builder.output(analysisNames.ranks, emitInt32(builder, rank));
}

/** How many elements of the last axis are true, as float32: exact up to 2²⁴. [B, T, V] → [B, T, 1] */
function emitCount(builder: GraphBuilder, flags: string): string {
  const ones = builder.op('Cast', [flags], { attributes: { to: float32 } });
  return builder.opset < firstOpsetWithAxesInput
    ? builder.op('ReduceSum', [ones], { attributes: { axes: [-1], keepdims: 1 } })
    : builder.op('ReduceSum', [ones, builder.int64s(-1)], { attributes: { keepdims: 1 } });
}
