"""What the scripts of this folder share: inputs, random weights, and how an SAE is recorded.

Inputs have rows of very different size and a common direction, as a residual stream has. Encoders lean against that
direction, so that some 5–20 features are active whatever the row's scale. Everything comes from named numpy streams:
the same numbers again on every machine.
"""

import hashlib
import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

ROOT = Path(__file__).resolve().parents[3]
OUT = ROOT / "test" / "golden" / "saes"
SEED = 20264
T, D, F = 24, 32, 64
SCALES = (0.01, 1.0, 30.0)


def stream(*names):
    """A generator of its own for each name."""
    digest = hashlib.sha256("/".join([str(SEED), *map(str, names)]).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "little"))


def tensor(array):
    return torch.tensor(np.asarray(array, dtype=np.float32))


def common_direction(d):
    v = stream("direction", d).normal(size=d)
    return v / np.linalg.norm(v)


def inputs(name, d=D, t=T, scales=SCALES):
    """x [t, d]: noise around a common direction; scales take turns, a few rows each."""
    rng = stream(name, "x")
    x = rng.normal(size=(t, d)) + 0.5 * np.sqrt(d) * common_direction(d) + 0.2
    return tensor(x * np.array([scales[i % len(scales)] for i in range(t)])[:, None])


@dataclass
class Weights:
    """Random weights in this project's orientation: W_enc [D, F], W_dec [F, D_out]."""

    W_enc: torch.Tensor
    b_enc: torch.Tensor
    W_dec: torch.Tensor
    b_dec: torch.Tensor
    threshold: torch.Tensor
    extra: np.random.Generator

    def vector(self, n, mean=0.0, sd=1.0):
        return tensor(self.extra.normal(mean, sd, n))


def weights(name, d=D, f=F, d_out=None, unit=False):
    """Decoder norms vary between 0.5 and 2 unless `unit`."""
    rng = stream(name, "weights")
    d_out = d_out or d
    W_enc = rng.normal(size=(d, f)) / np.sqrt(d)
    W_enc -= 0.45 * common_direction(d)[:, None] * rng.uniform(0.5, 1.5, f)
    W_dec = rng.normal(size=(f, d_out))
    if d_out == d:
        W_dec += W_enc.T * np.sqrt(d)
    W_dec /= np.linalg.norm(W_dec, axis=1, keepdims=True)
    if not unit:
        W_dec *= rng.uniform(0.5, 2.0, (f, 1))
    return Weights(
        W_enc=tensor(W_enc),
        b_enc=tensor(rng.normal(-0.05, 0.05, f)),
        W_dec=tensor(W_dec),
        b_dec=tensor(rng.normal(0, 0.02, d_out)),
        threshold=tensor(rng.uniform(0.02, 0.4, f)),
        extra=rng,
    )


@dataclass
class Golden:
    """One SAE to record. `encode` and `reconstruct` are the library's, from x [T, D] to [T, F] and [T, D_out]."""

    format: str
    name: str
    folder: str
    architecture: str
    owner: str
    version: str
    site: str
    notes: str = ""
    file: str | None = None
    extra: dict = field(default_factory=dict)

    @property
    def root(self):
        return OUT / self.format / self.name

    @property
    def path(self):
        """Where the SAE's own files belong; fresh and empty."""
        return self.root / self.folder

    def begin(self):
        shutil.rmtree(self.root, ignore_errors=True)
        self.path.mkdir(parents=True)
        return self.path

    @torch.no_grad()
    def record(self, x, encode, reconstruct):
        features = encode(x).detach().float()
        reconstruction = reconstruct(x).detach().float()
        check_margin(self.name, x, features, encode)
        tensors = {"x": x, "features": features, "reconstruction": reconstruction}
        save_file({k: v.contiguous() for k, v in tensors.items()}, self.root / "expected.safetensors")
        l0 = (features > 0).sum(-1).float()
        add_to_manifest(self, {"L0": round(l0.mean().item(), 2)})
        print(f"{self.format}/{self.name}: L0 {l0.min():.0f} / {l0.mean():.1f} / {l0.max():.0f}")


def check_margin(name, x, features, encode):
    """No pre-activation may lie so near its threshold that another order of summation decides."""
    active = features > 0
    for factor in (1 - 2e-6, 1 + 2e-6):
        if not torch.equal(encode(x * factor).detach() > 0, active):
            raise ValueError(f"{name}: a feature lies on its threshold; take another name or seed")
    if not 2 <= active.sum(-1).float().mean() <= 40:
        raise ValueError(f"{name}: L0 {active.sum(-1).float().mean()} is not a test of sparsity")


def add_to_manifest(golden, facts):
    path = OUT / "manifest.json"
    manifest = json.loads(path.read_text()) if path.exists() else {"seed": SEED, "saes": []}
    entry = {
        "format": golden.format,
        "name": golden.name,
        "folder": f"{golden.format}/{golden.name}/{golden.folder}",
        **({"file": golden.file} if golden.file else {}),
        "expected": f"{golden.format}/{golden.name}/expected.safetensors",
        "architecture": golden.architecture,
        "library": golden.owner,
        "version": golden.version,
        "site": golden.site,
        **golden.extra,
        **facts,
        "notes": golden.notes,
    }
    others = [e for e in manifest["saes"] if (e["format"], e["name"]) != (golden.format, golden.name)]
    manifest["saes"] = sorted([*others, entry], key=lambda e: (e["format"], e["name"]))
    path.write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
