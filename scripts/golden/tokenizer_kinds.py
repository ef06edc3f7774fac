"""Tokenizers of every kind that decoders use, small enough to keep, with what Python makes of nasty texts.

Trains each on samples/ and a few sentences in other scripts, saves it as the hub has it (tokenizer.json and the
configuration beside it), reads it back with transformers' AutoTokenizer and records ids, UTF-16 ranges and decoded
text. Writes test/golden/tokenizers/NAME/.

    python -m venv VENV && VENV/bin/pip install -r scripts/golden/requirements.txt
    VENV/bin/python scripts/golden/tokenizer_kinds.py
"""

import json
import random
import shutil
import unicodedata
from pathlib import Path

import tokenizers
import transformers
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "test" / "golden" / "tokenizers"
SEED = 7

SCRIPTS = """
你好，世界！今天天气很好，我们去公园散步吧。日本語の文章も少しあります。東京は大きな町です。
안녕하세요, 오늘 날씨가 좋네요. Привет, мир! Сегодня хорошая погода, пойдём гулять.
مرحبا بالعالم، الطقس جميل اليوم. שלום עולם, היום מזג האוויר נעים. สวัสดีชาวโลก วันนี้อากาศดี
Ça va déjà très bien, señor; ¿qué tal? Größe, Straße, naïve façade. 😀 👍🏽 👩‍👩‍👧‍👦 🏳️‍🌈
def f(x):\n    if x > 10:\n        return x ** 2\n    return [1, 2, 3]\n
"""

TEXTS = [
    "",
    "a",
    " ",
    "    ",
    "Once upon a time, there was a little fox.",
    " leading and trailing ",
    "two  three   four    five     spaces",
    "tabs\tand\t\ttabs",
    "unix\nlines\n\nand\r\nwindows\r\n",
    "\n",
    "\r\n\r\n",
    "Ça va déjà très bien; Größe, Straße",
    "e\u0301 vs é, o\u0308 vs ö, a\u0323\u0302",
    "xe\u0301\u0323y nai\u0308ve \u1112\u1161\u11ab\u1100\u116e\u11a8 q\u0301 Z\u0337\u0322 ㅎㅏㄴ ｶﾞ",
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
    "zero\u200bwidth\u200djoiner\ufeffinside",
    "\ufeffa mark at the start",
    "bell\u0007del\u007f",
    "ﬁne ligature, Ｆｕｌｌ ｗｉｄｔｈ, ½ ①",
    "<s>not</s> a <unk> start <|endoftext|> <pad>",
    "<|im_start|>user\nHi<|im_end|>\n<tool_call>{}</tool_call>",
    "<|begin_of_text|>one<|eot_id|>two <start_of_turn>three<end_of_turn>",
    "before <mask> after, x<mask>y, WORD word words and <L> left <R> right",
    "▁already▁marked ▁",
    "for (let i = 0; i < 10; i++) { x[i] **= 2; }",
    "def f(x):\n    if x:\n\treturn None",
    "3.14159 1,000,000 0xFF 12345",
    "=" * 21 + "-" * 13 + "*" * 9,
    "don't can't won't I'm you're DON'T",
    "SHOUTING and CamelCaseIdentifiers_with_snakes",
    "مزيج of RTL and English שלום 123",
]

BYTES = [f"<0x{b:02X}>" for b in range(256)]
GPT4_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
QWEN_SPLIT = GPT4_SPLIT.replace(r"\p{N}{1,3}", r"\p{N}")


def corpus() -> list[str]:
    texts = [file.read_text() for file in sorted((ROOT / "samples").glob("*.txt"))]
    return [text[:12000] for text in texts] + SCRIPTS.split("\n") * 4


def special(*names: str) -> list[AddedToken]:
    return [AddedToken(name, special=True, normalized=False) for name in names]


def byte_level(vocabulary: int, pre_tokenizer=None) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizer or pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(corpus(), trainer)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    return tokenizer


def split_then_bytes(pattern: str):
    return pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(pattern), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )


def with_byte_fallback(names: list[str], vocabulary: int) -> Tokenizer:
    """BPE over pieces with ▁, whose vocabulary begins with special tokens and the 256 bytes, as converted from
    SentencePiece."""
    trained = Tokenizer(models.BPE())
    trained.pre_tokenizer = pre_tokenizers.Metaspace()
    latin = [chr(c) for c in range(33, 127)] + ["▁"]
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary, limit_alphabet=180, initial_alphabet=latin, show_progress=False
    )
    trained.train_from_iterator(corpus(), trainer)
    model = json.loads(trained.to_str())["model"]
    pieces = sorted(model["vocab"], key=model["vocab"].get)
    vocab = {piece: i for i, piece in enumerate(dict.fromkeys([*names, *BYTES, *pieces]))}
    merges = [tuple(merge) for merge in model["merges"]]
    return Tokenizer(models.BPE(vocab, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))


