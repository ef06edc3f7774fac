// The activation of gated SAEs (Rajamanoharan et al. 2024, "Improving Dictionary Learning with Gated SAEs").
import type { GraphBuilder } from '../../onnx/graph/builder.ts';
import { emitAbove } from './jumpRelu.ts';

/** Values of a graph, one entry per feature. */
export interface GatedVectors {
  readonly b_gate: string;
  readonly r_mag: string;
  readonly b_mag: string;
}

/**
 * 1[p + b_gate > 0] · (p ⊙ exp(r_mag) + b_mag). A sum of two floats has the sign of the exact sum, so comparing p with
 * −b_gate decides the same without a pass over all features.
 */
export function emitGatedMagnitude(
  builder: GraphBuilder,
  p: string,
  { b_gate, r_mag, b_mag }: GatedVectors,
): string {
  const gate = emitAbove(builder, p, builder.op('Neg', [b_gate]));
  const scaled = builder.op('Mul', [p, builder.op('Exp', [r_mag])]);
  return builder.op('Mul', [builder.op('Add', [scaled, b_mag]), gate]);
}

/** 1[p + b_gate > 0] · ReLU(p ⊙ exp(r_mag) + b_mag) */
export function emitGated(builder: GraphBuilder, p: string, vectors: GatedVectors): string {
  return builder.op('Relu', [emitGatedMagnitude(builder, p, vectors)]);
}
