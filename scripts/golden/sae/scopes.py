"""Published collections whose layouts no library writes any more: files in the original layout, written here.

    python -m venv VENV && VENV/bin/pip install -r scripts/golden/sae/requirements-saelens.txt
    VENV/bin/python scripts/golden/sae/scopes.py

Gemma Scope 1 and 2, connor_rob, DeepSeek-R1, Qwen Scope, Goodfire, Llama Scope and its R1-distill successor.
Values are sae-lens's: its converter for the collection reads the written folder (downloads are redirected there,
widths it knows by heart are overridden), then its SAE computes.

Llama Scope: values are by OpenMOSS's formulas in float64 (lm_saes `from_config`, "dataset-wise" becoming "inference"):
    s_in = √d / norm.in, s_out = √d / norm.out;  z = x W_e + b_e / s_in;  f = z · 1[z > θ], θ unscaled
    x̂ = (s_in / s_out) f W_d + b_d / s_out;  with sparsity_include_decoder_norm z is compared, and kept, times ‖d_i‖
and sae-lens is asked too: its features must be s_in times these and its reconstruction the same.
"""

import json
import math
from contextlib import contextmanager
from unittest.mock import patch

import numpy as np
import sae_lens
import torch
from common import D, F, Golden, inputs, weights
from sae_lens import SAE
from sae_lens.loading import pretrained_sae_loaders as loaders
from safetensors.torch import load_file, save_file


@contextmanager
def offline(root):
    """The converters' downloads come from `root`, laid out as the repository."""

    def from_disk(repo_id, filename, subfolder=None, **_):
        path = root / subfolder / filename if subfolder else root / filename
        if not path.exists():
            raise loaders.EntryNotFoundError(f"{path} is not there")
        return str(path)

    def shapes(_repo, filename, *_args, **_more):
        return {k: list(v.shape) for k, v in load_file(root / filename).items()}

    with patch.object(loaders, "hf_hub_download", from_disk), patch.object(
        loaders, "get_safetensors_tensor_shapes", shapes
    ):
        yield


def converted(loader, entry, repo, folder, **overrides):
    """The SAE as sae-lens understands the folder of the repository; float32."""
    with offline(entry.root / repo.split("/")[-1]):
        cfg, state, _ = loader(repo, folder, "cpu", False, {"dtype": "float32", **overrides})

    def from_memory(*_args, **_more):
        return cfg, {k: v.detach().float().contiguous() for k, v in state.items()}

    return SAE.load_from_disk(entry.root, converter=from_memory)


def golden(format, name, folder, architecture, site, notes="", file=None, repo="", **extra):
    """The folder lies in one named as the repository, which often alone tells the site or k."""
    inside = "/".join(part for part in (repo.split("/")[-1], folder) if part)
    more = {**extra, "repo": repo} if repo else extra
    return Golden(
        format, name, inside, architecture, "sae-lens", sae_lens.__version__, site, notes, file=file, extra=more
    )


def record(entry, sae, x, shape=None):
    def arrange(x):
        return x.reshape(shape) if shape else x

    entry.record(x, lambda x: sae.encode(arrange(x)), lambda x: sae(arrange(x)).reshape(x.shape[0], -1))


def gemma_scope(name, kind, site, folder="layer_1/width_16k/average_l0_10", lower=False, compressed=False, notes=""):
    repo = f"google/gemma-scope-2b-pt-{kind}"
    transcoder = kind == "transcoders"
    architecture = "jumprelu_transcoder" if transcoder else "jumprelu"
    more = {"outputSite": "blocks.1.hook_mlp_out"} if transcoder else {}
    entry = golden("gemma_scope", name, folder, architecture, site, notes, repo=repo, **more)
    w = weights(name)
    scale = math.sqrt(D) if "embedding" in folder else 1
    arrays = {
        "W_enc": w.W_enc * scale,
        "W_dec": w.W_dec / scale,
        "b_enc": w.b_enc,
        "b_dec": w.b_dec,
        "threshold": w.threshold,
    }
    names = {k: k.replace("W_", "w_") if lower else k for k in arrays}
    save = np.savez_compressed if compressed else np.savez
    save(entry.begin() / "params.npz", **{names[k]: v.numpy() for k, v in arrays.items()})
    if transcoder:
        loader, width = loaders.gemma_2_transcoder_huggingface_loader, {"d_in": D, "d_out": D, "d_sae": F}
    else:
        loader, width = loaders.gemma_2_sae_huggingface_loader, {"d_in": D, "d_sae": F}
    sae = converted(loader, entry, repo, folder, **width)
    record(entry, sae, inputs(name), shape=(-1, 4, 8) if site.endswith("hook_z") else None)


