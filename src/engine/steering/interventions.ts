// The edit as a graph: at the site that the SAE writes to, y becomes y + scale(x) ((gain − 1) ⊙ f + bias) · dec, where f
// are the activations of the E edited features in x, what the SAE reads (x = y but for transcoders), and scale takes an
// SAE that normalises its input back to the model's units. Everything that depends on the edit is an input, so that another edit needs no other
// session. gain 1 and bias 0 add exactly zero. gain and bias have a batch axis: rows are independent.
import { elementCount, type Tensor } from '../../shared/tensor.ts';
import type { FeatureIndex } from '../../shared/units.ts';
import type { Overlay } from '../onnx/overlay.ts';
import type { Sae } from '../sae/sae.ts';
import { emitEditedFeatures } from '../sae/subgraph/edited.ts';
import { emitRescaledChange } from '../sae/subgraph/input.ts';
import type { Transform } from './edits.ts';

export const interventionInputs = {
  decoder: 'monosem.dec',
  gain: 'monosem.gain',
  bias: 'monosem.bias',
} as const;

/** Rewires the site that `sae` writes to. */
export function emitIntervention(overlay: Overlay, sae: Sae): void {
  const { builder } = overlay;
  overlay.replace(sae.outputSite, (y) => {
    const x = sae.outputSite === sae.site ? y : overlay.read(sae.site);
    const f = emitEditedFeatures(builder, sae, x);
    const decoder = builder.input(interventionInputs.decoder, 'float32', ['edits', sae.DOut]);
    const gain = builder.input(interventionInputs.gain, 'float32', ['batch', 'tokens', 'edits']);
    const bias = builder.input(interventionInputs.bias, 'float32', ['batch', 'tokens', 'edits']);
    const change = builder.op('Add', [
      builder.op('Mul', [builder.op('Sub', [gain, builder.scalar(1)]), f]),
      bias,
    ]);
    const moved = builder.op('MatMul', [change, decoder]);
    return builder.op('Add', [y, emitRescaledChange(builder, sae, { x, change: moved })]);
  });
}

/** What one row of the batch does to the tokens of one run. */
export type RowEdit = ReadonlyMap<FeatureIndex, Transform> | 'none';

/** Tokens that follow each other under the same edits. */
export interface Stretch {
  readonly tokens: number;
  /** One entry per batch row. */
  readonly rows: readonly RowEdit[];
}

/**
 * gain and bias [B, T, E] for a run of T tokens.
 * @param features the E edited features, in the order of the other inputs
 * @param stretches at least one; T is the sum of their tokens
 */
export function gainAndBias(
  features: readonly FeatureIndex[],
  stretches: readonly Stretch[],
): { readonly gain: Tensor; readonly bias: Tensor } {
  const E = features.length;
  const T = stretches.reduce((sum, { tokens }) => sum + tokens, 0);
  const dims = [stretches[0]?.rows.length ?? 0, T, E];
  const gain = new Float32Array(elementCount(dims)).fill(1);
  const bias = new Float32Array(elementCount(dims));
  let before = 0;
  for (const { tokens, rows } of stretches) {
    for (const [b, row] of rows.entries()) {
      if (row === 'none') continue;
      for (const [e, feature] of features.entries()) {
        const transform = row.get(feature);
        if (transform === undefined) continue;
        for (let t = before; t < before + tokens; t++) {
          gain[(b * T + t) * E + e] = transform.gain;
          bias[(b * T + t) * E + e] = transform.bias;
        }
      }
    }
    before += tokens;
  }
  return { gain: { dims, data: gain }, bias: { dims, data: bias } };
}
