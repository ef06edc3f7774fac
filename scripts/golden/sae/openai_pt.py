"""OpenAI's sparse autoencoders for GPT-2 (`.pt`): written with the names and the pickle layout of the original code.

    python -m venv VENV && VENV/bin/pip install -r scripts/golden/sae/requirements-saelens.txt
    VENV/bin/python scripts/golden/sae/openai_pt.py

No package index has the owner's library (PyPI's `sparse_autoencoder` is another one), so the values are computed here,
in float64, by the formulas of its `sparse_autoencoder/model.py` (top-k ones checked against sae-lens):
    TopK only: μ = mean x, s = unbiased standard deviation, x ← (x − μ) / (s + 1e-5), at the end x̂ ← x̂ s + μ
    f = activation((x − pre_bias) · encoder.weightᵀ + latent_bias),   x̂ = f · decoder.weightᵀ + pre_bias
The state dict is torch's own of a module (an OrderedDict with `_metadata`), with `activation` and
`activation_state_dict` added, as that code saves it.
"""

import torch
from common import D, F, Golden, inputs, weights
from sae_lens import TopKSAE, TopKSAEConfig
from torch import nn

K = 8


class Layout(nn.Module):
    """The original's parameters and buffers, nothing of its behaviour."""

    def __init__(self, d, f):
        super().__init__()
        self.pre_bias = nn.Parameter(torch.zeros(d))
        self.encoder = nn.Linear(d, f, bias=False)
        self.latent_bias = nn.Parameter(torch.zeros(f))
        self.decoder = nn.Linear(f, d, bias=False)
        self.register_buffer("stats_last_nonzero", torch.zeros(f, dtype=torch.long))
        self.register_buffer("latents_activation_frequency", torch.ones(f))
        self.register_buffer("latents_mean_square", torch.zeros(f))


@torch.no_grad()
def state(name, activation, activation_state):
    w = weights(name)
    module = Layout(D, F)
    module.pre_bias.copy_(w.b_dec)
    module.encoder.weight.copy_(w.W_enc.T)
    module.latent_bias.copy_(w.b_enc)
    module.decoder.weight.copy_(w.W_dec.T)
    module.stats_last_nonzero += 3
    out = module.state_dict()
    if activation is not None:
        out["activation"] = activation
        out["activation_state_dict"] = activation_state
    return out


def normalised(x):
    mean = x.mean(-1, keepdim=True)
    sd = x.std(-1, keepdim=True)
    return (x - mean) / (sd + 1e-5), mean, sd


def topk(z):
    kept = torch.topk(z, K, dim=-1)
    return torch.zeros_like(z).scatter(-1, kept.indices, kept.values.relu())


@torch.no_grad()
def same_in_saelens(p, x, features, reconstruction):
    """A second opinion: sae-lens's topk with layer_norm is the same function."""
    sae = TopKSAE(TopKSAEConfig(d_in=D, d_sae=F, k=K, normalize_activations="layer_norm", dtype="float64"))
    sae.W_enc.copy_(p["encoder.weight"].T)
    sae.b_enc.copy_(p["latent_bias"])
    sae.W_dec.copy_(p["decoder.weight"].T)
    sae.b_dec.copy_(p["pre_bias"])
    torch.testing.assert_close(sae.encode(x), features)
    torch.testing.assert_close(sae(x), reconstruction)


def make(name, file, site, activation, notes="", activation_state=None, save=None):
    version = torch.__version__.split("+")[0]
    entry = Golden("openai", name, "sae", activation or "ReLU", "torch", version, site, notes, file=file)
    target = entry.begin() / file
    target.parent.mkdir(parents=True, exist_ok=True)
    saved = state(name, activation, activation_state if activation_state is not None else {})
    torch.save(saved, target, **(save or {}))
    p = {k: v.double() for k, v in saved.items() if torch.is_tensor(v)}

    def encode(x):
        x = x.double()
        x = normalised(x)[0] if activation == "TopK" else x
        z = (x - p["pre_bias"]) @ p["encoder.weight"].T + p["latent_bias"]
        return topk(z) if activation == "TopK" else z.relu()

    def reconstruct(x):
        out = encode(x) @ p["decoder.weight"].T + p["pre_bias"]
        if activation != "TopK":
            return out
        _, mean, sd = normalised(x.double())
        return out * sd + mean

    x = inputs(name)
    entry.record(x, encode, reconstruct)
    if activation == "TopK":
        same_in_saelens(p, x, encode(x), reconstruct(x))


if __name__ == "__main__":
    torch.manual_seed(0)
    top = {"k": K, "postact_fn": "ReLU"}
    by_formula = "values by formula in float64: no package index has the owner's library"
    for name, location, site in (
        ("v5_topk", "resid_post_mlp_v5_32k", "hook_resid_post"),
        ("v5_topk_attn", "resid_post_attn_v5_32k", "hook_resid_mid"),
        ("v5_topk_delta", "resid_delta_attn_v5_128k", "hook_attn_out"),
    ):
        make(name, f"{location}/autoencoders/1.pt", f"blocks.1.{site}", "TopK", by_formula, top)
    make("v4_relu", "resid_delta_mlp_v4/autoencoders/1.pt", "blocks.1.hook_mlp_out", "ReLU", by_formula)
    make(
        "v1_no_activation",
        "mlp_post_act/autoencoders/1.pt",
        "blocks.1.mlp.hook_post",
        None,
        by_formula + "; no activation named: ReLU; legacy pickle instead of a zip",
        save={"_use_new_zipfile_serialization": False},
    )