def gemma_scope_2(name, folder, site, output=None, affine=False, config=True, hook_in="", notes=""):
    repo = "google/gemma-scope-2-270m-pt"
    architecture = "jumprelu" if not output else "jumprelu_skip_transcoder" if affine else "jumprelu_transcoder"
    more = {"outputSite": output[0]} if output else {}
    entry = golden("gemma_scope_2", name, folder, architecture, site, notes, repo=repo, **more)
    w = weights(name)
    tensors = {"w_enc": w.W_enc, "w_dec": w.W_dec, "b_enc": w.b_enc, "b_dec": w.b_dec, "threshold": w.threshold}
    if affine:
        tensors["affine_skip_connection"] = w.vector((D, D), sd=0.1)
    path = entry.begin()
    save_file(tensors, path / "params.safetensors")
    if config:
        facts = {
            "hf_hook_point_in": hook_in,
            **({"hf_hook_point_out": output[1]} if output else {}),
            "width": F,
            "model_name": "gemma-v3-270m-pt",
            "architecture": "jump_relu",
            "l0": 10,
            "affine_connection": affine,
            "type": "transcoder" if output else "sae",
        }
        (path / "config.json").write_text(json.dumps(facts, indent=2))
    record(entry, converted(loaders.gemma_3_sae_huggingface_loader, entry, repo, folder), inputs(name))


def pickled(format, name, file, site, tensors, loader, notes="", config=None, shape=None, repo="", **overrides):
    """One .pt in a folder, perhaps with a config beside it."""
    architecture = "topk" if "k" in overrides else "standard"
    entry = golden(format, name, "", architecture, site, notes, file=file, repo=repo)
    path = entry.begin()
    torch.save(tensors, path / file)
    if config:
        (path / config[0]).write_text(json.dumps(config[1], indent=2))
    x = inputs(name)
    overrides = {k: v for k, v in overrides.items() if k != "k"}
    record(entry, converted(loader, entry, repo, file, **overrides), x, shape)


def linear(w):
    return {
        "encoder.weight": w.W_enc.T.contiguous(),
        "encoder.bias": w.b_enc,
        "decoder.weight": w.W_dec.T.contiguous(),
        "decoder.bias": w.b_dec,
    }


