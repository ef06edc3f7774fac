"""EleutherAI's sparsify: top-k, group-max, transcoders with and without a skip, saved and read back by eai-sparsify.

    python -m venv VENV && VENV/bin/pip install -r scripts/golden/sae/requirements-sparsify.txt
    VENV/bin/python scripts/golden/sae/sparsify_coders.py

A folder is named after the hookpoint, as the library's trainer names it; that is where the site comes from.
"""

import os
from dataclasses import replace
from importlib.metadata import version

import torch
from common import D, F, Golden, inputs, weights

# The library's own decoder for machines without a GPU; it reads this when imported.
os.environ["SPARSIFY_DISABLE_TRITON"] = "1"
from sparsify import SparseCoder, SparseCoderConfig  # noqa: E402

SITE = "blocks.1.hook_resid_post"


@torch.no_grad()
def coder(name, cfg, dtype=torch.float32):
    sae = SparseCoder(D, cfg, dtype=dtype)
    w = weights(name, f=sae.num_latents)
    sae.encoder.weight.copy_(w.W_enc.T)
    sae.encoder.bias.copy_(w.b_enc)
    sae.W_dec.copy_(w.W_dec)
    if cfg.normalize_decoder and not cfg.transcode:
        sae.set_decoder_norm_to_unit_norm()
    sae.b_dec.copy_(w.b_dec)
    if sae.W_skip is not None:
        sae.W_skip.copy_(w.vector(tuple(sae.W_skip.shape), sd=0.1))
    return sae


def make(name, architecture, notes="", folder="layers.1", site=SITE, dtype=torch.float32, **fields):
    cfg = SparseCoderConfig(**{"num_latents": F, "expansion_factor": 1, "k": 8, **fields})
    entry = Golden("sparsify", name, folder, architecture, "eai-sparsify", version("eai-sparsify"), site, notes)
    if cfg.transcode:
        entry.extra["outputSite"] = "blocks.1.hook_mlp_out"
    coder(name, cfg, dtype).save_to_disk(entry.begin())
    sae = SparseCoder.load_from_disk(entry.path).float()
    # For a training loss, forward() then also decodes 4 k features and returns that as sae_out.
    sae.cfg = replace(sae.cfg, multi_topk=False)

    def encode(x):
        out = sae.encode(x)
        return torch.zeros(x.shape[0], sae.num_latents).scatter_(-1, out.top_indices, out.top_acts)

    entry.record(inputs(name), encode, lambda x: sae.forward(x).sae_out)


if __name__ == "__main__":
    make("topk", "topk")
    make("topk_expansion", "topk", "num_latents 0: F is d_in · expansion_factor", num_latents=0, expansion_factor=3)
    make("topk_decoder_not_normalized", "topk", "b_dec is subtracted all the same", normalize_decoder=False)
    make("topk_multi", "topk", "multi_topk is of no consequence after training", multi_topk=True)
    make("topk_bfloat16", "topk", "weights of 16 bits, computed in float32", dtype=torch.bfloat16)
    make("groupmax", "groupmax", activation="groupmax")
    make(
        "transcoder",
        "transcoder",
        "b_dec is not subtracted; hookpoint is the MLP module: its input → its output",
        folder="layers.1.mlp",
        site="blocks.1.ln2.hook_normalized",
        transcode=True,
    )
    make(
        "skip_transcoder",
        "skip_transcoder",
        "as transcoder, plus x · W_skipᵀ",
        folder="layers.1.mlp",
        site="blocks.1.ln2.hook_normalized",
        transcode=True,
        skip_connection=True,
    )
    make("topk_skip", "topk", "a skip without transcoding", skip_connection=True)
    make(
        "groupmax_skip_transcoder",
        "groupmax",
        folder="layers.1.mlp",
        site="blocks.1.ln2.hook_normalized",
        activation="groupmax",
        transcode=True,
        skip_connection=True,
    )
