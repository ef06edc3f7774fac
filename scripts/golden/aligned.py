"""Families again, with the sizes that onnxruntime's quantised and fused operators ask for.

GroupQueryAttention wants heads, and what of them is rotated, in multiples of 16, MatMulNBits blocks
of 32 inputs; and onnxruntime-genai's builder takes the first matrix with as many outputs as the
vocabulary for the output matrix, so no other matrix may have that many.
"""

from families import POSITIONS, Family
from layouts import SANDWICH, Layout

SIZES = dict(
    vocab_size=80,
    hidden_size=32,
    num_hidden_layers=2,
    num_attention_heads=2,
    intermediate_size=64,
    max_position_embeddings=POSITIONS,
)
GQA = dict(**SIZES, num_key_value_heads=1)
GEMMA = dict(**GQA, head_dim=16, query_pre_attn_scalar=16, sliding_window=6)
ALTERNATING = ['sliding_attention', 'full_attention']
PHI = Layout(out_proj='self_attn.dense', mlp_in='mlp.fc1', down_proj='mlp.fc2', mid=None)

ALIGNED = [
    Family('llama_aligned', 'llama', dict(**GQA, tie_word_embeddings=False)),
    Family('mistral_aligned', 'mistral', dict(**GQA, head_dim=16, sliding_window=None)),
    Family('qwen2_aligned', 'qwen2', dict(**GQA, tie_word_embeddings=True)),
    Family('qwen3_aligned', 'qwen3', dict(**GQA, head_dim=16, tie_word_embeddings=True)),
    Family('smollm3_aligned', 'smollm3', dict(**GQA, no_rope_layers=[1, 0])),
    Family('gemma_aligned', 'gemma', dict(**GQA, head_dim=16), embed_std=0.15),
    Family(
        'gemma2_aligned',
        'gemma2',
        dict(
            **GEMMA,
            layer_types=ALTERNATING,
            attn_logit_softcapping=5.0,
            final_logit_softcapping=4.0,
        ),
        SANDWICH,
        embed_std=0.15,
    ),
    Family(
        'gemma3_aligned',
        'gemma3_text',
        dict(**GEMMA, layer_types=['sliding_attention'] * 2),
        SANDWICH,
        embed_std=0.15,
        notes='window in both layers: the first five of six are so in onnxruntime-genai',
    ),
    Family(
        'phi_aligned', 'phi', dict(**{**SIZES, 'hidden_size': 64}, partial_rotary_factor=0.5), PHI
    ),
    Family(
        'phi3_aligned',
        'phi3',
        dict(**GQA, original_max_position_embeddings=POSITIONS),
        Layout(mlp_in='mlp.gate_up_proj'),
    ),
    Family('olmo_aligned', 'olmo', GQA),
    Family(
        'granite_aligned',
        'granite',
        dict(
            **GQA,
            embedding_multiplier=4.0,
            attention_multiplier=0.3,
            residual_multiplier=0.4,
            logits_scaling=2.0,
        ),
        Layout(scale='residual_multiplier'),
        embed_std=0.25,
    ),
]
