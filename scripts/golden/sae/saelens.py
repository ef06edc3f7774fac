"""SAELens 6: every architecture it can save, every activation normalisation, saved and read back by sae-lens itself.

    python -m venv VENV && VENV/bin/pip install -r scripts/golden/sae/requirements-saelens.txt
    VENV/bin/python scripts/golden/sae/saelens.py

Training-only architectures (batchtopk, matryoshka) are saved with `save_inference_model`, as after training.
Weights of 16 bits are read back as float32 (`dtype="float32"`), which is what this project computes in.
"""

import sae_lens
import torch
from common import D, F, Golden, inputs, weights
from sae_lens import SAE
from sae_lens.registry import get_sae_class, get_sae_training_class
from sae_lens.saes.sae import SAEMetadata
from sae_lens.training.activation_scaler import ActivationScaler

SITE = "blocks.1.hook_resid_post"


def metadata(site=SITE, **more):
    return SAEMetadata(
        model_name="tiny-random",
        hook_name=site,
        hook_head_index=None,
        context_size=128,
        prepend_bos=True,
        seqpos_slice=(None,),
        model_from_pretrained_kwargs={},
        dataset_path="none: weights are random",
        **more,
    )


@torch.no_grad()
def fill(sae, w):
    """Our random weights in place of the library's initial ones, by the library's names."""
    by_name = {"W_enc": w.W_enc, "W_dec": w.W_dec, "b_enc": w.b_enc, "b_dec": w.b_dec, "threshold": w.threshold}
    for name, parameter in sae.named_parameters():
        if name in by_name:
            value = by_name[name]
        elif name == "b_gate":
            value = w.b_enc
        elif name == "W_skip":
            value = w.vector(tuple(parameter.shape), sd=0.1)
        elif name in ("b_mag", "r_mag"):
            value = w.vector(parameter.shape[0], sd=0.1)
        else:
            raise ValueError(f"what is {name}?")
        parameter.copy_(value.to(parameter.dtype))


def config(cls, **fields):
    base = dict(d_in=D, d_sae=F, dtype="float32", device="cpu", metadata=metadata())
    return cls(**{**base, **fields})


def golden(name, architecture, notes="", site=SITE, folder=None):
    return Golden(
        format="saelens",
        name=name,
        folder=folder or site,
        architecture=architecture,
        owner="sae-lens",
        version=sae_lens.__version__,
        site=site,
        notes=notes,
    )


def record(entry, sae, x, shape=None):
    """`shape`: how the library wants x, where that is not [T, D] (hook_z: [T, heads, d_head])."""

    def arrange(x):
        return x.reshape(shape) if shape else x

    entry.record(x, lambda x: sae.encode(arrange(x)), lambda x: sae(arrange(x)).reshape(x.shape[0], -1))


def inference(name, architecture, notes="", site=SITE, shape=None, d_out=None, x_scales=None, **fields):
    """Saved with save_model, read back with load_from_disk."""
    entry = golden(name, architecture, notes, site)
    sae_class, config_class = get_sae_class(architecture)
    more = {"d_out": d_out} if d_out else {}
    out = {"hook_name_out": "blocks.1.hook_mlp_out"} if d_out else {}
    if out:
        entry.extra["outputSite"] = out["hook_name_out"]
    cfg = config(config_class, metadata=metadata(site, **out), **more, **fields)
    sae = sae_class(cfg)
    fill(sae, weights(name, d_out=d_out))
    sae.save_model(entry.begin())
    record(entry, SAE.load_from_disk(entry.path, dtype="float32"), inputs(name), shape)
    return entry


def saved_after_training(name, architecture, notes, **fields):
    """A training SAE with a threshold it learned from batches, saved for inference."""
    entry = golden(name, architecture, notes)
    sae_class, config_class = get_sae_training_class(architecture)
    sae = sae_class(config(config_class, k=8, **fields))
    w = weights(name)
    with torch.no_grad():
        for key in ("W_enc", "W_dec", "b_enc", "b_dec"):
            getattr(sae, key).copy_(getattr(w, key))
        x = inputs(name)
        if hasattr(sae, "topk_threshold"):
            for _ in range(400):
                sae.update_topk_threshold(sae.encode(x[1::3]))
    sae.save_inference_model(entry.begin())
    record(entry, SAE.load_from_disk(entry.path), x)


