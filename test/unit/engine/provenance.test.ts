// What results come from, by content: the same files under other names are the same, another byte is another file.
import { createHash } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Engine } from '../../../src/engine/engine.ts';
import { protocolVersion } from '../../../src/shared/engineProtocol.ts';
import { version } from '../../../src/shared/version.ts';
import { writeBundle, type WrittenBundle } from '../../fixtures/bundle.ts';

const neurons = 'neurons:blocks.1.mlp.hook_post';
let folder: string;
let bundle: WrittenBundle;
const engine = Engine.create();
beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'monosem-provenance-'));
  bundle = await writeBundle(path.join(folder, 'model'), {
    ...{ decoder: { kind: 'llama', seed: 3 }, sae: { architecture: 'standard' }, seed: 4 },
  });
});
afterAll(async () => {
  await engine.dispose();
  rmSync(folder, { recursive: true });
});

const sha256 = (file: string): string =>
  createHash('sha256').update(readFileSync(file)).digest('hex');

test('provenance names every file that counts by its content', async () => {
  const { model } = bundle.source;
  const source = { model, saes: [bundle.sae, neurons] };
  const weights = path.join(bundle.sae, 'sae_weights.safetensors');
  const saes = [
    { sae: bundle.sae, name: 'sae', site: 'blocks.1.hook_resid_post', sha256: sha256(weights) },
    { sae: neurons, name: 'MLP neurons of block 1', site: 'blocks.1.mlp.hook_post' },
  ];
  expect(await engine.identifySaes({ source })).toEqual(saes);
  const found = await engine.provenance({ source });
  expect(found).toMatchObject({
    ...{ monosem: version, protocol: protocolVersion, saes },
    model: { name: 'model', folder: model, variant: 'onnx/model.onnx' },
    environment: { node: process.versions.node, provider: 'cpu' },
  });
  expect(found.environment.onnxruntime).toMatch(/^\d+\.\d+\.\d+/);
  const paths = found.model.files.map((file) => file.path);
  expect(paths).toEqual(
    expect.arrayContaining(['onnx/model.onnx', 'config.json', 'tokenizer.json']),
  );
  for (const { path: relative, bytes, sha256: hash } of found.model.files) {
    const file = path.join(model, relative);
    expect([bytes, hash]).toEqual([readFileSync(file).length, sha256(file)]);
  }
  appendFileSync(path.join(model, 'config.json'), ' ');
  const again = await engine.provenance({ source });
  const changed = again.model.files.filter(
    ({ sha256: hash }, n) => hash !== found.model.files[n]?.sha256,
  );
  expect(changed.map((file) => file.path)).toEqual(['config.json']);
});