def pickles():
    w = weights("connor_rob")
    pickled(
        "connor_rob",
        "hook_z",
        "gpt2-small_L1_Hcat_z_lr1.20e-03_l11.80e+00_ds64_bs4096_dc1.00e-06_rsanthropic_rie25000_nr4_v9.pt",
        "blocks.1.attn.hook_z",
        {"W_enc": w.W_enc, "b_enc": w.b_enc, "W_dec": w.W_dec, "b_dec": w.b_dec},
        loaders.connor_rob_hook_z_huggingface_loader,
        config=(
            "gpt2-small_L1_Hcat_z_lr1.20e-03_l11.80e+00_ds64_bs4096_dc1.00e-06_rsanthropic_rie25000_nr4_v9_cfg.json",
            {"act_size": D, "dict_size": F, "act_name": "blocks.1.attn.hook_z", "model_name": "gpt2-small"},
        ),
        shape=(-1, 4, 8),
        notes="the library read x as [T, 4 heads, 8]; here [T, 32]",
        repo="ckkissane/attn-saes-gpt2-small-all-layers",
    )
    pickled(
        "deepseek_r1",
        "resid",
        "DeepSeek-R1-Distill-Llama-8B-SAE-l19.pt",
        "blocks.19.hook_resid_post",
        linear(weights("deepseek_r1")),
        loaders.deepseek_r1_sae_huggingface_loader,
        notes="b_dec is not subtracted",
        repo="Goodfire/DeepSeek-R1-SAE-l19",
        d_in=D,
        d_sae=F,
    )
    w = weights("goodfire")
    pickled(
        "goodfire",
        "resid",
        "Llama-3.1-8B-Instruct-SAE-l19.pth",
        "blocks.19.hook_resid_post",
        {k.replace("coder.", "coder_linear."): v for k, v in linear(w).items()},
        loaders.get_goodfire_huggingface_loader,
        notes="b_dec is not subtracted",
        repo="Goodfire/Llama-3.1-8B-Instruct-SAE-l19",
        d_in=D,
        d_sae=F,
    )
    w = weights("qwen_scope")
    pickled(
        "qwen_scope",
        "resid_topk",
        "layer1.sae.pt",
        "blocks.1.hook_resid_post",
        {"W_enc": w.W_enc.T.contiguous(), "W_dec": w.W_dec.T.contiguous(), "b_enc": w.b_enc, "b_dec": w.b_dec},
        loaders.qwen_scope_sae_huggingface_loader,
        notes="W_enc [F, D], W_dec [D, F]; k = 50 stands only in the repository's name; b_dec is not subtracted",
        repo="Qwen/SAE-Res-Qwen3-1.7B-Base-W32K-L0_50",
        d_in=D,
        d_sae=F,
        k=50,
    )


