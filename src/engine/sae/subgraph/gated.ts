// The activation of gated SAEs (Rajamanoharan et al. 2024, "Improving Dictionary Learning with Gated SAEs").
import type { GraphBuilder } from '../../onnx/graph/builder.ts';
import { emitAbove } from './jumpRelu.ts';

/** Values of a graph, one entry per feature. */
export interface GatedVectors {
  readonly b_gate: string;
  readonly r_mag: string;
  readonly b_mag: string;
}

/** 1[p + b_gate > 0] · ReLU(p ⊙ exp(r_mag) + b_mag) */
export function emitGated(builder: GraphBuilder, p: string, vectors: GatedVectors): string {
  const { b_gate, r_mag, b_mag } = vectors;
  const gate = emitAbove(builder, builder.op('Add', [p, b_gate]), builder.scalar(0));
  const scaled = builder.op('Mul', [p, builder.op('Exp', [r_mag])]);
  const magnitude = builder.op('Relu', [builder.op('Add', [scaled, b_mag])]);
  return builder.op('Mul', [gate, magnitude]);
}
