"""The decoder families of the golden files: one small configuration per family, its random parameters,
and where each site lives in its Hugging Face modules.

Nothing here runs a model or exports it: `reference.py` reads values off the modules named here, the
exporters read the folder that `save_model` writes. Parameters are drawn with numpy (PCG64), one stream
per parameter name, so that they do not depend on the version of torch or on the order of modules.
"""

import math
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from transformers import AutoConfig, AutoModelForCausalLM
from transformers.modeling_utils import no_init_weights

SEED = 20260
TOKENS = 12
VOCAB = 64
POSITIONS = 32
WIDTH = 32
HEADS = 4


@dataclass(frozen=True)
class Layout:
    """Module paths. `blocks` starts at the model, everything else inside one block.

    `attn_out`/`mlp_out` are the modules whose output is added to the residual stream; `mid` says what
    exposes the stream between the two halves ('input:NAME' or 'output:NAME'; None in parallel blocks).
    `scale` is the configuration's key of a factor on both additions. `post_norm` marks blocks whose
    stream itself is normalised after each addition.
    """

    blocks: str = 'model.layers'
    out_proj: str = 'self_attn.o_proj'
    attn_out: str | None = None
    mlp_in: str = 'mlp.up_proj'
    down_proj: str = 'mlp.down_proj'
    mlp_out: str | None = None
    mid: str | None = 'input:post_attention_layernorm'
    scale: str | None = None
    post_norm: bool = False


@dataclass(frozen=True)
class Family:
    name: str
    model_type: str
    config: dict
    layout: Layout = field(default_factory=Layout)
    embed_std: float = 0.7
    notes: str = ''


LLAMA = Layout()
GPT2 = Layout('transformer.h', 'attn.c_proj', None, 'mlp.c_fc', 'mlp.c_proj', None, 'input:ln_2')
GPTJ = Layout('transformer.h', 'attn.out_proj', None, 'mlp.fc_in', 'mlp.fc_out', None, None)
NEOX = Layout('gpt_neox.layers', 'attention.dense', None, 'mlp.dense_h_to_4h', 'mlp.dense_4h_to_h', None, None)
NEOX_SEQUENTIAL = Layout(*list(NEOX.__dict__.values())[:6], 'input:post_attention_layernorm')
OPT = Layout('model.decoder.layers', 'self_attn.out_proj', None, 'fc1', 'fc2', None, 'input:final_layer_norm')
OPT_POST = Layout(
    'model.decoder.layers', 'self_attn.out_proj', None, 'fc1', 'fc2', None,
    'output:self_attn_layer_norm', post_norm=True,
)
FALCON = Layout(
    'transformer.h', 'self_attention.dense', None, 'mlp.dense_h_to_4h', 'mlp.dense_4h_to_h', None, None
)
BLOOM = Layout(*list(FALCON.__dict__.values())[:6], 'input:post_attention_layernorm')
MPT = Layout('transformer.blocks', 'attn.out_proj', None, 'ffn.up_proj', 'ffn.down_proj', None, 'input:norm_2')
SANDWICH = Layout(
    attn_out='post_attention_layernorm', mlp_out='post_feedforward_layernorm',
    mid='input:pre_feedforward_layernorm',
)
OLMO2 = Layout(attn_out='post_attention_layernorm', mlp_out='post_feedforward_layernorm', mid='input:mlp')
PARALLEL = Layout(mid=None)

SMALL_GPT = dict(n_embd=WIDTH, n_layer=2, n_head=HEADS, n_positions=POSITIONS, n_inner=48)
SMALL = dict(
    hidden_size=WIDTH, num_hidden_layers=2, num_attention_heads=HEADS, intermediate_size=40,
    max_position_embeddings=POSITIONS,
)
GQA = dict(**SMALL, num_key_value_heads=2)

