"""Small random models that are no decoder-only language models, exported as their users have them.

Writes test/golden/refusals/*.onnx. Run by hand with scripts/golden/requirements.txt installed:

    python scripts/golden/refusals.py

Nothing here is compared with numbers: the tests only look at what the graphs are. Each file stays below 100 KB.
"""

import json
import platform
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path

import onnx
import optimum.exporters.onnx
import torch
import transformers
from transformers import (
    BartConfig,
    BartForConditionalGeneration,
    BertConfig,
    BertForMaskedLM,
    BertModel,
    DistilBertConfig,
    DistilBertForMaskedLM,
    T5Config,
    T5ForConditionalGeneration,
    ViTConfig,
    ViTForImageClassification,
    Wav2Vec2Config,
    Wav2Vec2ForCTC,
)

SEED = 7
LARGEST = 100_000
OPSET = 17
TARGET = Path(__file__).resolve().parents[2] / "test" / "golden" / "refusals"

small = dict(hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24)
bert = BertConfig(vocab_size=48, max_position_embeddings=24, **small)
distilbert = DistilBertConfig(
    vocab_size=48, max_position_embeddings=24, dim=16, n_layers=2, n_heads=2, hidden_dim=24
)
t5 = T5Config(
    vocab_size=48, d_model=16, d_kv=8, d_ff=24, num_layers=1, num_heads=2, decoder_start_token_id=0
)
bart = BartConfig(
    vocab_size=48, d_model=16, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
    decoder_attention_heads=2, encoder_ffn_dim=24, decoder_ffn_dim=24, max_position_embeddings=24,
)  # fmt: skip
vit = ViTConfig(image_size=16, patch_size=8, num_labels=5, **small)
wav2vec2 = Wav2Vec2Config(
    vocab_size=24, conv_dim=(8, 8), conv_stride=(5, 2), conv_kernel=(10, 3), num_feat_extract_layers=2,
    num_conv_pos_embeddings=4, num_conv_pos_embedding_groups=2, **small,
)  # fmt: skip

# Name → model, task of the exporter, and which of the files it writes to keep under which name.
EXPORTS = [
    (BertForMaskedLM(bert), "fill-mask", {"model.onnx": "bert_fill_mask.onnx"}),
    (BertModel(bert), "feature-extraction", {"model.onnx": "bert_embeddings.onnx"}),
    (DistilBertForMaskedLM(distilbert), "fill-mask", {"model.onnx": "distilbert_fill_mask.onnx"}),
    (
        T5ForConditionalGeneration(t5),
        "text2text-generation-with-past",
        {
            "encoder_model.onnx": "t5_encoder.onnx",
            "decoder_model.onnx": "t5_decoder.onnx",
            "decoder_with_past_model.onnx": "t5_decoder_with_past.onnx",
        },
    ),
    (
        BartForConditionalGeneration(bart),
        "text2text-generation",
        {"decoder_model.onnx": "bart_decoder.onnx"},
    ),
    (ViTForImageClassification(vit), "image-classification", {"model.onnx": "vit.onnx"}),
    (
        Wav2Vec2ForCTC(wav2vec2),
        "automatic-speech-recognition",
        {"model.onnx": "wav2vec2.onnx"},
    ),
]


def keep(source: Path, target: Path) -> None:
    model = onnx.load(source)
    for node in model.graph.node:
        node.ClearField("doc_string")
    onnx.save(model, target)
    size = target.stat().st_size
    assert size <= LARGEST, f"{target.name} has {size} bytes"
    print(f"{target.name}: {size} bytes")


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    for model, task, files in EXPORTS:
        torch.manual_seed(SEED)
        for parameter in model.parameters():
            torch.nn.init.normal_(parameter, std=0.05)
        folder = Path(tempfile.mkdtemp())
        optimum.exporters.onnx.onnx_export_from_model(
            model.eval(), folder, task=task, opset=OPSET, no_post_process=True, do_validation=False
        )
        for name, kept in files.items():
            keep(folder / name, TARGET / kept)
        shutil.rmtree(folder)
    about = {
        "command": "python scripts/golden/refusals.py",
        "seed": SEED,
        "opset": OPSET,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "optimum-onnx": version("optimum-onnx"),
        "onnx": onnx.__version__,
    }
    (TARGET / "about.json").write_text(json.dumps(about, indent=2) + "\n")


if __name__ == "__main__":
    main()
