// A change along one direction v of the stream as a graph. What is changed, δ v, depends on what y has of it; the amount
// is an input per row and token, and one amount of each kind changes no bit:
//   add      δ = amount                                   0
//   addNorm  δ = amount · ‖y‖          with ‖v‖ = 1       0
//   project  δ = (amount − 1)(y · v)   with ‖v‖ = 1       1   (Neuronpedia's ORTHOGONAL_DECOMP)
//   cap      δ = min(y · v, amount) − y · v, ‖v‖ = 1      ∞   (Neuronpedia's PROJECTION_CAP)
import type { GraphBuilder } from '../onnx/graph/builder.ts';
import type { Overlay } from '../onnx/overlay.ts';
import { emitReduction } from '../onnx/graph/reduction.ts';
import type { DirectionKind } from './edits.ts';

/** The amount that changes nothing. */
export const neutralAmount: Readonly<Record<DirectionKind, number>> = {
  add: 0,
  addNorm: 0,
  project: 1,
  cap: Infinity,
};

/** @param i which of the directions in the graph */
export function directionInputs(i: number): {
  /** [D] */
  readonly direction: string;
  /** [B, T, 1] */
  readonly amount: string;
} {
  return { direction: `monosem.direction_${i}`, amount: `monosem.direction_${i}.amount` };
}

export interface DirectionOptions {
  readonly i: number;
  readonly kind: DirectionKind;
  /** 0 or 1 [B, T, 1]: where it happens. */
  readonly gate?: string;
}

/** Rewires a site. */
export function emitDirection(
  overlay: Overlay,
  site: string,
  { i, kind, gate }: DirectionOptions,
): void {
  const { builder } = overlay;
  const names = directionInputs(i);
  const direction = builder.input(names.direction, 'float32', [`width_${i}`]);
  const amount = builder.input(names.amount, 'float32', ['batch', 'tokens', 1]);
  overlay.replace(site, (y) => {
    const everywhere = emitDelta(builder, kind, { y, direction, amount });
    const delta = gate === undefined ? everywhere : builder.op('Mul', [everywhere, gate]);
    return builder.op('Add', [y, builder.op('Mul', [delta, direction])]);
  });
}

/** δ [B, T, 1] */
function emitDelta(
  builder: GraphBuilder,
  kind: DirectionKind,
  { y, direction, amount }: Readonly<Record<'y' | 'direction' | 'amount', string>>,
): string {
  const component = (): string =>
    emitReduction(builder, 'ReduceSum', builder.op('Mul', [y, direction]));
  switch (kind) {
    case 'add':
      return amount;
    case 'addNorm':
      return builder.op('Mul', [amount, emitReduction(builder, 'ReduceL2', y)]);
    case 'project': {
      const factor = builder.op('Sub', [amount, builder.scalar(1)]);
      return builder.op('Mul', [factor, component()]);
    }
    case 'cap': {
      const before = component();
      return builder.op('Sub', [builder.op('Min', [before, amount]), before]);
    }
  }
}