FAMILIES = [
    Family('gpt2', 'gpt2', SMALL_GPT, GPT2),
    Family(
        'gpt_neo', 'gpt_neo',
        dict(
            hidden_size=WIDTH, num_layers=2, num_heads=HEADS, max_position_embeddings=POSITIONS, intermediate_size=48,
            attention_types=[[['global', 'local'], 1]], window_size=6,
        ),
        Layout('transformer.h', 'attn.attention.out_proj', None, 'mlp.c_fc', 'mlp.c_proj', None, 'input:ln_2'),
        notes='global and local attention (window 6)',
    ),
    Family('gpt_neox', 'gpt_neox', dict(**SMALL, rotary_pct=0.25), NEOX, notes='Pythia: parallel, two norms'),
    Family(
        'gpt_neox_sequential', 'gpt_neox', dict(**SMALL, rotary_pct=1.0, use_parallel_residual=False),
        NEOX_SEQUENTIAL,
    ),
    Family('gptj', 'gptj', dict(**SMALL_GPT, rotary_dim=4), GPTJ, notes='parallel, one norm'),
    Family('codegen', 'codegen', dict(**SMALL_GPT, rotary_dim=4), GPTJ, notes='parallel, one norm'),
    Family(
        'opt', 'opt',
        dict(
            hidden_size=WIDTH, num_hidden_layers=2, num_attention_heads=HEADS, ffn_dim=48,
            max_position_embeddings=POSITIONS, word_embed_proj_dim=WIDTH,
        ),
        OPT,
    ),
    Family(
        'opt_postnorm', 'opt',
        dict(
            hidden_size=WIDTH, num_hidden_layers=2, num_attention_heads=HEADS, ffn_dim=48,
            max_position_embeddings=POSITIONS, word_embed_proj_dim=16, do_layer_norm_before=False,
        ),
        OPT_POST,
        notes='OPT-350M: the stream is normalised after each addition, embeddings are projected. '
        'resid_mid = LN(resid_pre + attn_out), resid_post = LN(resid_mid + mlp_out), '
        'ln2.hook_normalized = resid_mid',
    ),
    Family('bloom', 'bloom', dict(hidden_size=WIDTH, n_layer=2, n_head=HEADS), BLOOM, notes='ALiBi, norm after embeddings'),
    Family(
        'falcon', 'falcon',
        dict(hidden_size=WIDTH, num_hidden_layers=2, num_attention_heads=HEADS, ffn_hidden_size=48,
             multi_query=True, parallel_attn=True, bias=False),
        FALCON, notes='Falcon-7B: multi-query, parallel, one norm',
    ),
    Family(
        'falcon_new', 'falcon',
        dict(hidden_size=WIDTH, num_hidden_layers=2, num_attention_heads=HEADS, ffn_hidden_size=48,
             num_kv_heads=2, new_decoder_architecture=True, bias=False),
        FALCON, notes='Falcon-40B: grouped heads, parallel, two norms',
    ),
    Family(
        'falcon_alibi', 'falcon',
        dict(hidden_size=WIDTH, num_hidden_layers=2, num_attention_heads=HEADS, ffn_hidden_size=48,
             multi_query=False, parallel_attn=False, alibi=True, bias=True),
        BLOOM, notes='Falcon-RW: ALiBi, sequential, biases',
    ),
    Family('llama', 'llama', dict(**GQA, tie_word_embeddings=False)),
    Family(
        'llama_tied', 'llama',
        dict(
            **GQA, tie_word_embeddings=True, attention_bias=True, mlp_bias=True,
            rope_scaling=dict(
                rope_type='llama3', factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
                original_max_position_embeddings=16,
            ),
        ),
        notes='tied embeddings, Llama 3 RoPE scaling, biases',
    ),
    Family('mistral', 'mistral', dict(**GQA, sliding_window=6), notes='sliding window 6'),
    Family('qwen2', 'qwen2', dict(**GQA, tie_word_embeddings=True), notes='biases on q, k, v'),
    Family('qwen3', 'qwen3', dict(**GQA, head_dim=16, tie_word_embeddings=True), notes='q/k norms, heads wider than the stream'),
    Family('smollm3', 'smollm3', dict(**GQA, no_rope_layers=[1, 0]), notes='second layer without RoPE'),
    Family('gemma', 'gemma', dict(**SMALL, num_key_value_heads=1, head_dim=16), embed_std=0.15),
    Family(
        'gemma2', 'gemma2',
        dict(**GQA, head_dim=16, query_pre_attn_scalar=16, sliding_window=6,
             layer_types=['sliding_attention', 'full_attention'],
             attn_logit_softcapping=5.0, final_logit_softcapping=4.0),
        SANDWICH, embed_std=0.15, notes='post-norms, soft caps, sliding window 6 in the first layer',
    ),
    Family(
        'gemma3', 'gemma3_text',
        dict(**GQA, head_dim=16, query_pre_attn_scalar=16, sliding_window=6,
             layer_types=['sliding_attention', 'full_attention']),
        SANDWICH, embed_std=0.15, notes='post-norms, q/k norms, two RoPE bases, sliding window 6 in the first layer',
    ),
    Family(
        'phi', 'phi', dict(**SMALL, partial_rotary_factor=0.5),
        Layout(out_proj='self_attn.dense', mlp_in='mlp.fc1', down_proj='mlp.fc2', mid=None), notes='parallel, one norm',
    ),
    Family(
        'phi3', 'phi3', dict(**GQA, sliding_window=6), Layout(mlp_in='mlp.gate_up_proj'),
        notes='fused q, k, v and gate, up; sliding window 6',
    ),
    Family('stablelm', 'stablelm', dict(**GQA, use_qkv_bias=True, partial_rotary_factor=0.5)),
    Family(
        'stablelm_parallel', 'stablelm',
        dict(**GQA, use_parallel_residual=True, qk_layernorm=True, partial_rotary_factor=0.5), PARALLEL,
        notes='StableLM 2 12B: parallel, one norm, norms per head',
    ),
    Family('olmo', 'olmo', dict(**GQA, clip_qkv=2.0), notes='norms without parameters, clipped q, k, v'),
    Family('olmo2', 'olmo2', GQA, OLMO2, notes='norms after each half only: the MLP reads the stream itself'),
    Family(
        'granite', 'granite',
        dict(**GQA, embedding_multiplier=4.0, attention_multiplier=0.3, residual_multiplier=0.4, logits_scaling=2.0,
             tie_word_embeddings=True),
        Layout(scale='residual_multiplier'), embed_std=0.25,
        notes='additions to the stream are scaled by 0.4',
    ),
    Family('cohere', 'cohere', dict(**GQA, logit_scale=0.25, use_qk_norm=True), PARALLEL, notes='parallel, one norm, q/k norms, tied'),
    Family(
        'mpt', 'mpt',
        dict(d_model=WIDTH, n_layers=2, n_heads=HEADS, expansion_ratio=4, max_seq_len=64), MPT,
        notes='ALiBi, no biases',
    ),
    Family('gpt_bigcode', 'gpt_bigcode', dict(**SMALL_GPT, multi_query=True), GPT2, notes='multi-query'),
    Family(
        'starcoder2', 'starcoder2', dict(**GQA, sliding_window=6, use_bias=True),
        Layout(mlp_in='mlp.c_fc', down_proj='mlp.c_proj'), notes='LayerNorm, biases, sliding window 6',
    ),
]

