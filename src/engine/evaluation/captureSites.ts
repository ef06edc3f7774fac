// Activations of a text at several sites, for measuring: the text in short windows, with and without BOS, and always the
// same tokens, so that figures can be compared.
import { MonosemError } from '../../shared/errors.ts';
import type { Tensor } from '../../shared/tensor.ts';
import type { OpenModel } from '../model/openModel.ts';
import { SitesReader } from '../model/sitesReader.ts';

/** Activations [T, width] by site. */
export type Captured = ReadonlyMap<string, Tensor>;

/** The text as the model reads it. */
export interface Windows {
  /** Ids without BOS, at least two in each. */
  readonly chunks: readonly Uint32Array[];
  readonly bosId: number | undefined;
}

/** @param size most text tokens per window */
export function cutWindows(ids: Uint32Array, size: number): Uint32Array[] {
  const chunks: Uint32Array[] = [];
  for (let from = 0; from + 1 < ids.length; from += size) {
    chunks.push(ids.slice(from, from + size));
  }
  return chunks.filter(({ length }) => length > 1);
}

/**
 * Rows of all tokens but the first of each window, which without BOS is where attention goes to rest and has a norm no
 * SAE is made for.
 * @param breath awaited between windows
 */
export async function captureSites(
  model: OpenModel,
  sites: readonly string[],
  { chunks, bosId }: Windows,
  breath: () => Promise<void>,
): Promise<Captured> {
  const reader = await SitesReader.open(model, sites, model.execution);
  const parts = new Map<string, Tensor[]>(sites.map((site) => [site, []]));
  const before = bosId === undefined ? [] : [bosId];
  try {
    for (const chunk of chunks) {
      await breath();
      const read = await reader.read(Uint32Array.from([...before, ...chunk]));
      for (const [site, x] of read) parts.get(site)?.push(without(x, before.length + 1));
    }
  } finally {
    reader.dispose();
  }
  return new Map([...parts].map(([site, tensors]) => [site, concatenated(tensors)]));
}

/** A copy of x [T, width] without its first rows; what the runtime gave may be large. */
function without({ dims: [T = 0, width = 0], data }: Tensor, rows: number): Tensor {
  return { dims: [T - rows, width], data: data.slice(rows * width) };
}

function concatenated(tensors: readonly Tensor[]): Tensor {
  const width = tensors[0]?.dims[1] ?? 0;
  const rows = tensors.reduce((sum, { dims: [T = 0] }) => sum + T, 0);
  const data = new Float32Array(rows * width);
  let at = 0;
  for (const tensor of tensors) {
    data.set(tensor.data, at);
    at += tensor.data.length;
  }
  return { dims: [rows, width], data };
}

/** @throws MonosemError `internal` when the site was not captured */
export function capturedAt(captured: Captured, site: string): Tensor {
  const x = captured.get(site);
  if (x !== undefined) return x;
  throw new MonosemError('internal', `No activations were captured at ${site}.`);
}
