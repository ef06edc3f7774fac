// Reductions over the last axis in any version of the standard operators: their axes moved from an attribute to an
// input.
import type { GraphBuilder } from './builder.ts';

/** First operator set in which axes are an input. */
const axesAreInput = { ReduceL2: 18, ReduceMean: 18, ReduceSum: 13 } as const;

/** [..., N] → [..., 1] */
export function emitReduction(
  builder: GraphBuilder,
  type: keyof typeof axesAreInput,
  value: string,
): string {
  return builder.opset >= axesAreInput[type]
    ? builder.op(type, [value, builder.int64s(-1)], { attributes: { keepdims: 1 } })
    : builder.op(type, [value], { attributes: { axes: [-1], keepdims: 1 } });
}
