// The edit of an SAE's features as a graph: at the site that the SAE writes to, y becomes
// y + scale(x) (f′ − f) · dec, where f are the activations of the E edited features in x, what the SAE reads (x = y but for
// transcoders), and scale takes an SAE that normalises its input back to the model's units. f′ comes of rounds, each of
// which moves what the one before left by gate ⊙ ((gain − 1) ⊙ f + bias); mostly there is one, and there are several where
// edits of one feature have different conditions. The moves are summed up, so gain 1 and bias 0 add exactly zero.
// Everything that depends on the edit is an input, so that another edit needs no other session. gain and bias have a batch
// axis: rows are independent.
import type { GraphBuilder } from '../onnx/graph/builder.ts';
import { emitReduction } from '../onnx/graph/reduction.ts';
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
  /** 0 or 1 [B, T, C]: the SAE's error is dropped under each of C conditions. */
  readonly drops: string;
} {
  return { decoder: `monosem.${n}.dec`, drops: `monosem.${n}.drops` };
}

/** @param n which of the SAEs in the graph */
export function roundInputs(
  n: number,
  round: number,
): {
  /** [B, T, E] each */
  readonly gain: string;
  readonly bias: string;
} {
  return { gain: `monosem.${n}.${round}.gain`, bias: `monosem.${n}.${round}.bias` };
}

/** Where changes of an SAE's stage happen: 0 or 1 [B, T, changes]. */
export interface StageGates {
  /** Of the E features. */
  readonly round: (round: number) => string;
  /** Of the C conditions under which the error is dropped. @param axis name of C */
  readonly drops: (axis: string) => string;
}

export interface InterventionOptions {
  /** Which of the SAEs in the graph. */
  readonly n: number;
  /** At least one. */
  readonly rounds: number;
  /** The stream is the SAE's reconstruction where an input says so. */
  readonly dropsError: boolean;
  /** @param f [B, T, E] */
  readonly gatesOf?: (f: string) => StageGates;
}

/**
 * Rewires the site that `sae` writes to.
 * @returns f [B, T, E] before the edit
 */
export function emitIntervention(
  overlay: Overlay,
  sae: Sae,
  { n, rounds, dropsError, gatesOf }: InterventionOptions,
): string {
  const { builder } = overlay;
  let f = '';
  overlay.replace(sae.outputSite, (y) => {
    const x = sae.outputSite === sae.site ? y : overlay.read(sae.site);
    f = emitEditedFeatures(builder, sae, x, n);
    const gates = gatesOf?.(f);
    const decoder = builder.input(interventionInputs(n).decoder, 'float32', [
      editsAxis(n),
      sae.DOut,
    ]);
    const change = emitRounds(builder, f, { n, rounds, gates });
    const moved = builder.op('MatMul', [change, decoder]);
    const from = dropsError ? emitWithoutError(builder, sae, { x, y, n, gates }) : y;
    return builder.op('Add', [from, emitRescaledChange(builder, sae, { x, change: moved })]);
  });
  return f;
}

interface Rounds {
  readonly n: number;
  readonly rounds: number;
  readonly gates: StageGates | undefined;
}

/** f′ − f [B, T, E] */
function emitRounds(builder: GraphBuilder, f: string, { n, rounds, gates }: Rounds): string {
  let change = '';
  for (let round = 0; round < rounds; round++) {
    const left = round === 0 ? f : builder.op('Add', [f, change]);
    const names = roundInputs(n, round);
    const gain = builder.input(names.gain, 'float32', ['batch', 'tokens', editsAxis(n)]);
    const bias = builder.input(names.bias, 'float32', ['batch', 'tokens', editsAxis(n)]);
    const everywhere = builder.op('Add', [
      builder.op('Mul', [builder.op('Sub', [gain, builder.scalar(1)]), left]),
      bias,
    ]);
    const move =
      gates === undefined ? everywhere : builder.op('Mul', [everywhere, gates.round(round)]);
    change = round === 0 ? move : builder.op('Add', [change, move]);
  }
  return change;
}

interface ErrorPlace {
  readonly x: string;
  readonly y: string;
  readonly n: number;
  readonly gates: StageGates | undefined;
}

/** y, and SAE(x) where the error is dropped; a choice, so that what is kept keeps every bit. */
function emitWithoutError(builder: GraphBuilder, sae: Sae, { x, y, n, gates }: ErrorPlace): string {
  const reconstruction = emitDecode(builder, sae, { x, features: emitEncode(builder, sae, x) });
  const axis = `drops_${n}`;
  const wanted = builder.input(interventionInputs(n).drops, 'float32', ['batch', 'tokens', axis]);
  const drops = gates === undefined ? wanted : builder.op('Mul', [wanted, gates.drops(axis)]);
  const count = emitReduction(builder, 'ReduceSum', drops);
  const isDropped = builder.op('Greater', [count, builder.scalar(0)]);
  return builder.op('Where', [isDropped, reconstruction, y]);
}
