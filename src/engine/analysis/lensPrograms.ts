// The two graphs behind a look at one token: one reads the residual stream of every layer at chosen positions, one
// makes logits of them. Where the end of a model does not come apart from the rest, the first gives the logits itself
// and there is no lens.
import type { OpenModel } from '../model/openModel.ts';
import { Program } from '../model/program.ts';
import { Overlay } from '../onnx/overlay.ts';
import { residPost, unembeddingOf } from '../onnx/unembedding.ts';

export const lensNames = {
  /** Input [N] int64: positions of the run that are read. */
  positions: 'monosem.positions',
  /** [L, N, D] float32: the stream behind each block. */
  streams: 'monosem.streams',
  /** [1, N, V] float32; instead of the streams. */
  logits: 'monosem.position_logits',
} as const;

export interface LensPrograms {
  readonly reader: Program;
  /** From streams [1, T, D] to logits; absent where the model cannot be cut there. */
  readonly unembedding?: Program;
  readonly layers: number;
}

/** @throws MonosemError `unsupportedModel` for a model without logits */
export async function openLensPrograms(model: OpenModel): Promise<LensPrograms> {
  const { layers } = model.sites;
  const end = unembeddingOf(model.onnx, model.sites);
  const overlay = new Overlay(model.onnx, model.sites);
  if (end === undefined) emitLogits(overlay);
  else emitStreams(overlay, layers);
  overlay.keepCache();
  const reader = await Program.open(overlay, model.execution);
  if (end === undefined) return { reader, layers };
  return { reader, unembedding: await Program.open(end, model.execution), layers };
}

function emitStreams(overlay: Overlay, layers: number): void {
  const { builder } = overlay;
  const positions = builder.input(lensNames.positions, 'int64', ['positions']);
  const streams = Array.from({ length: layers }, (_, layer) =>
    builder.op('Gather', [overlay.read(residPost(layer)), positions], { attributes: { axis: 1 } }),
  );
  builder.output(lensNames.streams, builder.op('Concat', streams, { attributes: { axis: 0 } }));
}

function emitLogits(overlay: Overlay): void {
  const { builder } = overlay;
  const positions = builder.input(lensNames.positions, 'int64', ['positions']);
  const attributes = { axis: 1 };
  const logits = builder.op('Gather', [overlay.readLogits(), positions], { attributes });
  builder.output(lensNames.logits, logits);
}
