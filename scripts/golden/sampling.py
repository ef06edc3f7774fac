"""What transformers makes of logits before it draws a token: penalised logits, and the tokens that filters leave.

GenerationMixin builds the list of processors from the options, so their order is its own. Frequency and presence
penalties are not part of transformers. Logits come from a hash that the test repeats: exact arithmetic on both sides.
Writes test/golden/sampling.json.

    python -m venv VENV && VENV/bin/pip install -r scripts/golden/requirements.txt
    VENV/bin/python scripts/golden/sampling.py
"""

import json
from pathlib import Path

import numpy as np
import torch
import transformers
from transformers import GenerationConfig
from transformers.generation.utils import GenerationMixin

OUT = Path(__file__).resolve().parents[2] / "test" / "golden" / "sampling.json"

# Vocabulary, seed, spread of the logits (-spread … spread).
ROWS = [(5, 1, 4.0), (5, 2, 2.0), (100, 3, 8.0), (100, 4, 1.0), (32_000, 5, 16.0), (32_000, 6, 32.0)]

OPTIONS = [
    {"repetitionPenalty": 1.3},
    {"repetitionPenalty": 0.7},
    {"topK": 1},
    {"topK": 3},
    {"topK": 50},
    {"topP": 0.0},
    {"topP": 0.3},
    {"topP": 0.9},
    {"minP": 0.05},
    {"minP": 0.5},
    {"minP": 1.0},
    {"topK": 40, "topP": 0.8},
    {"topP": 0.95, "minP": 0.1},
    {"temperature": 0.5, "topP": 0.9},
    {"temperature": 2.0, "topP": 0.5},
    {"temperature": 0.25, "minP": 0.02},
    {"temperature": 1.5, "topK": 4, "topP": 0.7, "minP": 0.1, "repetitionPenalty": 1.8},
    {"temperature": 0.7, "topK": 60, "topP": 0.95, "minP": 0.02, "repetitionPenalty": 1.1},
]


def hashed(values: np.ndarray) -> np.ndarray:
    """The finaliser of MurmurHash3 over 32-bit words."""
    h = values.astype(np.uint32)
    h ^= h >> np.uint32(16)
    h *= np.uint32(0x85EBCA6B)
    h ^= h >> np.uint32(13)
    h *= np.uint32(0xC2B2AE35)
    return h ^ (h >> np.uint32(16))


def logits_of(vocabulary: int, seed: int, spread: float) -> np.ndarray:
    """Cubes of 23-bit numbers between -1 and 1, so that large logits are rare; rounded once, to float32."""
    u = hashed(np.arange(vocabulary, dtype=np.uint32) + np.uint32(seed * 1_000_003)) >> np.uint32(9)
    centred = u.astype(np.float64) / 2**22 - 1
    return (spread * (centred * centred * centred)).astype(np.float32)


class Generator(GenerationMixin):
    """What generates, without a model."""

    config = None


def processors(options: dict, drawn: bool):
    config = GenerationConfig(
        do_sample=drawn,
        temperature=options.get("temperature", 1.0) if drawn else None,
        top_k=options.get("topK", 0) if drawn else None,
        top_p=options.get("topP", 1.0) if drawn else None,
        min_p=options.get("minP") if drawn else None,
        repetition_penalty=options.get("repetitionPenalty", 1.0),
        num_beams=1,
    )
    for name in ("_eos_token_tensor", "_pad_token_tensor", "_bos_token_tensor"):
        setattr(config, name, None)
    return Generator()._get_logits_processor(generation_config=config)


def main() -> None:
    cases = []
    for vocabulary, seed, spread in ROWS:
        logits = torch.from_numpy(logits_of(vocabulary, seed, spread))[None]
        likeliest = torch.topk(logits[0], min(vocabulary, 6)).indices.tolist()
        # Likely and unlikely tokens, some of them repeated.
        history = [*likeliest[:3], 0, vocabulary - 1, likeliest[0], *likeliest[4:]]
        ids = torch.tensor([history])
        for options in OPTIONS:
            penalised = processors(options, drawn=False)(ids, logits.clone())[0]
            scores = processors(options, drawn=True)(ids, logits.clone())[0]
            kept = torch.isfinite(scores).nonzero()[:, 0]
            probabilities = torch.softmax(scores, -1)[kept]
            listed = len(kept) <= 400
            cases.append(
                {
                    "vocabulary": vocabulary,
                    "seed": seed,
                    "spread": spread,
                    "history": history,
                    "options": options,
                    "penalised": {str(i): penalised[i].item() for i in sorted(set(history))},
                    "count": len(kept),
                    "sum": kept.sum().item(),
                    **({"kept": kept.tolist()} if listed else {}),
                    **({"probabilities": probabilities.tolist()} if len(kept) <= 60 else {}),
                }
            )
    recorded = {
        "command": "python scripts/golden/sampling.py",
        "versions": {"transformers": transformers.__version__, "torch": torch.__version__},
        "processors": [type(p).__name__ for p in processors(OPTIONS[-1], drawn=True)],
        "cases": cases,
    }
    OUT.write_text(json.dumps(recorded) + "\n")
    print(f"{len(cases)} cases, {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
