// The decoder as ONNX nodes; the formula is in sae.ts.
import type { GraphBuilder } from '../../onnx/graph/builder.ts';
import type { Sae } from '../sae.ts';
import { emitRestored } from './input.ts';
import { emitDecoderNorms, emitProduct, emitVector } from './weights.ts';

/** x̂ [B, T, DOut] of features [B, T, F] that were encoded from x [B, T, D]. */
export function emitDecode(
  builder: GraphBuilder,
  sae: Sae,
  { x, features }: { readonly x: string; readonly features: string },
): string {
  let f = features;
  if (sae.decoderScale !== undefined) {
    f = builder.op('Mul', [f, emitVector(builder, sae.decoderScale)]);
  }
  if (sae.rescaleByDecoderNorm) f = builder.op('Div', [f, emitDecoderNorms(builder, sae)]);
  const product = emitProduct(builder, f, sae.W_dec);
  const decoded = builder.op('Add', [product, emitVector(builder, sae.b_dec)]);
  const restored = emitRestored(builder, sae, { x, reconstruction: decoded });
  if (sae.W_skip === undefined) return restored;
  const skipped = emitProduct(builder, x, sae.W_skip);
  return builder.op('Add', [restored, skipped]);
}
