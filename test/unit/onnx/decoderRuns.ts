// What the tests of this folder share: fixtures in a temporary folder, feeds for a decoder, comparison of bits.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect } from 'vitest';
import type { Overlay } from '../../../src/engine/onnx/overlay.ts';
import { readDecoder } from '../../../src/engine/onnx/decoder/readDecoder.ts';
import {
  openSession,
  type OnnxTensor,
  type OnnxTensors,
  type Session,
  type SessionSource,
} from '../../../src/engine/onnx/runtime/session.ts';
import { discoverSites, type Sites } from '../../../src/engine/onnx/sites/sites.ts';
import { emptyPast } from '../../../src/engine/model/kvCache.ts';
import type { OnnxModel } from '../../../src/engine/onnx/proto/model.ts';
import {
  tinyGpt2,
  tinyLlama,
  writeDecoder,
  type DecoderOptions,
  type WrittenDecoder,
} from '../../fixtures/decoders.ts';
import type { Rows } from '../../fixtures/decoders/reference.ts';

/** Removed when the tests of the file are done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'monosem-onnx-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface OpenDecoder extends WrittenDecoder {
  readonly model: OnnxModel;
  readonly sites: Sites;
}

let count = 0;

export async function openDecoder(folder: string, options: DecoderOptions): Promise<OpenDecoder> {
  const shape = options.kind === 'gpt2' ? tinyGpt2 : tinyLlama;
  const written = writeDecoder(path.join(folder, `decoder${count++}`), shape, options);
  const model = await readDecoder(written.file);
  return { ...written, model, sites: discoverSites(model, shape.layers) };
}

export function int64(dims: readonly number[], values: readonly number[]): OnnxTensor {
  return { type: 'int64', dims, data: BigInt64Array.from(values, BigInt) };
}

export function float32(dims: readonly number[], values: Iterable<number>): OnnxTensor<'float32'> {
  return { type: 'float32', dims, data: Float32Array.from(values) };
}

/** Feeds for rows of equal length, behind the tokens that `past` (outputs of an earlier run) holds. */
export function decoderFeeds(
  { inputs }: Sites,
  rows: readonly (readonly number[])[],
  past: OnnxTensors = {},
): OnnxTensors {
  const [B, T] = [rows.length, rows[0]?.length ?? 0];
  const [cache] = inputs.past.map(({ output }) => past[output]);
  const P = cache?.dims[2] ?? 0;
  const feeds: Record<string, OnnxTensor> = { [inputs.ids.name]: int64([B, T], rows.flat()) };
  if (inputs.attentionMask !== undefined) {
    const mask = Array<number>(B * (P + T)).fill(1);
    feeds[inputs.attentionMask.name] = int64([B, P + T], mask);
  }
  if (inputs.positionIds !== undefined) {
    const positions = rows.flatMap((row) => row.map((_, t) => P + t));
    feeds[inputs.positionIds.name] = int64([B, T], positions);
  }
  for (const entry of inputs.past) feeds[entry.input] = past[entry.output] ?? emptyPast(entry, B);
  return feeds;
}

/** Opens, uses and closes a session. */
export async function withSession<Result>(
  source: SessionSource,
  use: (session: Session) => Promise<Result>,
): Promise<Result> {
  const session = await openSession(source, { threads: 1 });
  try {
    return await use(session);
  } finally {
    session.dispose();
  }
}

export async function runOverlay(overlay: Overlay, feeds: OnnxTensors): Promise<OnnxTensors> {
  return withSession(overlay.build(), (session) => session.run(feeds));
}

export async function runPlain({ file }: WrittenDecoder, feeds: OnnxTensors): Promise<OnnxTensors> {
  return withSession({ file }, (session) => session.run(feeds));
}

export function output(outputs: OnnxTensors, name: string): OnnxTensor {
  const tensor = outputs[name];
  if (tensor === undefined) throw new Error(`no output ${name}`);
  return tensor;
}

export function bits({ data }: OnnxTensor): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Same shape and the same bits, NaN payloads and signed zeros included. */
export function expectSameBits(actual: OnnxTensor, expected: OnnxTensor): void {
  expect(actual.dims).toEqual(expected.dims);
  expect(Buffer.compare(bits(actual), bits(expected))).toBe(0);
}

/** Largest |actual − expected| over one batch row. */
export function largestError(actual: OnnxTensor, expected: Rows, batchRow = 0): number {
  const flat = expected.flat();
  let largest = 0;
  for (const [i, value] of flat.entries()) {
    largest = Math.max(largest, Math.abs(Number(actual.data[batchRow * flat.length + i]) - value));
  }
  return largest;
}

export const someIds = [3, 17, 42, 5, 59, 0, 31, 17, 8, 26, 44, 11];