def expected_average():
    """The factor lies beside the weights in activation_scaler.json; folding it in is the library's own method."""
    name = "standard_expected_average"
    entry = golden(
        name,
        "standard",
        "activation_scaler.json has the factor; values after fold_activation_norm_scaling_factor(factor)",
    )
    sae_class, config_class = get_sae_class("standard")
    sae = sae_class(config(config_class, normalize_activations="expected_average_only_in"))
    fill(sae, weights(name))
    sae.save_model(entry.begin())
    x = inputs(name)
    scaler = ActivationScaler()
    scaler.estimate_scaling_factor(D, iter([x]), n_batches_for_norm_estimate=1)
    scaler.save(str(entry.path / "activation_scaler.json"))
    loaded = SAE.load_from_disk(entry.path)
    loaded.fold_activation_norm_scaling_factor(scaler.scaling_factor)
    entry.extra["normScalingFactor"] = scaler.scaling_factor
    record(entry, loaded, x)


def architectures():
    inference("standard", "standard")
    inference("standard_no_b_dec", "standard", apply_b_dec_to_input=False)
    inference("gated", "gated")
    inference("gated_no_b_dec", "gated", apply_b_dec_to_input=False)
    inference("jumprelu", "jumprelu")
    inference("jumprelu_no_b_dec", "jumprelu", apply_b_dec_to_input=False)
    inference("topk", "topk", k=8)
    inference("topk_rescaled", "topk", "ranked by z·‖W_dec‖", k=8, rescale_acts_by_decoder_norm=True)
    inference("topk_few_positive", "topk", "k is larger than the number of positive z of some rows", k=40)
    for kind in ("transcoder", "skip_transcoder", "jumprelu_transcoder", "jumprelu_skip_transcoder"):
        inference(
            kind,
            kind,
            "reads ln2.hook_normalized, writes hook_mlp_out; reconstruction is the forward pass, with the skip",
            site="blocks.1.ln2.hook_normalized",
            d_out=D,
            apply_b_dec_to_input=False,
        )
    inference(
        "skip_transcoder_wider",
        "skip_transcoder",
        "d_out is not d_in",
        site="blocks.1.ln2.hook_normalized",
        d_out=48,
        apply_b_dec_to_input=False,
    )


def normalisations():
    for how in ("constant_norm_rescale", "layer_norm"):
        for architecture in ("standard", "gated", "jumprelu"):
            inference(f"{architecture}_{how}", architecture, normalize_activations=how)
        inference(f"topk_{how}", "topk", k=8, normalize_activations=how)
        inference(f"topk_rescaled_{how}", "topk", k=8, rescale_acts_by_decoder_norm=True, normalize_activations=how)
    inference(
        "transcoder_layer_norm",
        "transcoder",
        "the input is normalised, the output is not scaled back",
        site="blocks.1.ln2.hook_normalized",
        d_out=D,
        apply_b_dec_to_input=False,
        normalize_activations="layer_norm",
    )
    expected_average()
    inference(
        "standard_expected_average_no_factor",
        "standard",
        "the factor is nowhere: the library encodes raw x; a reader that warns is right",
        normalize_activations="expected_average_only_in",
    )


def hook_z():
    site = "blocks.1.attn.hook_z"
    for architecture, more in (("standard", {}), ("jumprelu", {}), ("topk", {"k": 8})):
        inference(
            f"{architecture}_hook_z",
            architecture,
            "the library read x as [T, 4 heads, 8]; here [T, 32]",
            site=site,
            shape=(-1, 4, 8),
            reshape_activations="hook_z",
            **more,
        )


def precisions():
    for dtype in ("float16", "bfloat16"):
        inference(f"standard_{dtype}", "standard", "weights of 16 bits, computed in float32", dtype=dtype)
        inference(f"jumprelu_{dtype}", "jumprelu", "weights of 16 bits, computed in float32", dtype=dtype)


def training_only():
    saved_after_training("topk_trained", "topk", "save_inference_model folds the decoder norms in")
    saved_after_training("batchtopk_trained", "batchtopk", "saved as jumprelu with one threshold")
    saved_after_training(
        "matryoshka_trained",
        "matryoshka_batchtopk",
        "saved as jumprelu with one threshold",
        matryoshka_widths=[16, 32, F],
    )


if __name__ == "__main__":
    torch.manual_seed(0)
    architectures()
    normalisations()
    hook_z()
    precisions()
    training_only()
