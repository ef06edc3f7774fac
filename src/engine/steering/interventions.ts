// The edit of an SAE's features as a graph: at the site that the SAE writes to, y becomes
// y + scale(x) (gate ⊙ ((gain − 1) ⊙ f + bias)) · dec, where f are the activations of the E edited features in x, what the
// SAE reads (x = y but for transcoders), and scale takes an SAE that normalises its input back to the model's units.
// Everything that depends on the edit is an input, so that another edit needs no other session. gain 1 and bias 0 add
// exactly zero. gain and bias have a batch axis: rows are independent.
import type { GraphBuilder } from '../onnx/graph/builder.ts';
import type { Overlay } from '../onnx/overlay.ts';
import type { Sae } from '../sae/sae.ts';
import { emitDecode } from '../sae/subgraph/decode.ts';
import { editsAxis, emitEditedFeatures } from '../sae/subgraph/edited.ts';
import { emitEncode } from '../sae/subgraph/encode.ts';
import { emitRescaledChange } from '../sae/subgraph/input.ts';

/** @param n which of the SAEs in the graph */
export function interventionInputs(n: number): {
  /** [E, DOut] */
  readonly decoder: string;
  /** [B, T, E] each */
  readonly gain: string;
  readonly bias: string;
  /** [B, T, 1] bool: the SAE's error is kept. */
  readonly keepsError: string;
} {
  return {
    decoder: `monosem.${n}.dec`,
    gain: `monosem.${n}.gain`,
    bias: `monosem.${n}.bias`,
    keepsError: `monosem.${n}.keeps_error`,
  };
}

export interface InterventionOptions {
  /** Which of the SAEs in the graph. */
  readonly n: number;
  /** The stream is the SAE's reconstruction where an input says so. */
  readonly dropsError: boolean;
  /** Where changes happen: f [B, T, E] → 0 or 1 [B, T, E]. */
  readonly gate?: (f: string) => string;
}

/**
 * Rewires the site that `sae` writes to.
 * @returns f [B, T, E] before the edit
 */
export function emitIntervention(
  overlay: Overlay,
  sae: Sae,
  { n, dropsError, gate }: InterventionOptions,
): string {
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
    const everywhere = builder.op('Add', [
      builder.op('Mul', [builder.op('Sub', [gain, builder.scalar(1)]), f]),
      bias,
    ]);
    const change = gate === undefined ? everywhere : builder.op('Mul', [everywhere, gate(f)]);
    const moved = builder.op('MatMul', [change, decoder]);
    const from = dropsError ? emitWithoutError(builder, sae, { x, y, keeps: names.keepsError }) : y;
    return builder.op('Add', [from, emitRescaledChange(builder, sae, { x, change: moved })]);
  });
  return f;
}

/** y where the error is kept, else SAE(x); a choice, so that what is kept keeps every bit. */
function emitWithoutError(
  builder: GraphBuilder,
  sae: Sae,
  { x, y, keeps }: { readonly x: string; readonly y: string; readonly keeps: string },
): string {
  const reconstruction = emitDecode(builder, sae, { x, features: emitEncode(builder, sae, x) });
  const isKept = builder.input(keeps, 'bool', ['batch', 'tokens', 1]);
  return builder.op('Where', [isKept, y, reconstruction]);
}
