// Sites are found by structure and must agree with the configuration; what does not fit is refused with what was
// found.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeAttribute } from '../../../src/engine/onnx/proto/attributes.ts';
import { GraphBuilder, valueInfo } from '../../../src/engine/onnx/graph/builder.ts';
import type { OnnxModel } from '../../../src/engine/onnx/proto/model.ts';
import { Overlay } from '../../../src/engine/onnx/overlay.ts';
import type { GraphProto, NodeProto } from '../../../src/engine/onnx/proto/schema.ts';
import { encodeOnnx } from '../../../src/engine/onnx/proto/protobuf.ts';
import { readDecoder } from '../../../src/engine/onnx/decoder/readDecoder.ts';
import type { OnnxTensor } from '../../../src/engine/onnx/runtime/session.ts';
import { discoverSites } from '../../../src/engine/onnx/sites/sites.ts';
import { buildGpt2 } from '../../fixtures/decoders/gpt2.ts';
import { tinyGpt2, type DecoderOptions } from '../../fixtures/decoders.ts';
import {
  decoderFeeds,
  expectSameBits,
  float32,
  openDecoder,
  output,
  runOverlay,
  runPlain,
  someIds,
  temporaryFolder,
  withSession,
} from './decoderRuns.ts';

const folder = temporaryFolder();

function refusal(code: string, ...texts: readonly string[]): object {
  const pattern = texts.map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*');
  return expect.objectContaining({
    code,
    message: expect.stringMatching(pattern) as string,
  }) as object;
}

/** The model with its nodes changed. */
function withNodes(model: OnnxModel, change: (node: NodeProto) => NodeProto): OnnxModel {
  const graph = { ...model.proto.graph, node: (model.proto.graph?.node ?? []).map(change) };
  return { ...model, proto: { ...model.proto, graph } };
}

describe('facts', () => {
  test('of a GPT-2-type decoder', async () => {
    const { sites } = await openDecoder(folder, { kind: 'gpt2', seed: 41 });
    expect(sites).toMatchObject({
      layers: 3,
      blockKind: 'sequential',
      batch: 'dynamic',
      logits: 'logits',
      dynamicallyQuantized: false,
      inputs: {
        ids: { name: 'input_ids', type: 'int64' },
        attentionMask: { name: 'attention_mask', type: 'int64' },
        positionIds: { name: 'position_ids', type: 'int64' },
        others: [],
      },
    });
    expect(sites.inputs.past).toHaveLength(6);
    expect(sites.inputs.past[3]).toEqual({
      layer: 1,
      input: 'past_key_values.1.value',
      output: 'present.1.value',
      type: 'float32',
      dims: ['batch', 4, 'tokens', 8],
    });
    expect([...sites.sites.keys()].slice(0, 10)).toEqual([
      'hook_embed',
      'blocks.0.hook_resid_pre',
      'blocks.0.attn.hook_z',
      'blocks.0.hook_attn_out',
      'blocks.0.hook_resid_mid',
      'blocks.0.ln2.hook_normalized',
      'blocks.0.mlp.hook_post',
      'blocks.0.hook_mlp_out',
      'blocks.0.hook_resid_post',
      'blocks.1.hook_resid_pre',
    ]);
    expect(sites.sites.get('hook_embed')?.value).toBe('/transformer/wte/Gather');
    expect(sites.sites.get('blocks.0.hook_resid_pre')?.value).toBe('/transformer/Add');
    expect(sites.sites.get('blocks.2.hook_resid_post')).toMatchObject({
      value: '/transformer/h.2/Add_1',
      elementType: 'float32',
      blocks: 3,
    });
  });

  test('of grouped heads and parallel blocks', async () => {
    const llama = await openDecoder(folder, { kind: 'llama', seed: 42 });
    expect(llama.sites.inputs.past[0]).toMatchObject({ dims: ['batch', 2, 'tokens', 8] });
    for (const blocks of ['parallelSum', 'parallelDangling'] as const) {
      const { sites } = await openDecoder(folder, { kind: 'gpt2', seed: 43, blocks });
      expect(sites.blockKind).toBe('parallel');
      expect(sites.sites.has('blocks.0.hook_resid_mid')).toBe(false);
      expect(sites.sites.has('blocks.0.hook_attn_out')).toBe(true);
    }
  });

  test('do not depend on names', async () => {
    const { model, sites } = await openDecoder(folder, { kind: 'llama', seed: 44 });
    const anonymous = withNodes(model, (node) => ({ ...node, name: '' }));
    expect(discoverSites(anonymous, 3)).toEqual(sites);
  });
});