def llama_scope(name, folder, norm_in, norm_out, include_norm, dtype=torch.float32):
    transcoder = "TC-" in folder
    site = "blocks.15.ln2.hook_normalized" if transcoder else "blocks.15.hook_resid_post"
    output = "blocks.15.hook_mlp_out" if transcoder else site
    notes = "values by OpenMOSS's formulas in float64; SAELens's features are normScalingFactor times as large"
    factor = math.sqrt(D) / norm_in
    more = {"outputSite": output} if transcoder else {}
    architecture = "jumprelu_transcoder" if transcoder else "jumprelu"
    entry = golden("llama_scope", name, folder, architecture, site, notes, normScalingFactor=factor, **more)
    w = weights(name, unit=not include_norm)
    path = entry.begin()
    (path / "checkpoints").mkdir()
    theta = 0.3555
    tensors = {k: v.to(dtype).contiguous() for k, v in linear(w).items()}
    save_file(tensors, path / "checkpoints" / "final.safetensors")
    hyperparams = {
        "use_decoder_bias": True,
        "norm_activation": "dataset-wise",
        "act_fn": "jumprelu",
        "jump_relu_threshold": theta,
        "dataset_average_activation_norm": {"in": norm_in, "out": norm_out},
        "d_model": D,
        "d_sae": F,
        "expansion_factor": F // D,
        "hook_point_in": site,
        "hook_point_out": output,
        "apply_decoder_bias_to_pre_encoder": False,
        "sparsity_include_decoder_norm": include_norm,
        "top_k": 50,
        "use_glu_encoder": False,
    }
    (path / "hyperparams.json").write_text(json.dumps(hyperparams, indent=4))
    p = {k: v.double() for k, v in tensors.items()}
    s_in, s_out = factor, math.sqrt(D) / norm_out
    W_e, b_e = p["encoder.weight"].T, p["encoder.bias"] / s_in
    W_d, b_d = p["decoder.weight"].T * (s_in / s_out), p["decoder.bias"] / s_out
    if include_norm:
        norms = W_d.norm(dim=1)
        W_e, b_e, W_d = W_e * norms, b_e * norms, W_d / norms[:, None]

    def encode(x):
        z = x.double() @ W_e + b_e
        return z * (z > theta)

    def reconstruct(x):
        return encode(x) @ W_d + b_d

    x = inputs(name)
    entry.record(x, encode, reconstruct)
    if not include_norm and norm_in == norm_out:
        sae = converted(loaders.llama_scope_sae_huggingface_loader, entry, "", folder)
        sae.fold_activation_norm_scaling_factor(factor)
        torch.testing.assert_close(sae.encode(x).double(), encode(x) * factor, rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(sae(x).double(), reconstruct(x), rtol=1e-4, atol=1e-4)


def llama_scope_r1(name, folder):
    site = "blocks.15.hook_resid_post"
    notes = (
        "SAELens's values for the weights as they are (no norm factor); "
        "thresholds are exp(log_jumprelu_threshold); b_dec is not subtracted"
    )
    entry = golden("llama_scope_r1", name, folder, "jumprelu", site, notes)
    w = weights(name)
    path = entry.begin()
    save_file({**linear(w), "log_jumprelu_threshold": w.threshold.log()}, path / "sae_weights.safetensors")
    config = {
        "sae_type": "sae",
        "d_model": D,
        "expansion_factor": F // D,
        "use_decoder_bias": True,
        "act_fn": "jumprelu",
        "norm_activation": "inference",
        "sparsity_include_decoder_norm": False,
        "top_k": 50,
        "hook_point_in": site,
        "hook_point_out": site,
        "use_glu_encoder": False,
    }
    (path / "config.json").write_text(json.dumps(config, indent=4))
    sae = converted(loaders.llama_scope_r1_distill_sae_huggingface_loader, entry, "", folder)
    record(entry, sae, inputs(name))


if __name__ == "__main__":
    torch.manual_seed(0)
    resid = "blocks.1.hook_resid_post"
    gemma_scope("res", "res", resid)
    gemma_scope("res_compressed", "res", resid, compressed=True, notes="a deflated npz")
    gemma_scope("res_lower_case", "res", resid, lower=True, notes="w_enc, w_dec")
    gemma_scope("mlp", "mlp", "blocks.1.hook_mlp_out")
    gemma_scope("att", "att", "blocks.1.attn.hook_z")
    gemma_scope("transcoder", "transcoders", "blocks.1.ln2.hook_normalized")
    gemma_scope(
        "embedding",
        "res",
        "hook_embed",
        folder="embedding/width_4k/average_l0_10",
        notes="W_enc / √D, W_dec · √D",
    )

    folder = "layer_1_width_16k_l0_small"
    layer = "model.layers.1"
    post = f"{layer}.post_feedforward_layernorm.output"
    gemma_scope_2("resid_post", f"resid_post/{folder}", resid, hook_in=f"{layer}.output")
    gemma_scope_2(
        "resid_post_no_config",
        f"resid_post/{folder}",
        resid,
        config=False,
        notes="no config.json: the folder's name tells",
    )
    gemma_scope_2("attn_out", f"attn_out/{folder}", "blocks.1.attn.hook_z", hook_in=f"{layer}.self_attn.o_proj.input")
    gemma_scope_2("mlp_out", f"mlp_out/{folder}", "blocks.1.hook_mlp_out", hook_in=post)
    for name, affine in (("transcoder", False), ("transcoder_affine", True)):
        gemma_scope_2(
            name,
            f"transcoder/{folder}" + ("_affine" if affine else ""),
            "blocks.1.ln2.hook_normalized",
            output=("blocks.1.hook_mlp_out", post),
            affine=affine,
            hook_in=f"{layer}.pre_feedforward_layernorm.output",
            notes="skip is x · affine_skip_connection, not transposed" if affine else "",
        )
    pickles()
    llama_scope("l15r", "Llama3_1-8B-Base-L15R-8x", 10.8125, 10.8125, False)
    llama_scope("l15r_bfloat16", "Llama3_1-8B-Base-L15R-8x", 10.8125, 10.8125, False, torch.bfloat16)
    llama_scope("l15tc", "Llama3_1-8B-Base-L15TC-8x", 10.8125, 4.5, False)
    llama_scope("l15r_decoder_norm", "Llama3_1-8B-Base-L15R-8x", 10.8125, 10.8125, True)
    llama_scope_r1("l15r", "400M-Slimpajama-400M-OpenR1-Math-220k/L15R")
