"""dictionary_learning: every dictionary class, `ae.pt` and `config.json` as its training loop writes them.

    python -m venv VENV && VENV/bin/pip install -r scripts/golden/sae/requirements-sparsify.txt
    VENV/bin/python scripts/golden/sae/dictionary.py

`config.json` comes from the library's own trainer objects where one exists for the class. Values are those of
`utils.load_dictionary`, the door through which its users load a folder.
"""

import json
from importlib.metadata import version

import torch
from common import D, F, Golden, inputs, weights
from dictionary_learning import dictionary as classes
from dictionary_learning.trainers import batch_top_k, gdm, jumprelu, matryoshka_batch_top_k, standard, top_k
from dictionary_learning.utils import load_dictionary

SITE = "blocks.1.hook_resid_post"
COMMON = dict(steps=5000, activation_dim=D, dict_size=F, layer=1, lm_name="tiny-random", device="cpu", seed=0)
SUBMODULE = dict(submodule_name="resid_post_layer_1")
BUFFER = {"d_submodule": D, "io": "out", "n_ctxs": 10, "ctx_len": 128, "refresh_batch_size": 1, "out_batch_size": 1}


@torch.no_grad()
def fill(ae, w):
    values = {
        "W_enc": w.W_enc,
        "W_dec": w.W_dec,
        "b_enc": w.b_enc,
        "b_dec": w.b_dec,
        "bias": w.b_dec,
        "decoder_bias": w.b_dec,
        "decoder.bias": w.b_dec,
        "threshold": w.threshold,
        "encoder.weight": w.W_enc.T,
        "encoder.bias": w.b_enc,
        "decoder.weight": w.W_dec.T,
        "gate_bias": w.b_enc,
    }
    for name, parameter in ae.named_parameters():
        value = values[name] if name in values else w.vector(parameter.shape[0], sd=0.1)
        parameter.copy_(value)


def make(name, ae, trainer, notes="", unit=False, threshold=None, dtype=None, **changes):
    """`trainer` holds `ae` and knows its config; `unit`: the class keeps decoder norms at 1."""
    dict_class = type(ae).__name__
    entry = Golden(
        "dictionary_learning",
        name,
        "resid_post_layer_1/trainer_0",
        dict_class,
        "dictionary-learning",
        version("dictionary-learning"),
        SITE,
        notes,
    )
    fill(ae, weights(name, unit=unit))
    if threshold is not None:
        ae.threshold.fill_(threshold)
    folder = entry.begin()
    config = {"trainer": {**trainer.config, **changes}, "buffer": BUFFER}
    (folder / "config.json").write_text(json.dumps(config, indent=4))
    state = {k: v.to(dtype) if dtype and v.ndim else v.cpu() for k, v in ae.state_dict().items()}
    torch.save(state, folder / "ae.pt")
    loaded, _ = load_dictionary(str(folder), "cpu")
    entry.record(inputs(name), loaded.encode, lambda x: loaded.decode(loaded.encode(x)))


def trained(cls, **more):
    return cls(**COMMON, **SUBMODULE, **more)


if __name__ == "__main__":
    torch.manual_seed(0)
    t = trained(standard.StandardTrainer)
    make("autoencoder", t.ae, t, "decoder norms are 1", unit=True)
    t = trained(standard.StandardTrainerAprilUpdate)
    make("autoencoder_decoder_norms", t.ae, t, "decoder norms are not 1: loading folds them into the encoder")
    make(
        "autoencoder_new",
        classes.AutoEncoderNew(D, F),
        t,
        "no trainer writes this class any more; config.json is StandardTrainerAprilUpdate's with dict_class changed",
        dict_class="AutoEncoderNew",
    )
    t = trained(gdm.GatedSAETrainer)
    make("gated", t.ae, t)
    t = trained(jumprelu.JumpReluTrainer)
    make("jumprelu", t.ae, t, "b_dec is not subtracted")
    t = trained(top_k.TopKTrainer, k=8)
    make("topk", t.ae, t, "has a threshold too, which is not used", unit=True, threshold=0.3)
    make("topk_threshold_unset", t.ae, t, "threshold −1: never learned", unit=True, threshold=-1)
    for dtype in (torch.bfloat16, torch.float16):
        name = str(dtype).removeprefix("torch.")
        make(f"topk_{name}", t.ae, t, "weights of 16 bits, computed in float32", unit=True, threshold=-1, dtype=dtype)
    t = trained(batch_top_k.BatchTopKTrainer, k=8)
    make("batchtopk", t.ae, t, "threshold, not k", unit=True, threshold=0.3)
    make("batchtopk_threshold_unset", t.ae, t, "threshold −1: plain ReLU", unit=True, threshold=-1)
    t = trained(matryoshka_batch_top_k.MatryoshkaBatchTopKTrainer, k=8, group_fractions=[0.25, 0.25, 0.5])
    make("matryoshka", t.ae, t, "threshold, not k; all groups active", unit=True, threshold=0.3)