BY_NAME = {family.name: family for family in FAMILIES}


def hf_config(family: Family):
    """The family's Hugging Face configuration: small, special tokens inside the vocabulary."""
    tokens = dict(vocab_size=VOCAB, bos_token_id=1, eos_token_id=2, pad_token_id=0)
    return AutoConfig.for_model(family.model_type, **{**tokens, **family.config})


def _draw(name: str, shape: torch.Size) -> torch.Tensor:
    rng = np.random.Generator(np.random.PCG64([SEED, zlib.crc32(name.encode())]))
    return torch.from_numpy(rng.standard_normal(tuple(shape), dtype=np.float32))


def _value(module: torch.nn.Module, key: str, noise: torch.Tensor, embed_std: float) -> torch.Tensor:
    kind = type(module).__name__
    if key != 'weight':
        return 0.1 * noise
    if 'Norm' in kind:
        return 0.2 * noise if kind.startswith('Gemma') else 1 + 0.2 * noise
    if isinstance(module, torch.nn.Embedding):
        return embed_std * noise
    fan_in = noise.shape[0] if kind == 'Conv1D' else noise.shape[-1]
    return noise * (1.3 / math.sqrt(fan_in))


def randomise(model: torch.nn.Module, embed_std: float) -> None:
    """Redraws every parameter: norm weights 1 + 0.2 N (Gemma stores them minus one), biases 0.1 N,
    embeddings `embed_std` N, matrices N with gain 1.3. A tied output matrix stays the embedding's."""
    seen = set()
    with torch.no_grad():
        for path, module in model.named_modules():
            for key, parameter in module.named_parameters(recurse=False):
                if id(parameter) in seen:
                    continue
                seen.add(id(parameter))
                noise = _draw(f'{path}.{key}', parameter.shape)
                parameter.copy_(_value(module, key, noise, embed_std))
        model.tie_weights()


def save_model(family: Family, folder: Path) -> torch.nn.Module:
    """Builds the family's model, writes it with `save_pretrained` and returns it as loaded from there."""
    with no_init_weights():
        model = AutoModelForCausalLM.from_config(hf_config(family))
    randomise(model, family.embed_std)
    model.eval().save_pretrained(folder)
    return load_model(folder)


def load_model(folder: Path) -> torch.nn.Module:
    """The saved model in float32 with eager attention, ready for a forward pass."""
    return AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation='eager'
    ).eval()


def token_ids() -> torch.Tensor:
    """[1, T] the ids that every reference and every check uses."""
    rng = np.random.Generator(np.random.PCG64(SEED))
    return torch.from_numpy(rng.integers(3, VOCAB, size=(1, TOKENS)))
