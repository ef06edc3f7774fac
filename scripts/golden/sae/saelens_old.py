"""SAELens before 6: flat cfg.json, saved and read back by the sae-lens of that time: 5, and a few with 3.

    python -m venv VENV && VENV/bin/pip install -r scripts/golden/sae/requirements-saelens-5.txt
    VENV/bin/python scripts/golden/sae/saelens_old.py
    VENV/bin/pip install --no-deps --target OLDER sae-lens==3.23.4
    PYTHONPATH=OLDER VENV/bin/python scripts/golden/sae/saelens_old.py

Shapes of cfg.json older than any release of sae-lens that can still be installed (hook_point…, a boolean
normalize_activations, no architecture) are edits of a file that was saved here; its manifest entry says so.
"""

import json

import sae_lens
import torch
from common import D, F, Golden, inputs, tensor, weights
from safetensors.torch import load_file, save_file

SITE = "blocks.1.hook_resid_post"
MAJOR = sae_lens.__version__.split(".")[0]

try:
    from sae_lens import SAE, SAEConfig
except ImportError:
    from sae_lens.sae import SAE, SAEConfig


def config(site=SITE, **fields):
    return SAEConfig(
        **{
            "architecture": "standard",
            "d_in": D,
            "d_sae": F,
            "activation_fn_str": "relu",
            "apply_b_dec_to_input": True,
            "finetuning_scaling_factor": False,
            "context_size": 128,
            "model_name": "tiny-random",
            "hook_name": site,
            "hook_layer": 1,
            "hook_head_index": None,
            "prepend_bos": True,
            "dataset_path": "none: weights are random",
            "dataset_trust_remote_code": True,
            "normalize_activations": "none",
            "dtype": "float32",
            "device": "cpu",
            "sae_lens_training_version": sae_lens.__version__,
            **fields,
        }
    )


@torch.no_grad()
def fill(sae, w):
    by_name = {"W_enc": w.W_enc, "W_dec": w.W_dec, "b_enc": w.b_enc, "b_dec": w.b_dec, "threshold": w.threshold}
    by_name["b_gate"] = w.b_enc
    by_name["finetuning_scaling_factor"] = tensor(w.extra.uniform(0.5, 2.0, F))
    for name, parameter in sae.named_parameters():
        value = by_name[name] if name in by_name else w.vector(parameter.shape[0], sd=0.1)
        parameter.copy_(value)


def change(path, edit_config=None, edit_weights=None):
    if edit_config:
        file = path / "cfg.json"
        file.write_text(json.dumps(edit_config(json.loads(file.read_text()))))
    if edit_weights:
        file = path / "sae_weights.safetensors"
        save_file(edit_weights(load_file(file)), file)


def make(name, notes="", sparsity=False, shape=None, edits=None, centred=False, **fields):
    cfg = config(**fields)
    architecture = "topk" if cfg.activation_fn_str == "topk" else cfg.architecture
    name = f"v{MAJOR}_{name}"
    entry = Golden(
        "saelens", name, cfg.hook_name, architecture, "sae-lens", sae_lens.__version__, cfg.hook_name, notes
    )
    sae = SAE(cfg)
    w = weights(name)
    fill(sae, w)
    more = {"sparsity": torch.log10(w.vector(F).abs() / 10 + 1e-10)} if sparsity else {}
    path = entry.begin()
    sae.save_model(str(path), **more)
    if edits:
        change(path, *edits)
    loaded = SAE.load_from_pretrained(str(path))
    x = inputs(name)

    def arrange(x):
        return x.reshape(shape) if shape else x - mean(x)

    def mean(x):
        return x.mean(-1, keepdim=True) if centred else 0

    entry.record(x, lambda x: loaded.encode(arrange(x)), lambda x: loaded(arrange(x)).reshape(x.shape[0], -1) + mean(x))


def renamed_scale(tensors):
    return {("scaling_factor" if k == "finetuning_scaling_factor" else k): v for k, v in tensors.items()}


def with_ones(tensors):
    return {**tensors, "scaling_factor": torch.ones(F)}


def oldest(cfg):
    renames = {
        "hook_name": "hook_point",
        "hook_layer": "hook_point_layer",
        "hook_head_index": "hook_point_head_index",
        "activation_fn_str": "activation_fn",
    }
    dropped = ("architecture", "seqpos_slice", "model_from_pretrained_kwargs", "neuronpedia_id", "apply_b_dec_to_input")
    kept = {renames.get(k, k): v for k, v in cfg.items() if k not in dropped}
    return {**kept, "normalize_activations": False}


def only_in_5():
    make("gated", architecture="gated")
    make("standard_no_b_dec", apply_b_dec_to_input=False)
    make("jumprelu", architecture="jumprelu")
    make("layer_norm", normalize_activations="layer_norm")
    make("constant_norm_rescale", normalize_activations="constant_norm_rescale")
    make(
        "centred_model",
        "its model was loaded with center_writing_weights: the library read x − mean x; the mean added at the end",
        centred=True,
        model_name="gpt2-small",
        model_from_pretrained_kwargs={"center_writing_weights": True},
    )
    make(
        "hook_z",
        "the library read x as [T, 4 heads, 8]; here [T, 32]",
        shape=(-1, 4, 8),
        site="blocks.1.attn.hook_z",
    )
    make(
        "finetuned",
        "features before the scale, reconstruction after; the tensor is named scaling_factor as the loader wants it",
        finetuning_scaling_factor=True,
        edits=(None, renamed_scale),
    )
    make("scaling_factor_ones", "a scaling_factor of ones is ignored", edits=(None, with_ones))
    make("oldest_names", "cfg.json edited to the names of 2024-04 (hook_point, activation_fn)", edits=(oldest, None))


if __name__ == "__main__":
    torch.manual_seed(0)
    make("standard", "sparsity.safetensors beside it", sparsity=True)
    top = {"activation_fn_str": "topk", "activation_fn_kwargs": {"k": 8}}
    make("topk", "architecture standard, activation_fn_str topk", **top)
    if MAJOR == "5":
        only_in_5()
