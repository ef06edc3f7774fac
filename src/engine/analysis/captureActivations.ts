// The activations of a text at one site, window by window, for export.
import type { Tensor } from '../../shared/tensor.ts';
import type { SiteReader } from '../model/siteReader.ts';
import type { TextToAnalyse } from './analyseText.ts';
import { lineStarts, planWindows } from './windows.ts';

export interface Capture {
  readonly reader: SiteReader;
  readonly bosId: number | undefined;
  /** Most text tokens per window. */
  readonly capacity: number;
  /** Awaited between two runs of the model. */
  readonly breath?: () => Promise<void>;
}

/**
 * x [T, D] at the site, one row per token of the text; a BOS in front has no row.
 * @param onProgress receives the number of tokens done so far
 */
export async function captureActivations(
  { reader, bosId, capacity, breath }: Capture,
  { text, encoded }: TextToAnalyse,
  onProgress: (tokens: number) => void,
): Promise<Tensor> {
  const { ids, starts } = encoded;
  const bos = bosId === undefined ? [] : [bosId];
  let rows: Float32Array | undefined;
  let D = 0;
  for (const { start, from, end } of planWindows(ids, lineStarts(text, starts), capacity)) {
    await breath?.();
    const x = await reader.read(Uint32Array.from([...bos, ...ids.subarray(start, end)]));
    D = x.dims.at(-1) ?? 0;
    rows ??= new Float32Array(ids.length * D);
    rows.set(x.data.subarray((bos.length + from - start) * D), from * D);
    onProgress(end);
  }
  return { dims: [ids.length, D], data: rows ?? new Float32Array(0) };
}