describe('refusals', () => {
  test('another number of layers than the configuration says', async () => {
    const { model } = await openDecoder(folder, { kind: 'gpt2', seed: 45 });
    expect(discoverSites(model).layers).toBe(3);
    expect(() => discoverSites(model, 4)).toThrow(
      refusal(
        'unsupportedModel',
        '6 additions',
        '/transformer/h.0/Add',
        '/transformer/h.2/Add_1',
        '3 blocks',
        '4 are expected',
      ),
    );
  });

  test('a block without attention', async () => {
    const { model } = await openDecoder(folder, { kind: 'gpt2', seed: 46 });
    const broken = withNodes(model, (node) =>
      node.opType === 'Softmax' && node.name?.includes('h.1') === true
        ? { ...node, opType: 'Sigmoid' }
        : node,
    );
    expect(() => discoverSites(broken, 3)).toThrow(
      refusal('unsupportedModel', '1 blocks', '/transformer/h.1/Add', 'fits no block'),
    );
  });

  test('no token ids, no stream, a decoder inside an If', () => {
    const image = new GraphBuilder();
    image.output('y', image.op('Relu', [image.input('pixels', 'float32', [1, 3, 8, 8])]));
    expect(() => discoverSites(image.build())).toThrow(refusal('notADecoder', 'pixels'));

    const lookup = new GraphBuilder();
    const table = lookup.constant(new Float32Array(40), [10, 4]);
    const ids = lookup.input('input_ids', 'int64', ['b', 't']);
    lookup.output('y', lookup.op('Relu', [lookup.op('Gather', [table, ids])]));
    expect(() => discoverSites(lookup.build())).toThrow(
      refusal('notADecoder', 'no residual stream'),
    );

    const merged = new GraphBuilder();
    const use = merged.input('which', 'bool', [1]);
    merged.input('input_ids', 'int64', ['b', 't']);
    const branch = {
      node: [{ opType: 'Relu', input: ['x'], output: ['r'] }],
      output: [{ name: 'r' }],
    };
    merged.output(
      'logits',
      merged.op('If', [use], {
        attributes: { then_branch: { graph: branch }, else_branch: { graph: branch } },
      }),
    );
    expect(() => discoverSites(merged.build())).toThrow(
      refusal('unsupportedModel', 'inside an If'),
    );
  });

  test('a cache of unknown form', async () => {
    const { model } = await openDecoder(folder, { kind: 'gpt2', seed: 47 });
    const graph = model.proto.graph ?? {};
    const outputs = (graph.output ?? []).filter(({ name }) => name !== 'present.1.key');
    const broken = { ...model, proto: { ...model.proto, graph: { ...graph, output: outputs } } };
    expect(() => discoverSites(broken)).toThrow(
      refusal('unsupportedModel', 'past_key_values.1.key'),
    );
  });
});

describe('half precision', () => {
  const variants: readonly DecoderOptions[] = [
    { kind: 'llama', seed: 48, type: 'float16' },
    { kind: 'llama', seed: 49, type: 'float16', norm: 'fused' },
    { kind: 'gpt2', seed: 50, type: 'float16', norm: 'fused' },
  ];
  test.each(variants)('sites are read and edited in float32: %o', async (options) => {
    const decoder = await openDecoder(folder, options);
    const feeds = decoderFeeds(decoder.sites, [someIds]);
    const plain = await runPlain(decoder, feeds);
    const overlay = new Overlay(decoder.model, decoder.sites);
    const site = 'blocks.1.hook_resid_post';
    expect(decoder.sites.sites.get(site)?.elementType).toBe('float16');
    expect(decoder.sites.inputs.past[0]?.type).toBe('float16');
    const zero = overlay.builder.input('zero', 'float32', [1]);
    overlay.builder.output('read', overlay.read(site));
    overlay.builder.output('wide', overlay.readLogits());
    overlay.replace(site, (x) => overlay.builder.op('Add', [x, zero]));
    overlay.keepOutput('logits');
    const unedited = await runOverlay(overlay, { ...feeds, zero: float32([1], [0]) });
    expectSameBits(output(unedited, 'logits'), output(plain, 'logits'));
    expect(output(unedited, 'read').type).toBe('float32');
    expect(output(unedited, 'wide').type).toBe('float32');
    const edited = await runOverlay(overlay, { ...feeds, zero: float32([1], [1]) });
    expect(output(edited, 'logits').data).not.toEqual(output(plain, 'logits').data);
  });
});

