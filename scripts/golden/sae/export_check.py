"""An SAE trained by this project, opened with sae-lens: does it encode and decode as the engine does?

    VENV/bin/python scripts/golden/sae/export_check.py [--sae DIR] [--model DIR] [--text FILE]

VENV as for saelens.py; the engine is asked through `npm run -s monosem -- encode`. Inputs: activations of the model on
a sample text, and random rows of many sizes. docs/real-models.md has the result.
"""

import argparse
import subprocess
import tempfile
from pathlib import Path

import sae_lens
import torch
from common import ROOT, inputs
from sae_lens import SAE
from safetensors.torch import load_file, save_file

MODEL = ROOT / "models" / "stories15M"


def monosem(*arguments):
    command = ["npm", "run", "-s", "monosem", "--", *map(str, arguments)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def model_activations(arguments, site, work):
    out = work / "model.safetensors"
    monosem("activations", arguments.text, "--model", arguments.model, "--site", site, "--out", out)
    return load_file(out)["activations"].float()


def engine(folder, x, work):
    save_file({"activations": x.contiguous()}, work / "x.safetensors")
    monosem("encode", "--sae", folder, "--activations", work / "x.safetensors", "--out", work / "out.safetensors")
    out = load_file(work / "out.safetensors")
    return out["features"], out["reconstruction"]


def error(actual, expected):
    return ((actual - expected).abs().max() / expected.abs().max()).item()


@torch.no_grad()
def compare(name, sae, x, engine_values):
    features, reconstruction = engine_values
    expected = sae.encode(x)
    flipped = (features > 0) != (expected > 0)
    print(
        f"| {name} | {x.shape[0]} | {(expected > 0).sum(-1).float().mean():.1f} | {error(features, expected):.1e} "
        f"| {error(reconstruction, sae.decode(expected)):.1e} | {int(flipped.sum())} of {int((expected > 0).sum())} |"
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sae", type=Path, default=MODEL / "saes" / "blocks.2.hook_resid_post")
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--text", type=Path, default=ROOT / "samples" / "lily-and-the-lantern.txt")
    arguments = parser.parse_args()
    sae = SAE.load_from_disk(arguments.sae)
    print(f"sae-lens {sae_lens.__version__}, {sae.cfg.architecture()}, F {sae.cfg.d_sae}, {sae.cfg.metadata.hook_name}")
    print("| inputs | rows | L0 | features | reconstruction | active in one only |")
    print("| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        real = model_activations(arguments, sae.cfg.metadata.hook_name, work)
        random = inputs("export_check", d=sae.cfg.d_in, t=240) * real.std()
        for name, x in (("activations of the model", real), ("random, ×0.01, ×1 and ×30", random)):
            compare(name, sae, x, engine(arguments.sae, x, work))


if __name__ == "__main__":
    main()