def begins_with(tokenizer: Tokenizer, token: str):
    return processors.TemplateProcessing(
        single=f"{token} $A",
        pair=f"{token} $A {token}:1 $B:1",
        special_tokens=[(token, tokenizer.token_to_id(token))],
    )


def gpt2():
    tokenizer = byte_level(700)
    tokenizer.add_special_tokens(special("<|endoftext|>"))
    end = "<|endoftext|>"
    config = {"tokenizer_class": "GPT2Tokenizer", "bos_token": end, "eos_token": end, "add_bos_token": False}
    return tokenizer, {"tokenizer_config.json": config}


def llama():
    tokenizer = with_byte_fallback(["<unk>", "<s>", "</s>"], 600)
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    tokenizer.add_special_tokens(special("<unk>", "<s>", "</s>"))
    tokenizer.post_processor = begins_with(tokenizer, "<s>")
    token = {"__type": "AddedToken", "lstrip": False, "rstrip": False, "single_word": False, "normalized": False}
    config = {
        "tokenizer_class": "LlamaTokenizer",
        "bos_token": {**token, "content": "<s>"},
        "eos_token": {**token, "content": "</s>"},
        "unk_token": {**token, "content": "<unk>"},
    }
    return tokenizer, {"tokenizer_config.json": config}


def mistral():
    """As llama, in the newer spelling: Metaspace before the first piece only; add_bos_token switched off."""
    tokenizer = with_byte_fallback(["<unk>", "<s>", "</s>", "[INST]", "[/INST]"], 600)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    tokenizer.add_special_tokens(special("<unk>", "<s>", "</s>", "[INST]", "[/INST]"))
    tokenizer.post_processor = begins_with(tokenizer, "<s>")
    config = {
        "tokenizer_class": "LlamaTokenizerFast",
        "add_bos_token": False,
        "bos_token": "<s>",
        "eos_token": "</s>",
        "unk_token": "<unk>",
        "legacy": False,
    }
    return tokenizer, {"tokenizer_config.json": config}


def gemma():
    names = ["<pad>", "<eos>", "<bos>", "<unk>", "<start_of_turn>", "<end_of_turn>", "\n\n", "\t\t", "▁▁▁▁"]
    tokenizer = with_byte_fallback(names, 600)
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", behavior="merged_with_previous")
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    tokenizer.add_special_tokens(special(*names[:6]))
    tokenizer.add_tokens([AddedToken(name, normalized=False) for name in names[6:]])
    tokenizer.post_processor = begins_with(tokenizer, "<bos>")
    config = {
        "tokenizer_class": "GemmaTokenizer",
        "add_bos_token": True,
        "bos_token": "<bos>",
        "eos_token": "<eos>",
        "pad_token": "<pad>",
        "unk_token": "<unk>",
    }
    generation = {"bos_token_id": 2, "eos_token_id": [1, 5]}
    return tokenizer, {"tokenizer_config.json": config, "generation_config.json": generation}


def unigram():
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=700,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>"],
        unk_token="<unk>",
        show_progress=False,
        n_sub_iterations=1,
    )
    tokenizer.train_from_iterator(corpus(), trainer)
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.post_processor = begins_with(tokenizer, "</s>")
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": "<s>",
        "eos_token": "</s>",
        "unk_token": "<unk>",
        "pad_token": "<pad>",
    }
    return tokenizer, {"tokenizer_config.json": config}


def qwen():
    tokenizer = byte_level(700, split_then_bytes(QWEN_SPLIT))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.add_special_tokens(special("<|endoftext|>", "<|im_start|>", "<|im_end|>"))
    tokenizer.add_tokens([AddedToken(name, normalized=False) for name in ["<tool_call>", "</tool_call>"]])
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "add_bos_token": False,
        "bos_token": None,
        "eos_token": "<|im_end|>",
        "pad_token": "<|endoftext|>",
    }
    end = tokenizer.token_to_id("<|endoftext|>")
    stop = tokenizer.token_to_id("<|im_end|>")
    return tokenizer, {
        "tokenizer_config.json": config,
        "generation_config.json": {"eos_token_id": [stop, end]},
        "config.json": {"model_type": "qwen2", "bos_token_id": end, "eos_token_id": end},
    }


def llama3():
    tokenizer = byte_level(700, split_then_bytes(GPT4_SPLIT))
    names = ["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
    tokenizer.add_special_tokens(special(*names))
    tokenizer.post_processor = processors.Sequence(
        [processors.ByteLevel(trim_offsets=False), begins_with(tokenizer, "<|begin_of_text|>")]
    )
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": names[0], "eos_token": names[4]}
    ends = [tokenizer.token_to_id(names[1]), tokenizer.token_to_id(names[4])]
    return tokenizer, {"tokenizer_config.json": config, "generation_config.json": {"eos_token_id": ends}}


def falcon():
    pre = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Punctuation(behavior="contiguous"),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.Split(Regex("[0-9][0-9][0-9]"), behavior="isolated"),
        ]
    )
    tokenizer = byte_level(700, pre)
    tokenizer.post_processor = None
    tokenizer.add_special_tokens(special("<|endoftext|>"))
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|endoftext|>"}
    return tokenizer, {"tokenizer_config.json": config}