test('a subgraph that reads a site sees its edit', async () => {
  const { g } = buildGpt2(tinyGpt2, { seed: 51 });
  const site = '/transformer/h.1/Add_1';
  const read = {
    name: 'branch',
    node: [{ opType: 'Identity', input: [site], output: ['seen'] }],
    output: [{ name: 'seen' }],
  };
  const always = g.constant(Uint8Array.of(1), [], { type: 'bool' });
  g.output(
    'seen_inside',
    g.op('If', [always], {
      attributes: { then_branch: { graph: read }, else_branch: { graph: read } },
    }),
    'float32',
    ['b', 't', 32],
  );
  const model = g.build();
  const sites = discoverSites(model, 3);
  const overlay = new Overlay(model, sites);
  const name = 'blocks.1.hook_resid_post';
  expect(sites.sites.get(name)?.value).toBe(site);
  overlay.builder.output('read', overlay.read(name));
  overlay.replace(name, (x) => overlay.builder.op('Add', [x, overlay.builder.scalar(1)]));
  overlay.keepOutput('seen_inside');
  const outputs = await runOverlay(overlay, decoderFeeds(sites, [someIds]));
  const before = output(outputs, 'read').data;
  const inside = output(outputs, 'seen_inside').data;
  expect([...inside].map(Number)).toEqual(
    [...before].map((value) => Math.fround(Number(value) + 1)),
  );
});

test('a merged export is read as its branch with cache', async () => {
  const decoder = await openDecoder(folder, { kind: 'gpt2', seed: 52 });
  const { g } = buildGpt2(tinyGpt2, { seed: 52 });
  const whole = g.build().proto;
  const { input = [], output: outputs = [], ...graph } = whole.graph ?? {};
  const inside = (name: string): string =>
    outputs.some((candidate) => candidate.name === name) ? `inside/${name}` : name;
  const branch: GraphProto = {
    ...graph,
    name: 'branch',
    node: (graph.node ?? []).map((node) => ({
      ...node,
      input: (node.input ?? []).map(inside),
      output: (node.output ?? []).map(inside),
    })),
    output: outputs.map((value) => ({ ...value, name: inside(value.name ?? '') })),
  };
  const merged: NodeProto = {
    opType: 'If',
    name: 'If',
    input: ['use_cache_branch'],
    output: outputs.map(({ name }) => name ?? ''),
    attribute: [
      makeAttribute('then_branch', { graph: branch }),
      makeAttribute('else_branch', { graph: branch }),
    ],
  };
  const condition = valueInfo('use_cache_branch', 'bool', [1]);
  const proto = {
    ...whole,
    graph: { name: 'merged', node: [merged], input: [...input, condition], output: outputs },
  };
  const file = path.join(folder, 'decoder_model_merged.onnx');
  writeFileSync(file, encodeOnnx({ proto }));
  const feeds = decoderFeeds(decoder.sites, [someIds]);
  const use: OnnxTensor = { type: 'bool', dims: [1], data: Uint8Array.of(1) };
  const plain = await withSession({ file }, (session) =>
    session.run({ ...feeds, use_cache_branch: use }),
  );
  const model = await readDecoder(file);
  const sites = discoverSites(model, tinyGpt2.layers);
  expect(sites).toEqual(decoder.sites);
  const overlay = new Overlay(model, sites);
  overlay.keepOutput('logits');
  overlay.keepCache();
  const outputsOfOverlay = await runOverlay(overlay, feeds);
  for (const [name, tensor] of Object.entries(plain)) {
    expectSameBits(output(outputsOfOverlay, name), tensor);
  }
});
