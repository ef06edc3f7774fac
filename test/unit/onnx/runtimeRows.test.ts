// What steering and incremental analysis build on: rows of a batch do not touch each other, and a text may be cut
// and continued through the KV cache.
import { describe, expect, test } from 'vitest';
import { Overlay } from '../../../src/engine/onnx/overlay.ts';
import {
  listExecutionProviders,
  openSession,
  type OnnxTensors,
} from '../../../src/engine/onnx/runtime/session.ts';
import type { DecoderOptions } from '../../fixtures/decoders.ts';
import {
  bits,
  decoderFeeds,
  expectSameBits,
  float32,
  openDecoder,
  output,
  runOverlay,
  someIds,
  temporaryFolder,
  withSession,
  type OpenDecoder,
} from './decoderRuns.ts';

const folder = temporaryFolder();
const site = 'blocks.1.hook_resid_post';
const decoders: Readonly<Record<string, DecoderOptions>> = {
  'GPT-2': { kind: 'gpt2', seed: 11 },
  Llama: { kind: 'llama', seed: 12 },
};

/** Logits, cache and a site, with a shift [B, 1, D] added at that site. */
function shiftingOverlay({ model, sites, shape }: OpenDecoder): Overlay {
  const overlay = new Overlay(model, sites);
  const shift = overlay.builder.input('shift', 'float32', ['batch', 1, shape.dModel]);
  overlay.builder.output('site', overlay.read(site), 'float32', ['batch', 'tokens', shape.dModel]);
  overlay.replace(site, (x) => overlay.builder.op('Add', [x, shift]));
  overlay.keepOutput('logits');
  overlay.keepCache();
  return overlay;
}

/** Row `row` of the first axis. */
function rowBits(outputs: OnnxTensors, name: string, row: number): Uint8Array {
  const tensor = output(outputs, name);
  const all = bits(tensor);
  const size = all.length / (tensor.dims[0] ?? 1);
  return all.subarray(row * size, (row + 1) * size);
}

describe.each(Object.entries(decoders))('%s', (_, options) => {
  test('a steered row leaves the baseline row untouched, bit for bit', async () => {
    const decoder = await openDecoder(folder, options);
    const overlay = shiftingOverlay(decoder);
    const D = decoder.shape.dModel;
    const none = new Float32Array(D);
    const strong = Float32Array.from({ length: D }, (_, d) => Math.sin(d) * 3);
    const alone = await runOverlay(overlay, {
      ...decoderFeeds(decoder.sites, [someIds]),
      shift: float32([1, 1, D], none),
    });
    const together = await runOverlay(overlay, {
      ...decoderFeeds(decoder.sites, [someIds, someIds]),
      shift: float32([2, 1, D], [...none, ...strong]),
    });
    for (const name of Object.keys(alone)) {
      expect(Buffer.compare(rowBits(together, name, 0), rowBits(alone, name, 0)), name).toBe(0);
    }
    expect(Buffer.compare(rowBits(together, 'logits', 1), rowBits(alone, 'logits', 0))).not.toBe(0);
  });

  test('two blocks through the KV cache give what one block gives', async () => {
    const decoder = await openDecoder(folder, options);
    const { sites, shape } = decoder;
    const shift = float32([1, 1, shape.dModel], new Float32Array(shape.dModel).fill(0.5));
    await withSession(shiftingOverlay(decoder).build(), async (session) => {
      const whole = await session.run({ ...decoderFeeds(sites, [someIds]), shift });
      const first = await session.run({ ...decoderFeeds(sites, [someIds.slice(0, 8)]), shift });
      const second = await session.run({
        ...decoderFeeds(sites, [someIds.slice(8)], first),
        shift,
      });
      for (const { output: name } of sites.inputs.past) {
        expect(output(second, name).dims).toEqual(output(whole, name).dims);
      }
      for (const name of ['logits', 'site']) {
        const joined = [...output(first, name).data, ...output(second, name).data].map(Number);
        const expected = [...output(whole, name).data].map(Number);
        // Matrix kernels differ with the number of rows, so the last bits may too.
        joined.forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, 4));
      }
    });
  });

  test('outputs can be chosen, and received in arrays of the caller', async () => {
    const decoder = await openDecoder(folder, options);
    const feeds = decoderFeeds(decoder.sites, [someIds]);
    await withSession({ file: decoder.file }, async (session) => {
      const all = await session.run(feeds);
      const chosen = await session.run(feeds, ['logits']);
      expect(Object.keys(chosen)).toEqual(['logits']);
      expectSameBits(output(chosen, 'logits'), output(all, 'logits'));
      const { dims, data } = output(all, 'logits');
      const target = float32(dims, new Float32Array(data.length));
      const received = await session.run(feeds, { logits: target });
      expect(received['logits']).toBe(target);
      expectSameBits(target, output(all, 'logits'));
    });
  });
});

describe('errors', () => {
  test('a missing input, a wrong shape, a closed session are named', async () => {
    const decoder = await openDecoder(folder, { kind: 'gpt2', seed: 13 });
    const feeds = decoderFeeds(decoder.sites, [someIds]);
    await withSession({ file: decoder.file }, async (session) => {
      const rest = Object.fromEntries(
        Object.entries(feeds).filter(([name]) => name !== 'input_ids'),
      );
      await expect(session.run(rest)).rejects.toMatchObject({
        code: 'runtimeFailed',
        message: expect.stringContaining('input_ids was not given') as string,
      });
      const shift = float32([1, 2, 3], [1]);
      await expect(session.run({ ...feeds, input_ids: shift })).rejects.toMatchObject({
        code: 'badShape',
      });
      const wide = float32([1, 12, 3], new Float32Array(36));
      await expect(session.run({ ...feeds, position_ids: wide })).rejects.toMatchObject({
        code: 'runtimeFailed',
        message: expect.stringContaining(decoder.file) as string,
      });
      session.dispose();
      await expect(session.run(feeds)).rejects.toMatchObject({ code: 'runtimeFailed' });
    });
  });

  test('an unknown provider lists those there are', async () => {
    expect(listExecutionProviders()).toContainEqual({ name: 'cpu', isBundled: true });
    const source = { bytes: new Uint8Array(), folder: '' };
    await expect(openSession(source, { provider: 'abacus' })).rejects.toMatchObject({
      code: 'providerMissing',
      message: expect.stringContaining('cpu') as string,
    });
  });

  test('bytes that are no model do not open', async () => {
    const bytes = new Uint8Array(100).fill(7);
    await expect(withSession({ bytes, folder: '' }, () => Promise.resolve())).rejects.toMatchObject(
      {
        code: 'runtimeFailed',
      },
    );
  });
});