def added():
    """Added tokens with every option, over a normalizer that changes the text; trimmed offsets as in GPT-2."""
    tokenizer = byte_level(600)
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=True)
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True, special=True, normalized=False)])
    tokenizer.add_tokens(
        [
            AddedToken("<L>", lstrip=True, normalized=False),
            AddedToken("<R>", rstrip=True, normalized=False),
            AddedToken("word", single_word=True, normalized=True),
            AddedToken("    ", normalized=False),
        ]
    )
    return tokenizer, {"tokenizer_config.json": {"tokenizer_class": "PreTrainedTokenizerFast"}}


def utf16(text: str, code_points: int) -> int:
    return len(text[:code_points].encode("utf-16-le", "surrogatepass")) // 2


COMPOSING = [(0x1160, 0x11FF), (0xD7B0, 0xD7FF), (0x3131, 0x318E), (0xFF9E, 0xFF9F), (0xFFA0, 0xFFDC)]


def composes(character: str) -> bool:
    """Combining marks, letters of Hangul, voicing marks of half-width kana."""
    is_listed = any(first <= ord(character) <= last for first, last in COMPOSING)
    return is_listed or unicodedata.category(character).startswith("M")


def tiles(text: str, offsets: list[tuple[int, int]]) -> list[list[int]]:
    """Ranges that cover the text without gaps: tokens whose offsets overlap share one, unclaimed text belongs to what
    follows it, at the end to what precedes it. Unclaimed marks are part of the letter they were composed with, and so is
    what follows them in the same cluster."""
    groups: list[dict] = []
    for token, (start, end) in enumerate(offsets):
        last = groups[-1] if groups else None
        if last is not None and 0 < last["end"] < start and composes(text[last["end"]]):
            while last["end"] < start and composes(text[last["end"]]):
                last["end"] += 1
            if last["end"] == start and start < len(text) and composes(text[start]):
                last["end"] = max(last["end"], end)
                last["tokens"].append(token)
                continue
        if last is None or (start >= last["end"] and end > last["end"]):
            if last is None or last["end"] > 0:
                groups.append({"end": end, "tokens": [token]})
            else:
                last["end"] = end
                last["tokens"].append(token)
        else:
            last["end"] = max(last["end"], end)
            last["tokens"].append(token)
    ranges: list[list[int]] = []
    begin = 0
    for number, group in enumerate(groups):
        end = len(text) if number == len(groups) - 1 else group["end"]
        ranges += [[utf16(text, begin), utf16(text, end)]] * len(group["tokens"])
        begin = end
    return ranges


def golden(folder: Path) -> dict:
    slow = AutoTokenizer.from_pretrained(folder)
    fast = slow.backend_tokenizer
    context = [fast.token_to_id("a")]
    decode = lambda ids: slow.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)
    base = decode(context)
    cases = []
    for text in TEXTS:
        encoding = fast.encode(text, add_special_tokens=False)
        ids = slow(text, add_special_tokens=False)["input_ids"]
        assert ids == encoding.ids, (folder.name, text)
        cases.append(
            {
                "text": text,
                "ids": ids,
                "withSpecial": slow(text)["input_ids"],
                "ranges": tiles(text, encoding.offsets),
                "decoded": decode(ids),
                "continued": decode(context + ids)[len(base) :],
            }
        )
    return {
        "command": "python scripts/golden/tokenizer_kinds.py",
        "versions": {"tokenizers": tokenizers.__version__, "transformers": transformers.__version__},
        "seed": SEED,
        "bosId": slow.bos_token_id,
        "eosId": slow.eos_token_id,
        "cases": cases,
        "decodings": decodings(fast, decode, context, base),
    }


def decodings(fast: Tokenizer, decode, context: list[int], base: str) -> list[dict]:
    """Random ids: what a model may generate. Bytes of a byte fallback are left out, the texts cover them."""
    chance = random.Random(SEED)
    usable = [i for i in range(fast.get_vocab_size()) if not fast.id_to_token(i).startswith("<0x")]
    runs = [[chance.choice(usable) for _ in range(12)] for _ in range(12)]
    return [
        {"ids": ids, "decoded": decode(ids), "continued": decode(context + ids)[len(base) :]} for ids in runs
    ]


def main() -> None:
    for make in [gpt2, llama, mistral, gemma, unigram, qwen, llama3, falcon, added]:
        folder = OUT / make.__name__
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        tokenizer, files = make()
        tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
        for name, content in files.items():
            (folder / name).write_text(json.dumps(content, indent=1) + "\n")
        (folder / "golden.json").write_text(json.dumps(golden(folder), ensure_ascii=False) + "\n")
        size = (folder / "tokenizer.json").stat().st_size
        print(f"{make.__name__}: {tokenizer.get_vocab_size()} tokens, {size // 1024} KB")


if __name__ == "__main__":
    main()
