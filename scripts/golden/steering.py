"""Steering as others define it, computed without any code of this project.

Runs the default model in numpy float32 (stories15m.py) on the half-precision weights of its .onnx file, changes the
residual stream behind block 2 by each published formula, and writes test/golden/steering.json: likeliest tokens behind
the prompt and the greedy continuation, with the margins that say where rounding may decide.

    VENV/bin/python scripts/golden/steering.py package/src/llama2.data      (the file that stories15m.py reads)

Sources of the formulas:
  Neuronpedia, apps/inference/.../endpoints/steer/completion.py: SIMPLE_ADDITIVE, ORTHOGONAL_DECOMP, PROJECTION_CAP,
    every position, normalize_steering.
  SAELens, tutorials/tutorial_2_0.ipynb: h += max_act * strength * W_dec[i] at every position;
    tutorials/using_an_sae_as_a_steering_vector.ipynb: h[:, :position - 1] += coeff * W_dec[i] in the prompt only, nothing
    on single cached tokens.
  Templeton et al. 2024, "Scaling Monosemanticity": x = SAE(x) + error, f_i clamped to a multiple of its max, the error kept.
  SAEBench, sae_bench/evals/unlearning: where f_i > 0 it becomes -multiplier, the error kept, BOS left out.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file
from stories15m import BOS, CHECKPOINT_BYTES, Model, rounded, tokenizer

ROOT = Path(__file__).parents[2]
SAE = ROOT / "models/stories15M/saes/blocks.2.hook_resid_post/sae_weights.safetensors"
BLOCK = 2
STEPS = 24
TOP = 20
PROMPTS = ["Once upon a time, there was a", "Lily and Tom went to the"]
FEATURES = [3012, 2514, 1563]

Edit = Callable[[np.ndarray, int], np.ndarray]
"""x [T, D] and the length of the prompt -> x'"""


class SteeredModel(Model):
    """Changes the stream behind a block."""

    edit: Edit | None = None
    prompt_length = 0

    def behind(self, block: int, x: np.ndarray) -> np.ndarray:
        if block != BLOCK or self.edit is None:
            return x
        return self.edit(x, self.prompt_length).astype(np.float32)


class Sae:
    def __init__(self) -> None:
        tensors = load_file(SAE)
        self.W_enc, self.W_dec = tensors["W_enc"].astype(np.float32), tensors["W_dec"].astype(np.float32)
        self.b_enc, self.b_dec = tensors["b_enc"].astype(np.float32), tensors["b_dec"].astype(np.float32)
        self.threshold = tensors["threshold"].astype(np.float32)

    def encode(self, x: np.ndarray) -> np.ndarray:
        z = (x - self.b_dec) @ self.W_enc + self.b_enc
        return np.where(z > np.maximum(self.threshold, 0), z, 0)

    def decode(self, f: np.ndarray) -> np.ndarray:
        return f @ self.W_dec + self.b_dec


def formulas(sae: Sae, feature: int) -> dict[str, tuple[float, Edit]]:
    """By name: the number that the formula takes, and what it does."""
    v = sae.W_dec[feature]
    unit = v / np.linalg.norm(v)
    maximum = 1.75

    def simple_additive(strength: float) -> Edit:
        return lambda x, _: x + strength * v

    def orthogonal(coefficient: float) -> Edit:
        def edit(x: np.ndarray, _: int) -> np.ndarray:
            projection = np.outer(v, v) / (np.linalg.norm(v) ** 2)
            return x @ (np.eye(len(v)) - projection).T + coefficient * (x @ projection.T)

        return edit

    def cap(limit: float) -> Edit:
        def edit(x: np.ndarray, _: int) -> np.ndarray:
            along = x @ unit
            return x + np.outer(np.minimum(along, limit) - along, unit)

        return edit

    def prompt_only(coefficient: float) -> Edit:
        def edit(x: np.ndarray, prompt: int) -> np.ndarray:
            x = x.copy()
            x[: prompt - 1] += coefficient * v
            return x

        return edit

    def clamp(multiple: float) -> Edit:
        def edit(x: np.ndarray, _: int) -> np.ndarray:
            f = sae.encode(x)
            error = x - sae.decode(f)
            f[:, feature] = multiple * maximum
            return sae.decode(f) + error

        return edit

    def where_active(multiplier: float) -> Edit:
        def edit(x: np.ndarray, _: int) -> np.ndarray:
            f = sae.encode(x)
            error = x - sae.decode(f)
            active = f[:, feature] > 0
            active[0] = False
            f[active, feature] = -multiplier
            return sae.decode(f) + error

        return edit

    return {
        "neuronpediaAdditive": (6.0, simple_additive(6.0)),
        "neuronpediaAdditiveUnit": (4.0, lambda x, _: x + 4.0 * unit),
        "neuronpediaOrthogonal": (-2.0, orthogonal(-2.0)),
        "neuronpediaCap": (0.25, cap(0.25)),
        "saelensTutorial": (3.0, simple_additive(maximum * 3.0)),
        "saelensSteeringVector": (12.0, prompt_only(12.0)),
        "anthropicClamp": (4.0, clamp(4.0)),
        "saebenchWhereActive": (5.0, where_active(5.0)),
    }


def half(model: Model) -> None:
    """The weights as the .onnx file has them: matrices in half precision, norms as they were."""
    for name, value in vars(model).items():
        if isinstance(value, np.ndarray) and "norm" not in name:
            setattr(model, name, value.astype(np.float16).astype(np.float32))


def continuation(model: SteeredModel, ids: list[int]) -> dict:
    model.prompt_length = len(ids)
    first, _ = model.run(ids)
    best = np.argsort(-first)[:TOP]
    greedy, margins = [], []
    while len(greedy) < STEPS:
        logits, _ = model.run(ids + greedy)
        second, largest = np.sort(logits)[-2:]
        greedy.append(int(logits.argmax()))
        margins.append(largest - second)
    return {
        "top": [[int(i), round(float(first[i]), 4)] for i in best],
        "greedyIds": greedy,
        "greedyMargins": rounded(np.array(margins), 4),
    }


def main() -> None:
    raw = Path(sys.argv[1]).read_bytes()
    model, tokens, sae = SteeredModel(raw[:CHECKPOINT_BYTES]), tokenizer(raw[CHECKPOINT_BYTES:]), Sae()
    half(model)
    runs = []
    for prompt in PROMPTS:
        ids = [BOS, *tokens.encode(prompt)]
        model.edit = None
        runs.append({"prompt": prompt, "formula": "baseline", **continuation(model, ids)})
        for feature in FEATURES:
            for name, (number, edit) in formulas(sae, feature).items():
                model.edit = edit
                run = {"prompt": prompt, "feature": feature, "formula": name, "number": number}
                runs.append({**run, **continuation(model, ids)})
    about = (
        "stories15M in float32 numpy on half-precision weights, the stream behind block 2 changed by published formulas "
        "(scripts/golden/steering.py); maxima are 1.75 where a formula takes multiples of one."
    )
    body = ",\n    ".join(json.dumps(run) for run in runs)
    target = ROOT / "test/golden/steering.json"
    target.write_text(f'{{\n  "about": {json.dumps(about)},\n  "runs": [\n    {body}\n  ]\n}}\n')


if __name__ == "__main__":
    main()
