// What an SAE does to its input before the encoder sees it, and how its reconstruction is brought back to the model's
// units. Everything is per token: x [B, T, D] → [B, T, 1] factors.
import type { GraphBuilder } from '../../onnx/graph/builder.ts';
import type { Sae } from '../sae.ts';
import { emitReduction } from '../../onnx/graph/reduction.ts';
import { emitVector } from './weights.ts';

interface NormalisedInput {
  /** [B, T, D] */
  readonly x: string;
  /** What one unit of the SAE is in the model: scalar, or [B, T, 1]; 1 where it is missing. */
  readonly scale?: string;
  /** Added to what was scaled back, [B, T, 1]. */
  readonly shift?: string;
}

/** x − mean x, and the mean [B, T, 1]. */
function emitCentred(builder: GraphBuilder, x: string): { centred: string; mean: string } {
  const mean = emitReduction(builder, 'ReduceMean', x);
  return { centred: builder.op('Sub', [x, mean]), mean };
}

function emitNormalised(builder: GraphBuilder, sae: Sae, x: string): NormalisedInput {
  const { inputNormalisation, D } = sae;
  switch (inputNormalisation.kind) {
    case 'none':
      return { x };
    case 'expectedAverageOnlyIn': {
      const { factor } = inputNormalisation;
      return {
        x: builder.op('Mul', [x, builder.scalar(factor)]),
        scale: builder.scalar(1 / factor),
      };
    }
    case 'constantNormRescale': {
      const norm = emitReduction(builder, 'ReduceL2', x);
      const scale = builder.op('Div', [norm, builder.scalar(Math.sqrt(D))]);
      return { x: builder.op('Div', [x, scale]), scale };
    }
    case 'layerNorm': {
      const { centred, mean } = emitCentred(builder, x);
      const norm = emitReduction(builder, 'ReduceL2', centred);
      const scale = builder.op('Div', [norm, builder.scalar(Math.sqrt(D - 1))]);
      const divisor = builder.op('Add', [scale, builder.scalar(inputNormalisation.epsilon)]);
      return { x: builder.op('Div', [centred, divisor]), scale, shift: mean };
    }
  }
}

function emitFrame(
  builder: GraphBuilder,
  sae: Sae,
  x: string,
): NormalisedInput & { mean?: string } {
  if (!sae.centre) return emitNormalised(builder, sae, x);
  const { centred, mean } = emitCentred(builder, x);
  return { ...emitNormalised(builder, sae, centred), mean };
}

/** x̃ [B, T, D]: centred, normalised, without b_dec, as far as this SAE does each. */
export function emitInput(builder: GraphBuilder, sae: Sae, x: string): string {
  const normalised = emitFrame(builder, sae, x);
  if (!sae.applyBDecToInput) return normalised.x;
  return builder.op('Sub', [normalised.x, emitVector(builder, sae.b_dec)]);
}

/** A difference of reconstructions [B, T, DOut], in units of the SAE, in those of the model. */
export function emitRescaledChange(
  builder: GraphBuilder,
  sae: Sae,
  { x, change }: { readonly x: string; readonly change: string },
): string {
  if (sae.outputInModelUnits === true) return change;
  const { scale } = emitFrame(builder, sae, x);
  return scale === undefined ? change : builder.op('Mul', [change, scale]);
}

/** A reconstruction [B, T, DOut] in the frame of the SAE, in that of the model. */
export function emitRestored(
  builder: GraphBuilder,
  sae: Sae,
  { x, reconstruction }: { readonly x: string; readonly reconstruction: string },
): string {
  if (sae.outputInModelUnits === true) return reconstruction;
  const { scale, shift, mean } = emitFrame(builder, sae, x);
  let restored = reconstruction;
  if (scale !== undefined) restored = builder.op('Mul', [restored, scale]);
  for (const offset of [shift, mean]) {
    if (offset !== undefined) restored = builder.op('Add', [restored, offset]);
  }
  return restored;
}
