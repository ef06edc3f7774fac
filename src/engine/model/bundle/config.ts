// What config.json says about a decoder, under one set of names. Families spell the same facts differently, some
// nest them, and onnxruntime-genai keeps them in genai_config.json. Reads small JSON files and nothing else.
import path from 'node:path';
import { MonosemError } from '../../../shared/errors.ts';
import { exists, readJsonObject } from '../../files/files.ts';
import { refuseOtherKinds } from './otherKinds.ts';

export interface ModelConfig {
  /** `model_type`, e.g. `llama`. */
  readonly architecture: string;
  readonly layers: number;
  /** Width of the residual stream. */
  readonly dModel: number;
  readonly vocabularySize: number;
  /** Longest sequence in tokens, BOS included. */
  readonly contextLength: number;
  /** Query heads; undefined where the file does not say. */
  readonly heads: number | undefined;
  /** Heads of keys and values, fewer than `heads` with grouped or multi-query attention. */
  readonly kvHeads: number | undefined;
  /** Width of one head. */
  readonly headWidth: number | undefined;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Context of a model whose configuration names none. Families with ALiBi or rotary positions have no table of positions
 * that would limit them; BLOOM, Falcon and MPT were trained on 2,048 tokens, and what reads longer loses nothing but
 * length.
 */
const unstatedContext = 2048;

/** The names of one fact, in the order they are tried. */
const names = {
  layers: ['num_hidden_layers', 'n_layer', 'num_layers', 'n_layers'],
  // `n_embed` is BLOOM's first spelling; OPT's `word_embed_proj_dim` is the width outside the blocks, not this one.
  dModel: ['hidden_size', 'n_embd', 'd_model', 'n_embed'],
  vocabularySize: ['vocab_size', 'padded_vocab_size'],
  contextLength: [
    'max_position_embeddings',
    'n_positions',
    'max_seq_len',
    'seq_length',
    'n_ctx',
    'context_length',
  ],
  heads: ['num_attention_heads', 'n_head', 'num_heads', 'n_heads', 'attention_heads'],
  kvHeads: ['num_key_value_heads', 'num_kv_heads', 'n_head_kv', 'multi_query_group_num'],
  headWidth: ['head_dim', 'kv_channels', 'head_size'],
} as const satisfies Partial<Record<keyof ModelConfig, readonly string[]>>;

type Fact = keyof typeof names;

/**
 * What transformers takes where the published files of a family leave facts out, as in the `text_config` of Gemma 3
 * (transformers 4.57, configuration_gemma3.py).
 */
const familyDefaults: Readonly<Record<string, Readonly<Partial<Record<Fact, number>>>>> = {
  gemma3_text: {
    vocabularySize: 262_208,
    contextLength: 131_072,
    heads: 8,
    kvHeads: 4,
    headWidth: 256,
  },
};

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Models that also see or hear keep the decoder's part under a name of its own. */
function decoderPart(json: Json): Json {
  for (const key of ['text_config', 'llm_config', 'language_config']) {
    const nested = json[key];
    if (isJson(nested)) return nested;
  }
  return json;
}

/** Facts of one decoder, as its file spells them. */
class Facts {
  readonly #file: string;
  readonly #json: Json;
  readonly architecture: string;

  constructor(file: string, json: Json, architecture: unknown) {
    this.#file = file;
    this.#json = json;
    this.architecture = typeof architecture === 'string' ? architecture : 'unknown';
  }

  /** A positive whole number. */
  optional(fact: Fact): number | undefined {
    for (const name of names[fact]) {
      const value = this.#json[name];
      if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
    }
    return familyDefaults[this.architecture]?.[fact];
  }

  required(fact: Fact): number {
    const value = this.optional(fact);
    if (value !== undefined) return value;
    throw new MonosemError(
      'fileDamaged',
      `${this.#file} has no positive whole number "${names[fact][0]}"; use the config.json that belongs to the model.`,
    );
  }

  /** Falcon and MPT say it in ways of their own. */
  kvHeads(): number | undefined {
    const isMultiQuery = this.#json['multi_query'] === true;
    if (isMultiQuery && this.#json['new_decoder_architecture'] !== true) return 1;
    const attention = this.#json['attn_config'];
    const nested = isJson(attention) ? attention['kv_n_heads'] : undefined;
    if (typeof nested === 'number') return nested;
    return this.optional('kvHeads') ?? this.optional('heads');
  }
}

function configOf(facts: Facts): ModelConfig {
  const dModel = facts.required('dModel');
  const heads = facts.optional('heads');
  const headWidth =
    facts.optional('headWidth') ?? (heads === undefined ? undefined : dModel / heads);
  return {
    architecture: facts.architecture,
    layers: facts.required('layers'),
    dModel,
    vocabularySize: facts.required('vocabularySize'),
    contextLength: facts.optional('contextLength') ?? unstatedContext,
    heads,
    kvHeads: facts.kvHeads(),
    headWidth,
  };
}

async function readHubConfig(file: string): Promise<ModelConfig> {
  const json = await readJsonObject(file, 'The model configuration');
  refuseOtherKinds(file, json);
  const part = decoderPart(json);
  return configOf(new Facts(file, part, part['model_type'] ?? json['model_type']));
}

/** genai_config.json: the vocabulary and context of the model beside the shape of its decoder. */
async function readGenaiConfig(file: string): Promise<ModelConfig> {
  const json = await readJsonObject(file, 'The model configuration');
  const model = isJson(json['model']) ? json['model'] : {};
  const decoder = isJson(model['decoder']) ? model['decoder'] : {};
  return configOf(new Facts(file, { ...model, ...decoder }, model['type']));
}

/**
 * The facts of a model folder: config.json, or genai_config.json where there is no other.
 * @throws MonosemError `fileMissing`, `fileDamaged` naming the file and the field, or `notADecoder`
 */
export async function readModelConfig(folder: string): Promise<ModelConfig> {
  const hub = path.join(folder, 'config.json');
  const genai = path.join(folder, 'genai_config.json');
  return !(await exists(hub)) && (await exists(genai))
    ? readGenaiConfig(genai)
    : readHubConfig(hub);
}
