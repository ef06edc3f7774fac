"""The decoder families of the golden files: one small configuration per family.

Sizes are chosen to tell tensors apart (the MLP is wider than the stream, heads times their width
sometimes too) and for every peculiarity to matter: windows shorter than the sequence, tied and
untied embeddings, grouped heads.
"""

from dataclasses import dataclass, field

from transformers import AutoConfig

from layouts import (
    BLOOM,
    FALCON,
    GPT2,
    GPTJ,
    MPT,
    NEOX,
    NEOX_SEQUENTIAL,
    OLMO2,
    OPT,
    OPT_POST,
    PARALLEL,
    SANDWICH,
    Layout,
)

VOCAB = 64
POSITIONS = 32
WIDTH = 32
HEADS = 4


@dataclass(frozen=True)
class Family:
    name: str
    model_type: str
    config: dict
    layout: Layout = field(default_factory=Layout)
    embed_std: float = 0.7
    notes: str = ''


SMALL_GPT = dict(n_embd=WIDTH, n_layer=2, n_head=HEADS, n_positions=POSITIONS, n_inner=48)
SMALL = dict(
    hidden_size=WIDTH,
    num_hidden_layers=2,
    num_attention_heads=HEADS,
    intermediate_size=40,
    max_position_embeddings=POSITIONS,
)
GQA = dict(**SMALL, num_key_value_heads=2)

