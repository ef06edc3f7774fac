// An overlay holds only what is wanted: no later layers, no unembedding, no weights.
import { rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { Overlay } from '../../../src/engine/onnx/overlay.ts';
import { readDecoder } from '../../../src/engine/onnx/decoder/readDecoder.ts';
import type { GraphProto } from '../../../src/engine/onnx/proto/schema.ts';
import { discoverSites } from '../../../src/engine/onnx/sites/sites.ts';
import { tinyGpt2, writeDecoder } from '../../fixtures/decoders.ts';
import {
  decoderFeeds,
  expectSameBits,
  openDecoder,
  output,
  runOverlay,
  runPlain,
  someIds,
  temporaryFolder,
} from './decoderRuns.ts';

const folder = temporaryFolder();

function graphOf(overlay: Overlay): GraphProto {
  return overlay.builder.build().proto.graph ?? {};
}

describe('pruning', () => {
  test('a site in the middle needs nothing behind it', async () => {
    const { model, sites } = await openDecoder(folder, { kind: 'llama', seed: 21 });
    const overlay = new Overlay(model, sites);
    const site = 'blocks.1.hook_resid_mid';
    overlay.builder.output('site', overlay.read(site));
    overlay.keepCache([site]);
    const { node = [], input = [], output: outputs = [], initializer = [] } = graphOf(overlay);
    const names = node.map(({ name }) => name ?? '');
    expect(names.filter((name) => name.includes('layers.2/'))).toEqual([]);
    expect(names.filter((name) => name.includes('layers.1/mlp'))).toEqual([]);
    expect(names.filter((name) => name.includes('lm_head'))).toEqual([]);
    expect(names.filter((name) => name.includes('layers.0/mlp'))).not.toEqual([]);
    expect(input.map(({ name }) => name)).toEqual([
      'input_ids',
      'attention_mask',
      'position_ids',
      'past_key_values.0.key',
      'past_key_values.0.value',
      'past_key_values.1.key',
      'past_key_values.1.value',
    ]);
    expect(outputs.map(({ name }) => name).sort()).toEqual([
      'present.0.key',
      'present.0.value',
      'present.1.key',
      'present.1.value',
      'site',
    ]);
    const read = new Set(node.flatMap(({ input: inputs }) => inputs ?? []));
    expect(initializer.filter(({ name }) => !read.has(name ?? ''))).toEqual([]);
  });

  test('the embedding alone needs one node and no mask', async () => {
    const { model, sites } = await openDecoder(folder, { kind: 'gpt2', seed: 22 });
    const overlay = new Overlay(model, sites);
    overlay.builder.output('site', overlay.read('hook_embed'));
    const { node = [], input = [] } = graphOf(overlay);
    expect(node.map(({ opType }) => opType)).toEqual(['Gather', 'Identity']);
    expect(input.map(({ name }) => name)).toEqual(['input_ids']);
  });

  test('nodes come after what they read, edits included', async () => {
    const { model, sites } = await openDecoder(folder, { kind: 'gpt2', seed: 23 });
    const overlay = new Overlay(model, sites);
    overlay.replace('blocks.0.hook_resid_mid', (x) => overlay.builder.op('Neg', [x]));
    overlay.keepOutput('logits');
    const { node = [], input = [], initializer = [] } = graphOf(overlay);
    const known = new Set([...input, ...initializer].map(({ name }) => name ?? ''));
    for (const { input: inputs = [], output: outputs = [] } of node) {
      for (const name of inputs) expect(name === '' || known.has(name), name).toBe(true);
      for (const name of outputs) known.add(name);
    }
  });

  test('one parsed model serves many overlays and is not changed', async () => {
    const { model, sites } = await openDecoder(folder, { kind: 'llama', seed: 24, norm: 'fused' });
    const before = JSON.stringify(model.proto);
    const build = (): Uint8Array => {
      const overlay = new Overlay(model, sites);
      for (const name of sites.sites.keys()) {
        overlay.replace(name, (x) => overlay.builder.op('Neg', [x]));
      }
      overlay.keepOutput('logits');
      return overlay.build().bytes;
    };
    expect(Buffer.compare(build(), build())).toBe(0);
    expect(JSON.stringify(model.proto)).toBe(before);
  });
});

describe('weights stay in their files', () => {
  test('no large tensor is in the overlay', async () => {
    const decoder = await openDecoder(folder, { kind: 'gpt2', seed: 25 });
    const overlay = new Overlay(decoder.model, decoder.sites);
    overlay.keepOutput('logits');
    const { bytes, folder: common } = overlay.build();
    expect(common).toBe(path.dirname(decoder.file));
    const weightBytes = [...decoder.weights.values()].reduce(
      (sum, { byteLength }) => sum + byteLength,
      0,
    );
    expect(bytes.length).toBeLessThan(weightBytes / 2);
    for (const { rawData, name } of graphOf(overlay).initializer ?? []) {
      expect(rawData?.length ?? 0, name).toBeLessThan(1024);
    }
  });

  test('external data and symbolic links, as in a model cache, run like the plain file', async () => {
    const inline = await openDecoder(folder, { kind: 'gpt2', seed: 26 });
    const home = path.join(folder, 'blobs');
    const external = writeDecoder(home, tinyGpt2, {
      kind: 'gpt2',
      seed: 26,
      externalFile: path.join(folder, 'blobs', 'model.onnx_data'),
    });
    const snapshot = path.join(folder, 'link.onnx');
    symlinkSync(external.file, snapshot);
    symlinkSync(path.join(home, 'model.onnx_data'), path.join(folder, 'model.onnx_data'));
    const model = await readDecoder(snapshot);
    const overlay = new Overlay(model, discoverSites(model, tinyGpt2.layers));
    overlay.keepOutput('logits');
    expect(overlay.build().folder).toBe(home);
    const feeds = decoderFeeds(inline.sites, [someIds]);
    const plain = await runPlain(inline, feeds);
    expectSameBits(output(await runOverlay(overlay, feeds), 'logits'), output(plain, 'logits'));
    rmSync(snapshot);
  });
});

describe('wrong use', () => {
  test('an unknown site or output lists what there is', async () => {
    const { model, sites } = await openDecoder(folder, { kind: 'gpt2', seed: 27 });
    const overlay = new Overlay(model, sites);
    expect(() => overlay.read('blocks.3.hook_resid_post')).toThrow(
      expect.objectContaining({
        code: 'unknownSite',
        message: expect.stringContaining('blocks.0 to blocks.2') as string,
      }),
    );
    expect(() => overlay.keepOutput('hidden')).toThrow(
      expect.objectContaining({
        code: 'badArgument',
        message: expect.stringContaining('logits') as string,
      }),
    );
  });
});
