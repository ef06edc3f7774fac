"""Where the sites live in the Hugging Face modules of each family: module names, nothing else."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Layout:
    """Module paths. `blocks` starts at the model, everything else inside one block.

    `attn_out`/`mlp_out` are the modules whose output is added to the residual stream (by default
    the two output projections); `mid` says what exposes the stream between the two halves
    ('input:NAME' or 'output:NAME'; None in parallel blocks). `scale` is the configuration's key of
    a factor on both additions. `post_norm` marks blocks whose stream itself is normalised after
    each addition.
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


GPT2 = Layout('transformer.h', 'attn.c_proj', None, 'mlp.c_fc', 'mlp.c_proj', None, 'input:ln_2')
GPTJ = Layout('transformer.h', 'attn.out_proj', None, 'mlp.fc_in', 'mlp.fc_out', None, None)
NEOX = Layout(
    'gpt_neox.layers', 'attention.dense', None, 'mlp.dense_h_to_4h', 'mlp.dense_4h_to_h', None, None
)
NEOX_SEQUENTIAL = Layout(*list(NEOX.__dict__.values())[:6], 'input:post_attention_layernorm')
OPT = Layout(
    'model.decoder.layers', 'self_attn.out_proj', None, 'fc1', 'fc2', None, 'input:final_layer_norm'
)
OPT_POST = Layout(
    'model.decoder.layers',
    'self_attn.out_proj',
    None,
    'fc1',
    'fc2',
    None,
    'output:self_attn_layer_norm',
    post_norm=True,
)
FALCON = Layout(
    'transformer.h',
    'self_attention.dense',
    None,
    'mlp.dense_h_to_4h',
    'mlp.dense_4h_to_h',
    None,
    None,
)
BLOOM = Layout(*list(FALCON.__dict__.values())[:6], 'input:post_attention_layernorm')
MPT = Layout(
    'transformer.blocks',
    'attn.out_proj',
    None,
    'ffn.up_proj',
    'ffn.down_proj',
    None,
    'input:norm_2',
)
SANDWICH = Layout(
    attn_out='post_attention_layernorm',
    mlp_out='post_feedforward_layernorm',
    mid='input:pre_feedforward_layernorm',
)
OLMO2 = Layout(
    attn_out='post_attention_layernorm', mlp_out='post_feedforward_layernorm', mid='input:mlp'
)
PARALLEL = Layout(mid=None)
