// config.json as the hub has it, one per family and per way of writing it. Only the fields that matter here are kept;
// their names, nesting and values are those of the published files.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readModelConfig } from '../../../src/engine/model/bundle/config.ts';

const temporary = mkdtempSync(path.join(tmpdir(), 'monosem-config-'));
afterAll(() => {
  rmSync(temporary, { recursive: true, force: true });
});

function folderOf(files: Readonly<Record<string, object>>): string {
  const folder = mkdtempSync(path.join(temporary, 'model-'));
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(path.join(folder, name), JSON.stringify(content));
  }
  return folder;
}

/** [layers, dModel, vocabulary, context, heads, kvHeads, headWidth] */
type Expected = readonly [number, number, number, number, number?, number?, number?];

const configs: readonly (readonly [model: string, config: object, expected: Expected])[] = [
  [
    'gpt2',
    { model_type: 'gpt2', n_ctx: 1024, n_embd: 768, n_head: 12, n_layer: 12, n_positions: 1024, vocab_size: 50257 },
    [12, 768, 50257, 1024, 12, 12, 64],
  ],
  [
    'EleutherAI/gpt-neo-125m',
    { model_type: 'gpt_neo', attention_types: [[['global', 'local'], 6]], hidden_size: 768, max_position_embeddings: 2048, num_heads: 12, num_layers: 12, vocab_size: 50257, window_size: 256 },
    [12, 768, 50257, 2048, 12, 12, 64],
  ],
  [
    'EleutherAI/pythia-70m',
    { model_type: 'gpt_neox', hidden_size: 512, max_position_embeddings: 2048, num_attention_heads: 8, num_hidden_layers: 6, rotary_pct: 0.25, use_parallel_residual: true, vocab_size: 50304 },
    [6, 512, 50304, 2048, 8, 8, 64],
  ],
  [
    'EleutherAI/gpt-j-6b',
    { model_type: 'gptj', n_embd: 4096, n_head: 16, n_inner: null, n_layer: 28, n_positions: 2048, rotary: true, rotary_dim: 64, vocab_size: 50400 },
    [28, 4096, 50400, 2048, 16, 16, 256],
  ],
  [
    'facebook/opt-350m, whose embedding is narrower than its blocks',
    { model_type: 'opt', hidden_size: 1024, max_position_embeddings: 2048, num_attention_heads: 16, num_hidden_layers: 24, vocab_size: 50272, word_embed_proj_dim: 512 },
    [24, 1024, 50272, 2048, 16, 16, 64],
  ],
  [
    'bigscience/bloom-560m',
    { model_type: 'bloom', n_embed: 1024, n_inner: null, n_layer: 24, num_attention_heads: 16, seq_length: 2048, vocab_size: 250880 },
    [24, 1024, 250880, 2048, 16, 16, 64],
  ],
  [
    'bigscience/bloomz in the newer spelling, without a context',
    { model_type: 'bloom', hidden_size: 1024, n_head: 16, n_layer: 24, vocab_size: 250880 },
    [24, 1024, 250880, 2048, 16, 16, 64],
  ],
  [
    'tiiuae/falcon-rw-1b, ALiBi, without a context',
    { model_type: 'falcon', alibi: true, hidden_size: 2048, multi_query: false, new_decoder_architecture: false, num_attention_heads: 32, num_hidden_layers: 24, vocab_size: 50304 },
    [24, 2048, 50304, 2048, 32, 32, 64],
  ],
  [
    'tiiuae/falcon-7b, one key head',
    { model_type: 'falcon', alibi: false, hidden_size: 4544, multi_query: true, new_decoder_architecture: false, num_attention_heads: 71, num_hidden_layers: 32, parallel_attn: true, vocab_size: 65024 },
    [32, 4544, 65024, 2048, 71, 1, 64],
  ],
  [
    'tiiuae/falcon-40b, grouped key heads',
    { model_type: 'falcon', alibi: false, hidden_size: 8192, multi_query: true, new_decoder_architecture: true, num_attention_heads: 128, num_hidden_layers: 60, num_kv_heads: 8, vocab_size: 65024 },
    [60, 8192, 65024, 2048, 128, 8, 64],
  ],
  [
    'falcon as first published',
    { model_type: 'RefinedWebModel', hidden_size: 4544, multi_query: true, n_head: 71, n_layer: 32, vocab_size: 65024 },
    [32, 4544, 65024, 2048, 71, 1, 64],
  ],
  [
    'mosaicml/mpt-7b',
    { model_type: 'mpt', attn_config: { alibi: true, alibi_bias_max: 8 }, d_model: 4096, expansion_ratio: 4, max_seq_len: 2048, n_heads: 32, n_layers: 32, vocab_size: 50432 },
    [32, 4096, 50432, 2048, 32, 32, 128],
  ],
  [
    'an MPT with grouped key heads',
    { model_type: 'mpt', attn_config: { alibi: true, kv_n_heads: 4 }, d_model: 1024, max_seq_len: 4096, n_heads: 16, n_layers: 8, vocab_size: 50432 },
    [8, 1024, 50432, 4096, 16, 4, 64],
  ],
  [
    'meta-llama/Llama-2-7b, before grouped key heads',
    { model_type: 'llama', hidden_size: 4096, max_position_embeddings: 4096, num_attention_heads: 32, num_hidden_layers: 32, vocab_size: 32000 },
    [32, 4096, 32000, 4096, 32, 32, 128],
  ],
  [
    'TinyLlama-1.1B',
    { model_type: 'llama', hidden_size: 2048, max_position_embeddings: 2048, num_attention_heads: 32, num_hidden_layers: 22, num_key_value_heads: 4, vocab_size: 32000 },
    [22, 2048, 32000, 2048, 32, 4, 64],
  ],
  [
    'meta-llama/Llama-3.2-1B',
    { model_type: 'llama', head_dim: 64, hidden_size: 2048, max_position_embeddings: 131072, num_attention_heads: 32, num_hidden_layers: 16, num_key_value_heads: 8, vocab_size: 128256 },
    [16, 2048, 128256, 131072, 32, 8, 64],
  ],
  [
    'HuggingFaceTB/SmolLM2-135M',
    { model_type: 'llama', hidden_size: 576, max_position_embeddings: 8192, num_attention_heads: 9, num_hidden_layers: 30, num_key_value_heads: 3, vocab_size: 49152 },
    [30, 576, 49152, 8192, 9, 3, 64],
  ],
  [
    'mistralai/Mistral-7B-v0.3, no sliding window',
    { model_type: 'mistral', head_dim: null, hidden_size: 4096, max_position_embeddings: 32768, num_attention_heads: 32, num_hidden_layers: 32, num_key_value_heads: 8, sliding_window: null, vocab_size: 32768 },
    [32, 4096, 32768, 32768, 32, 8, 128],
  ],
  [
    'Qwen/Qwen2.5-0.5B',
    { model_type: 'qwen2', hidden_size: 896, max_position_embeddings: 32768, num_attention_heads: 14, num_hidden_layers: 24, num_key_value_heads: 2, vocab_size: 151936 },
    [24, 896, 151936, 32768, 14, 2, 64],
  ],
  [
    'Qwen/Qwen3-0.6B, heads wider than the stream would give',
    { model_type: 'qwen3', head_dim: 128, hidden_size: 1024, max_position_embeddings: 40960, num_attention_heads: 16, num_hidden_layers: 28, num_key_value_heads: 8, vocab_size: 151936 },
    [28, 1024, 151936, 40960, 16, 8, 128],
  ],
  [
    'google/gemma-2b',
    { model_type: 'gemma', head_dim: 256, hidden_size: 2048, max_position_embeddings: 8192, num_attention_heads: 8, num_hidden_layers: 18, num_key_value_heads: 1, vocab_size: 256000 },
    [18, 2048, 256000, 8192, 8, 1, 256],
  ],
  [
    'google/gemma-3-1b-it',
    { model_type: 'gemma3_text', head_dim: 256, hidden_size: 1152, max_position_embeddings: 32768, num_attention_heads: 4, num_hidden_layers: 26, num_key_value_heads: 1, vocab_size: 262144 },
    [26, 1152, 262144, 32768, 4, 1, 256],
  ],
  [
    'google/gemma-3-4b-it, which sees and leaves its decoder to defaults',
    {
      model_type: 'gemma3',
      mm_tokens_per_image: 256,
      text_config: { hidden_size: 2560, intermediate_size: 10240, model_type: 'gemma3_text', num_hidden_layers: 34, sliding_window: 1024 },
      vision_config: { hidden_size: 1152, num_hidden_layers: 27, num_attention_heads: 16 },
    },
    [34, 2560, 262208, 131072, 8, 4, 256],
  ],
  [
    'microsoft/phi-1_5',
    { model_type: 'phi', hidden_size: 2048, max_position_embeddings: 2048, num_attention_heads: 32, num_hidden_layers: 24, num_key_value_heads: null, partial_rotary_factor: 0.5, vocab_size: 51200 },
    [24, 2048, 51200, 2048, 32, 32, 64],
  ],
  [
    'microsoft/phi-1_5 as first published',
    { model_type: 'mixformer-sequential', n_embd: 2048, n_head: 32, n_inner: null, n_layer: 24, n_positions: 2048, rotary_dim: 32, vocab_size: 51200 },
    [24, 2048, 51200, 2048, 32, 32, 64],
  ],
  [
    'microsoft/Phi-3-mini-4k-instruct',
    { model_type: 'phi3', hidden_size: 3072, max_position_embeddings: 4096, num_attention_heads: 32, num_hidden_layers: 32, num_key_value_heads: 32, original_max_position_embeddings: 4096, vocab_size: 32064 },
    [32, 3072, 32064, 4096, 32, 32, 96],
  ],
  [
    'stabilityai/stablelm-2-1_6b',
    { model_type: 'stablelm', hidden_size: 2048, max_position_embeddings: 4096, num_attention_heads: 32, num_hidden_layers: 24, num_key_value_heads: 32, vocab_size: 100352 },
    [24, 2048, 100352, 4096, 32, 32, 64],
  ],
  [
    'allenai/OLMo-2-0425-1B',
    { model_type: 'olmo2', hidden_size: 2048, max_position_embeddings: 4096, num_attention_heads: 16, num_hidden_layers: 16, num_key_value_heads: 16, vocab_size: 100352 },
    [16, 2048, 100352, 4096, 16, 16, 128],
  ],
  [
    'ibm-granite/granite-3.1-1b-a400m-base',
    { model_type: 'granitemoe', embedding_multiplier: 12, hidden_size: 1024, max_position_embeddings: 131072, num_attention_heads: 16, num_hidden_layers: 24, num_key_value_heads: 8, vocab_size: 49152 },
    [24, 1024, 49152, 131072, 16, 8, 64],
  ],
  [
    'CohereForAI/aya-23-8B',
    { model_type: 'cohere', hidden_size: 4096, logit_scale: 0.0625, max_position_embeddings: 8192, num_attention_heads: 32, num_hidden_layers: 32, num_key_value_heads: 8, vocab_size: 256000 },
    [32, 4096, 256000, 8192, 32, 8, 128],
  ],
  [
    'facebook/xglm-564M',
    { model_type: 'xglm', attention_heads: 16, d_model: 1024, max_position_embeddings: 2048, num_layers: 24, vocab_size: 256008 },
    [24, 1024, 256008, 2048, 16, 16, 64],
  ],
]; // prettier-ignore

