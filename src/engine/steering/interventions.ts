// The edit as a graph: at the site that the SAE writes to, y becomes y + scale(x) ((gain − 1) ⊙ f + bias) · dec, where f
// are the activations of the E edited features in x, what the SAE reads (x = y but for transcoders), and scale takes an
// SAE that normalises its input back to the model's units. Everything that depends on the edit is an input, so that another edit needs no other
// session. gain 1 and bias 0 add exactly zero. gain and bias have a batch axis: rows are independent.
import { elementCount, type Tensor } from '../../shared/tensor.ts';
import type { FeatureIndex } from '../../shared/units.ts';
import type { Overlay } from '../onnx/overlay.ts';
import type { Sae } from '../sae/sae.ts';
import { editsAxis, emitEditedFeatures } from '../sae/subgraph/edited.ts';
import { emitRescaledChange } from '../sae/subgraph/input.ts';
import type { Transform } from './edits.ts';

/** @param n which of the SAEs in the graph */
export function interventionInputs(n: number): {
  readonly decoder: string;
  readonly gain: string;
  readonly bias: string;
} {
  return {
    decoder: `monosem.${n}.dec`,
    gain: `monosem.${n}.gain`,
    bias: `monosem.${n}.bias`,
  };
}

/**
 * Rewires the site that `sae` writes to.
 * @param n which of the SAEs in the graph
 * @returns f [B, T, E] before the edit
 */
export function emitIntervention(overlay: Overlay, sae: Sae, n: number): string {
  const { builder } = overlay;
  const names = interventionInputs(n);
  const axis = editsAxis(n);
  let f = '';
  overlay.replace(sae.outputSite, (y) => {
    const x = sae.outputSite === sae.site ? y : overlay.read(sae.site);
    f = emitEditedFeatures(builder, sae, x, n);
    const decoder = builder.input(names.decoder, 'float32', [axis, sae.DOut]);
    const gain = builder.input(names.gain, 'float32', ['batch', 'tokens', axis]);
    const bias = builder.input(names.bias, 'float32', ['batch', 'tokens', axis]);
    const change = builder.op('Add', [
      builder.op('Mul', [builder.op('Sub', [gain, builder.scalar(1)]), f]),
      bias,
    ]);
    const moved = builder.op('MatMul', [change, decoder]);
    return builder.op('Add', [y, emitRescaledChange(builder, sae, { x, change: moved })]);
  });
  return f;
}

/** What is done to the features of one SAE. */
export type Transforms = ReadonlyMap<FeatureIndex, Transform>;

/** What one row of the batch does to the tokens of one run, SAE by SAE. */
export type RowEdit = readonly Transforms[] | 'none';

/** Tokens that follow each other under the same edits. */
export interface Stretch {
  readonly tokens: number;
  /** One entry per batch row. */
  readonly rows: readonly RowEdit[];
}

/**
 * gain and bias [B, T, E] of one SAE for a run of T tokens.
 * @param features its E edited features, in the order of the other inputs
 * @param n which of the SAEs in the graph
 * @param stretches at least one; T is the sum of their tokens
 */
export function gainAndBias(
  features: readonly FeatureIndex[],
  n: number,
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
        const transform = row[n]?.get(feature);
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
