"""onnxruntime-genai's model builder: GroupQueryAttention, SkipSimplifiedLayerNormalization,
MatMulNBits.

It does not trace: it writes the graph of the architectures it knows from their weights. Today's
builder needs transformers 5, an older one transformers 4, so both have a Python of their own, named
by the environment variables GOLDEN_GENAI_PYTHON and GOLDEN_GENAI_0_11_PYTHON.
"""

import json
import os
import shutil
import subprocess
import tempfile
from functools import lru_cache, partial
from pathlib import Path

import onnx
import torch
from tokenizers import Tokenizer, models

from . import Dialect, Exported, Unsupported

BUILDERS = {'0.18': 'GOLDEN_GENAI_PYTHON', '0.11': 'GOLDEN_GENAI_0_11_PYTHON'}
FAMILIES = tuple(
    f'{name}_aligned'
    for name in (
        'llama',
        'mistral',
        'qwen2',
        'qwen3',
        'smollm3',
        'gemma',
        'gemma2',
        'gemma3',
        'phi',
        'phi3',
        'olmo',
        'granite',
    )
)
OTHERS = ('gpt2', 'gpt_neox')
BLOCK = 32
WORKER = Path(__file__).with_name('genai_worker.py')
WAYS = {
    '0.18': ('fp32-cpu', 'fp16-cuda', 'int4-cpu', 'int4-cuda'),
    '0.11': ('fp32-cpu', 'int4-cpu'),
}
OTHER_FUNCTION = {
    'olmo': 'its LayerNorm is written as SimplifiedLayerNormalization, which is not this model',
}
ROUNDED = 'the builder rounds the factor of the embeddings to two decimals'
NOTES = {'gemma': [ROUNDED], 'gemma2': [ROUNDED], 'gemma3_text': [ROUNDED]}
TOLERANCE = {'fp32': 1e-4, 'fp16': 0.05, 'int4': 6.0}


def _with_tokenizer(folder: Path, copy: Path, vocab: int) -> None:
    """The builder copies a tokenizer, so it wants one: `vocab` words, of no meaning."""
    shutil.copytree(folder, copy, dirs_exist_ok=True)
    words = {f't{i}': i for i in range(vocab)}
    Tokenizer(models.WordLevel(words, unk_token='t0')).save(str(copy / 'tokenizer.json'))
    config = dict(tokenizer_class='PreTrainedTokenizerFast', unk_token='t0')
    (copy / 'tokenizer_config.json').write_text(json.dumps(config))


@lru_cache(maxsize=2)
def build(folder: Path, builder: str) -> tempfile.TemporaryDirectory:
    """Runs one builder once per model for every PRECISION-PROVIDER: subfolders with a model.onnx or
    the reason in failed.txt, and versions.txt."""
    python = os.environ.get(BUILDERS[builder])
    if python is None:
        raise RuntimeError(f'{BUILDERS[builder]} names no Python with onnxruntime-genai {builder}')
    work = tempfile.TemporaryDirectory()
    source = Path(work.name) / 'source'
    _with_tokenizer(folder, source, json.loads((folder / 'config.json').read_text())['vocab_size'])
    command = [python, str(WORKER), str(source), work.name, str(BLOCK), *WAYS[builder]]
    subprocess.run(command, capture_output=True, check=True)
    return work


def _export(
    way: tuple[str, str, str], folder: Path, model: torch.nn.Module, out: Path, _ids: torch.Tensor
) -> Exported:
    builder, precision, provider = way
    kind = model.config.model_type
    if kind in OTHER_FUNCTION:
        raise Unsupported(OTHER_FUNCTION[kind])
    work = Path(build(folder, builder).name)
    built = work / f'{precision}-{provider}'
    if (built / 'failed.txt').exists():
        raise Unsupported((built / 'failed.txt').read_text())
    onnx.save(onnx.load(built / 'model.onnx'), out)
    block = f', block size {BLOCK}' if precision == 'int4' else ''
    return Exported(
        exporter=f'onnxruntime-genai builder -p {precision} -e {provider}',
        exporter_version=(work / 'versions.txt').read_text(),
        precision='int4 in fp16' if (precision, provider) == ('int4', 'cuda') else precision,
        kv_cache=True,
        notes='; '.join([f'external data inlined{block}', *NOTES.get(kind, [])]),
        tolerance=TOLERANCE[precision],
        own_values=precision != 'fp32' or kind.startswith('gemma'),
    )


def _dialect(name: str, way: tuple[str, str, str], families: tuple[str, ...]) -> Dialect:
    return Dialect(name, partial(_export, way), families)


LIKE_LLAMA = ('qwen2_aligned', 'phi3_aligned', 'mistral_aligned')
FLOAT = tuple(name for name in FAMILIES if name not in LIKE_LLAMA)
OLDER = ('llama_aligned', 'gemma3_aligned')
HALF = ('llama_aligned', 'qwen3_aligned', 'gemma_aligned', 'phi_aligned')
DIALECTS = [
    _dialect('genai-fp32', ('0.18', 'fp32', 'cpu'), FLOAT + OTHERS),
    _dialect('genai-fp16', ('0.18', 'fp16', 'cuda'), HALF),
    _dialect('genai-int4', ('0.18', 'int4', 'cpu'), FAMILIES),
    _dialect('genai-int4-fp16', ('0.18', 'int4', 'cuda'), ('llama_aligned',)),
    _dialect('genai-0.11-fp32', ('0.11', 'fp32', 'cpu'), OLDER),
    _dialect('genai-0.11-int4', ('0.11', 'int4', 'cpu'), OLDER),
]
