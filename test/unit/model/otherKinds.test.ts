// Model folders of other kinds are called what they are, before anything else about them is found wrong.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openBundle } from '../../../src/engine/model/bundle/bundle.ts';
import { refuseOtherKinds } from '../../../src/engine/model/bundle/otherKinds.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'monosem-kinds-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const shape = { hidden_size: 16, num_hidden_layers: 2, vocab_size: 48 };

test.each<[string, object, string]>([
  ['bert', { ...shape, max_position_embeddings: 512 }, 'an encoder (bert)'],
  ['distilbert', { dim: 16, n_layers: 2, vocab_size: 48 }, 'an encoder (distilbert)'],
  ['t5', { ...shape, is_encoder_decoder: true }, 'an encoder-decoder model (t5)'],
  ['vit', { hidden_size: 16, image_size: 224, patch_size: 16 }, 'a vision model (vit)'],
  ['resnet', { num_channels: 3, depths: [3, 4] }, 'a vision model (resnet)'],
  ['wav2vec2', { ...shape, conv_dim: [512] }, 'an audio model (wav2vec2)'],
])('%s', async (type, json, found) => {
  const home = path.join(folder, type);
  mkdirSync(home);
  const file = path.join(home, 'config.json');
  writeFileSync(file, JSON.stringify({ ...json, model_type: type }));
  await expect(openBundle(home)).rejects.toMatchObject({
    code: 'notADecoder',
    message: `${file} describes ${found}; Monosem looks into decoders that continue a text, choose one of those.`,
  });
});

test.each([
  { model_type: 'llama', ...shape, max_position_embeddings: 2048 },
  { model_type: 'mpt', d_model: 16, n_layers: 2, vocab_size: 48 },
  { model_type: 'bert', is_decoder: true, ...shape },
  // A decoder that also sees: its text part is what counts.
  { model_type: 'gemma3', text_config: shape, image_size: 896 },
  { model_type: 'phi4mm', ...shape, max_position_embeddings: 4096, image_size: 448 },
])('a decoder is none of these: %o', (json) => {
  expect(() => {
    refuseOtherKinds('config.json', json);
  }).not.toThrow();
});