FAMILIES = [
    Family('gpt2', 'gpt2', SMALL_GPT, GPT2),
    Family(
        'gpt_neo',
        'gpt_neo',
        dict(
            hidden_size=WIDTH,
            num_layers=2,
            num_heads=HEADS,
            max_position_embeddings=POSITIONS,
            intermediate_size=48,
            attention_types=[[['global', 'local'], 1]],
            window_size=6,
        ),
        Layout(
            'transformer.h',
            'attn.attention.out_proj',
            None,
            'mlp.c_fc',
            'mlp.c_proj',
            None,
            'input:ln_2',
        ),
        notes='global and local attention (window 6)',
    ),
    Family(
        'gpt_neox',
        'gpt_neox',
        dict(**SMALL, rotary_pct=0.25),
        NEOX,
        notes='Pythia: parallel, two norms',
    ),
    Family(
        'gpt_neox_sequential',
        'gpt_neox',
        dict(**SMALL, rotary_pct=1.0, use_parallel_residual=False),
        NEOX_SEQUENTIAL,
    ),
    Family('gptj', 'gptj', dict(**SMALL_GPT, rotary_dim=4), GPTJ, notes='parallel, one norm'),
    Family('codegen', 'codegen', dict(**SMALL_GPT, rotary_dim=4), GPTJ, notes='parallel, one norm'),
    Family(
        'opt',
        'opt',
        dict(
            hidden_size=WIDTH,
            num_hidden_layers=2,
            num_attention_heads=HEADS,
            ffn_dim=48,
            max_position_embeddings=POSITIONS,
            word_embed_proj_dim=WIDTH,
        ),
        OPT,
    ),
    Family(
        'opt_postnorm',
        'opt',
        dict(
            hidden_size=WIDTH,
            num_hidden_layers=2,
            num_attention_heads=HEADS,
            ffn_dim=48,
            max_position_embeddings=POSITIONS,
            word_embed_proj_dim=16,
            do_layer_norm_before=False,
        ),
        OPT_POST,
        notes='OPT-350M: the stream is normalised after each addition, embeddings are projected. '
        'resid_mid = LN(resid_pre + attn_out), resid_post = LN(resid_mid + mlp_out), '
        'ln2.hook_normalized = resid_mid',
    ),
    Family(
        'bloom',
        'bloom',
        dict(hidden_size=WIDTH, n_layer=2, n_head=HEADS),
        BLOOM,
        notes='ALiBi, norm after embeddings',
    ),
    Family(
        'falcon',
        'falcon',
        dict(
            hidden_size=WIDTH,
            num_hidden_layers=2,
            num_attention_heads=HEADS,
            ffn_hidden_size=48,
            multi_query=True,
            parallel_attn=True,
            bias=False,
        ),
        FALCON,
        notes='Falcon-7B: multi-query, parallel, one norm',
    ),
    Family(
        'falcon_new',
        'falcon',
        dict(
            hidden_size=WIDTH,
            num_hidden_layers=2,
            num_attention_heads=HEADS,
            ffn_hidden_size=48,
            num_kv_heads=2,
            new_decoder_architecture=True,
            bias=False,
        ),
        FALCON,
        notes='Falcon-40B: grouped heads, parallel, two norms',
    ),
    Family(
        'falcon_alibi',
        'falcon',
        dict(
            hidden_size=WIDTH,
            num_hidden_layers=2,
            num_attention_heads=HEADS,
            ffn_hidden_size=48,
            multi_query=False,
            parallel_attn=False,
            alibi=True,
            bias=True,
        ),
        BLOOM,
        notes='Falcon-RW: ALiBi, sequential, biases',
    ),
    Family('llama', 'llama', dict(**GQA, tie_word_embeddings=False)),
    Family(
        'llama_tied',
        'llama',
        dict(
            **GQA,
            tie_word_embeddings=True,
            attention_bias=True,
            mlp_bias=True,
            rope_scaling=dict(
                rope_type='llama3',
                factor=8.0,
                low_freq_factor=1.0,
                high_freq_factor=4.0,
                original_max_position_embeddings=16,
            ),
        ),
        notes='tied embeddings, Llama 3 RoPE scaling, biases',
    ),
    Family('mistral', 'mistral', dict(**GQA, sliding_window=6), notes='sliding window 6'),
    Family('qwen2', 'qwen2', dict(**GQA, tie_word_embeddings=True), notes='biases on q, k, v'),
    Family(
        'qwen3',
        'qwen3',
        dict(**GQA, head_dim=16, tie_word_embeddings=True),
        notes='q/k norms, heads wider than the stream',
    ),
    Family(
        'smollm3', 'smollm3', dict(**GQA, no_rope_layers=[1, 0]), notes='second layer without RoPE'
    ),
    Family('gemma', 'gemma', dict(**SMALL, num_key_value_heads=1, head_dim=16), embed_std=0.15),
    Family(
        'gemma2',
        'gemma2',
        dict(
            **GQA,
            head_dim=16,
            query_pre_attn_scalar=16,
            sliding_window=6,
            layer_types=['sliding_attention', 'full_attention'],
            attn_logit_softcapping=5.0,
            final_logit_softcapping=4.0,
        ),
        SANDWICH,
        embed_std=0.15,
        notes='post-norms, soft caps, sliding window 6 in the first layer',
    ),
    Family(
        'gemma3',
        'gemma3_text',
        dict(
            **GQA,
            head_dim=16,
            query_pre_attn_scalar=16,
            sliding_window=6,
            layer_types=['sliding_attention', 'full_attention'],
        ),
        SANDWICH,
        embed_std=0.15,
        notes='post-norms, q/k norms, two RoPE bases, sliding window 6 in the first layer',
    ),
    Family(
        'phi',
        'phi',
        dict(**SMALL, partial_rotary_factor=0.5),
        Layout(out_proj='self_attn.dense', mlp_in='mlp.fc1', down_proj='mlp.fc2', mid=None),
        notes='parallel, one norm',
    ),
    Family(
        'phi3',
        'phi3',
        dict(**GQA, sliding_window=6),
        Layout(mlp_in='mlp.gate_up_proj'),
        notes='fused q, k, v and gate, up; sliding window 6',
    ),
    Family('stablelm', 'stablelm', dict(**GQA, use_qkv_bias=True, partial_rotary_factor=0.5)),
    Family(
        'stablelm_parallel',
        'stablelm',
        dict(**GQA, use_parallel_residual=True, qk_layernorm=True, partial_rotary_factor=0.5),
        PARALLEL,
        notes='StableLM 2 12B: parallel, one norm, norms per head',
    ),
    Family(
        'olmo', 'olmo', dict(**GQA, clip_qkv=2.0), notes='norms without parameters, clipped q, k, v'
    ),
    Family(
        'olmo2',
        'olmo2',
        GQA,
        OLMO2,
        notes='norms after each half only: the MLP reads the stream itself',
    ),
    Family(
        'granite',
        'granite',
        dict(
            **GQA,
            embedding_multiplier=4.0,
            attention_multiplier=0.3,
            residual_multiplier=0.4,
            logits_scaling=2.0,
            tie_word_embeddings=True,
        ),
        Layout(scale='residual_multiplier'),
        embed_std=0.25,
        notes='additions to the stream are scaled by 0.4',
    ),
    Family(
        'cohere',
        'cohere',
        dict(**GQA, logit_scale=0.25, use_qk_norm=True),
        PARALLEL,
        notes='parallel, one norm, q/k norms, tied',
    ),
    Family(
        'mpt',
        'mpt',
        dict(d_model=WIDTH, n_layers=2, n_heads=HEADS, expansion_ratio=4, max_seq_len=64),
        MPT,
        notes='ALiBi, no biases',
    ),
    Family(
        'gpt_bigcode', 'gpt_bigcode', dict(**SMALL_GPT, multi_query=True), GPT2, notes='multi-query'
    ),
    Family(
        'starcoder2',
        'starcoder2',
        dict(**GQA, sliding_window=6, use_bias=True),
        Layout(mlp_in='mlp.c_fc', down_proj='mlp.c_proj'),
        notes='LayerNorm, biases, sliding window 6',
    ),
]


def hf_config(family: Family):
    """The family's Hugging Face configuration: small, special tokens inside the vocabulary."""
    tokens = dict(vocab_size=VOCAB, bos_token_id=1, eos_token_id=2, pad_token_id=0)
    return AutoConfig.for_model(family.model_type, **{**tokens, **family.config})
