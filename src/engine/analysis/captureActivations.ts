// The activations of a text at one site, window by window, for export and for building feature stores elsewhere.
import type { Tensor } from '../../shared/tensor.ts';
import type { OpenModel } from '../model/openModel.ts';
import { Program } from '../model/program.ts';
import { Overlay } from '../onnx/overlay.ts';
import { MonosemError } from '../../shared/errors.ts';
import type { EncodedText } from '../tokenizer/tokenizer.ts';
import type { Breath } from './analysedWindow.ts';
import { lineStarts, planWindows } from './windows.ts';

const outputName = 'monosem.activations';

/** The graph up to `site`, whose value it returns. @throws MonosemError `unknownSite` */
export async function openCaptureProgram(model: OpenModel, site: string): Promise<Program> {
  const overlay = new Overlay(model.onnx, model.sites);
  overlay.builder.output(outputName, overlay.read(site));
  return Program.open(overlay);
}

export interface Capture {
  readonly program: Program;
  readonly bosId: number | undefined;
  /** Most text tokens per window. */
  readonly capacity: number;
}

/**
 * x [T, D] at the site, one row per token of the text; a BOS in front has no row.
 * @param onProgress receives the number of tokens done so far
 */
export async function captureActivations(
  { program, bosId, capacity }: Capture,
  { text, encoded }: { readonly text: string; readonly encoded: EncodedText },
  onProgress: (tokens: number) => void,
  breath: Breath,
): Promise<Tensor> {
  const bos = bosId === undefined ? [] : [bosId];
  let rows: Float32Array | undefined;
  let D = 0;
  for (const { start, from, end } of planWindows(
    encoded.ids,
    lineStarts(text, encoded.starts),
    capacity,
  )) {
    await breath();
    const ids = Uint32Array.from([...bos, ...encoded.ids.subarray(start, end)]);
    const x = (await program.run({ ids, batch: 1 })).outputs[outputName];
    if (!(x?.data instanceof Float32Array)) {
      throw new MonosemError('internal', 'The capture graph has no activations among its outputs.');
    }
    D = x.dims.at(-1) ?? 0;
    rows ??= new Float32Array(encoded.ids.length * D);
    rows.set(x.data.subarray((bos.length + from - start) * D), from * D);
    onProgress(end);
  }
  return { dims: [encoded.ids.length, D], data: rows ?? new Float32Array(0) };
}
