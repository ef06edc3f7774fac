// The small files of the model folder, with Hugging Face's field names.
import type { LlamaShape } from './checkpoint.ts';
import { ropeTheta } from './attention.ts';
import { normEpsilon } from './modules.ts';
import { bosId, eosId } from './tokenizer.ts';

export function configJson(shape: LlamaShape): unknown {
  return {
    model_type: 'llama',
    architectures: ['LlamaForCausalLM'],
    hidden_size: shape.dModel,
    intermediate_size: shape.dMlp,
    num_hidden_layers: shape.layers,
    num_attention_heads: shape.heads,
    num_key_value_heads: shape.heads,
    head_dim: shape.dHead,
    hidden_act: 'silu',
    vocab_size: shape.vocabulary,
    max_position_embeddings: shape.context,
    rms_norm_eps: normEpsilon,
    rope_theta: ropeTheta,
    attention_bias: false,
    tie_word_embeddings: true,
    use_cache: true,
    bos_token_id: bosId,
    eos_token_id: eosId,
    torch_dtype: 'float16',
  };
}

/** A story ends where the next one would begin: the model was trained on stories joined by BOS. */
export function generationConfigJson(): unknown {
  return { bos_token_id: bosId, eos_token_id: [bosId, eosId], do_sample: true, temperature: 1 };
}

export function tokenizerConfigJson(shape: LlamaShape): unknown {
  return {
    tokenizer_class: 'PreTrainedTokenizerFast',
    add_bos_token: true,
    add_eos_token: false,
    bos_token: '<s>',
    eos_token: '</s>',
    unk_token: '<unk>',
    clean_up_tokenization_spaces: false,
    model_max_length: shape.context,
  };
}
