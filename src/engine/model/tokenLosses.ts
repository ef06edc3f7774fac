// What a model loses on the tokens of a text, as nodes behind its logits: −ln p(the token that follows). Only operators
// of opset 11 and later.
import type { GraphBuilder } from '../onnx/graph/builder.ts';
import { emitReduction } from '../onnx/graph/reduction.ts';
import type { Overlay } from '../onnx/overlay.ts';
import type { OnnxTensor } from '../onnx/runtime/session.ts';

export interface EmittedLosses {
  /** [B, T, V] float32 each. */
  readonly logits: string;
  readonly logProbabilities: string;
  /** Input [B, T, 1] int64, which {@link followers} fills. */
  readonly targets: string;
  /** [B, T, 1] float32, in nats. */
  readonly losses: string;
}

/**
 * Declares the input that says which token follows each one.
 * @param input its name
 * @throws MonosemError `unsupportedModel` for a model without logits
 */
export function emitLosses(overlay: Overlay, input: string): EmittedLosses {
  const { builder } = overlay;
  const attributes = { axis: -1 };
  const targets = builder.input(input, 'int64', ['batch', 'tokens', 1]);
  const logits = overlay.readLogits();
  const logProbabilities = builder.op('LogSoftmax', [logits], { attributes });
  const picked = builder.op('GatherElements', [logProbabilities, targets], { attributes });
  return { logits, logProbabilities, targets, losses: builder.op('Neg', [picked]) };
}

/**
 * KL(P ‖ Q) = Σ P (ln P − ln Q) in nats of a reference P and each row Q → [B, T, 1].
 * @param reference name of the input that takes ln P, [B, T, V] or [1, T, V]
 * @param logProbabilities ln Q [B, T, V]
 */
export function emitDivergence(
  builder: GraphBuilder,
  reference: string,
  logProbabilities: string,
): string {
  const known = builder.input(reference, 'float32', ['compared', 'tokens_compared', 'vocabulary']);
  const difference = builder.op('Sub', [known, logProbabilities]);
  const terms = builder.op('Mul', [builder.op('Exp', [known]), difference]);
  return emitReduction(builder, 'ReduceSum', terms);
}

/**
 * The tokens that follow positions [at, end) of a sequence, [1, T, 1]; 0 behind the last one, whose loss nobody reads.
 */
export function followers(sequence: Uint32Array, at: number, end: number): OnnxTensor<'int64'> {
  return followersOfRows([sequence], at, end);
}

/** The same of several sequences, [B, T, 1]. */
export function followersOfRows(
  sequences: readonly Uint32Array[],
  at: number,
  end: number,
): OnnxTensor<'int64'> {
  const tokens = end - at;
  const data = new BigInt64Array(sequences.length * tokens);
  for (const [b, sequence] of sequences.entries()) {
    for (let t = 0; t < tokens; t++) data[b * tokens + t] = BigInt(sequence[at + t + 1] ?? 0);
  }
  return { type: 'int64', dims: [sequences.length, tokens, 1], data };
}