describe('config.json', () => {
  test.each(configs)('%s', async (_, config, expected) => {
    const [layers, dModel, vocabularySize, contextLength, heads, kvHeads, headWidth] = expected;
    const read = await readModelConfig(folderOf({ 'config.json': config }));
    expect(read).toMatchObject({ layers, dModel, vocabularySize, contextLength });
    expect(read).toMatchObject({ heads, kvHeads, headWidth });
    expect(read.architecture).toBe(
      'text_config' in config
        ? 'gemma3_text'
        : (config as { readonly model_type: string }).model_type,
    );
  });

  test('heads that the file does not state stay unknown', async () => {
    const config = { num_hidden_layers: 2, hidden_size: 8, vocab_size: 10, n_ctx: 16 };
    expect(await readModelConfig(folderOf({ 'config.json': config }))).toEqual({
      architecture: 'unknown',
      layers: 2,
      dModel: 8,
      vocabularySize: 10,
      contextLength: 16,
      heads: undefined,
      kvHeads: undefined,
      headWidth: undefined,
    });
  });
});

describe('genai_config.json', () => {
  const genai = {
    model: {
      bos_token_id: 1,
      context_length: 4096,
      decoder: {
        filename: 'model.onnx',
        head_size: 96,
        hidden_size: 3072,
        num_attention_heads: 32,
        num_hidden_layers: 32,
        num_key_value_heads: 32,
      },
      eos_token_id: [32007, 32001, 32000],
      type: 'phi3',
      vocab_size: 32064,
    },
    search: { max_length: 4096 },
  };

  test('stands in where there is no config.json', async () => {
    expect(await readModelConfig(folderOf({ 'genai_config.json': genai }))).toEqual({
      architecture: 'phi3',
      layers: 32,
      dModel: 3072,
      vocabularySize: 32064,
      contextLength: 4096,
      heads: 32,
      kvHeads: 32,
      headWidth: 96,
    });
  });

  test('config.json counts where there are both', async () => {
    const config = { num_hidden_layers: 2, hidden_size: 8, vocab_size: 10 };
    const folder = folderOf({ 'genai_config.json': genai, 'config.json': config });
    expect((await readModelConfig(folder)).layers).toBe(2);
  });
});

describe('what is no decoder configuration', () => {
  test.each([
    [
      { hidden_size: 8, vocab_size: 10 },
      'fileDamaged',
      /no positive whole number "num_hidden_layers"/,
    ],
    [{ num_hidden_layers: 2, hidden_size: 8.5, vocab_size: 10 }, 'fileDamaged', /"hidden_size"/],
    [{ num_hidden_layers: 2, hidden_size: 8, vocab_size: -1 }, 'fileDamaged', /"vocab_size"/],
    [
      { model_type: 't5', is_encoder_decoder: true, d_model: 512 },
      'notADecoder',
      /encoder-decoder model \(t5\)/,
    ],
  ])('%j', async (config, code, message) => {
    await expect(readModelConfig(folderOf({ 'config.json': config }))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });

  test('nothing at all', async () => {
    await expect(readModelConfig(folderOf({}))).rejects.toMatchObject({
      code: 'fileMissing',
      message: expect.stringContaining('config.json') as string,
    });
  });
});
