// Conditions as a graph: 1 where every feature that a change depends on is active (f > 0), else 0. Which ones those are
// is an input, a matrix of zeros and ones, so that another condition needs no other session.
import type { Tensor } from '../../shared/tensor.ts';
import type { GraphBuilder } from '../onnx/graph/builder.ts';
import { emitAbove } from '../sae/subgraph/jumpRelu.ts';

/** @param stage what the changes belong to */
function gateInputs(stage: string): { readonly gates: string; readonly needed: string } {
  return { gates: `monosem.${stage}.gates`, needed: `monosem.${stage}.needed` };
}

/**
 * @param activations of everything that a condition may name, [B, T, G]
 * @param axes names of G and of the number of changes C
 * @returns [B, T, C]
 */
export function emitGates(
  builder: GraphBuilder,
  activations: string,
  { stage, axes }: { readonly stage: string; readonly axes: readonly [string, string | number] },
): string {
  const names = gateInputs(stage);
  const gates = builder.input(names.gates, 'float32', axes);
  const needed = builder.input(names.needed, 'float32', [axes[1]]);
  const fires = emitAbove(builder, activations, builder.scalar(0));
  return emitAbove(builder, builder.op('MatMul', [fires, gates]), needed);
}

/** What to feed. @param changes per change, the columns of [B, T, G] that must be active */
export function gateFeeds(
  stage: string,
  changes: readonly (readonly number[])[],
  G: number,
): readonly (readonly [name: string, tensor: Tensor])[] {
  const C = changes.length;
  const gates = new Float32Array(G * C);
  for (const [c, columns] of changes.entries()) for (const g of columns) gates[g * C + c] = 1;
  // Sums of zeros and ones are exact: half a feature less than all of them lies between all and all but one.
  const needed = Float32Array.from(changes, (columns) => new Set(columns).size - 0.5);
  const names = gateInputs(stage);
  return [
    [names.gates, { dims: [G, C], data: gates }],
    [names.needed, { dims: [C], data: needed }],
  ];
}
