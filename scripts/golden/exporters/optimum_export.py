"""Hugging Face optimum's exporter as it is today: one model.onnx, with and without KV cache.

It loads models with torch's scaled_dot_product_attention, which has no soft cap (Gemma 2), and
which transformers feeds wrongly with Falcon's ALiBi: those are loaded with eager attention instead.
"""

import json
import tempfile
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import torch

from models import load_model

from . import Dialect, Exported, Unsupported

# Without a cache: one of each family, variants only where the exporter has nothing else.
WITHOUT_PAST = (
    'gpt2',
    'gpt_neo',
    'gpt_neox',
    'gptj',
    'opt',
    'bloom',
    'falcon',
    'falcon_new',
    'llama',
    'mistral',
    'qwen2',
    'qwen3',
    'gemma',
    'gemma2',
    'gemma3',
    'phi',
    'phi3',
    'stablelm',
    'olmo',
    'olmo2',
    'granite',
    'cohere',
    'mpt',
)


def _needs_eager(folder: Path) -> bool:
    config = json.loads((folder / 'config.json').read_text())
    return bool(config['model_type'] == 'gemma2' or config.get('alibi'))


def _export(folder: Path, out: Path, task: str) -> Exported:
    from optimum.exporters.onnx import main_export, onnx_export_from_model

    eager = _needs_eager(folder)

    with tempfile.TemporaryDirectory() as work:
        try:
            if eager:
                onnx_export_from_model(
                    load_model(folder), output=Path(work), task=task, do_validation=False
                )
            else:
                main_export(
                    str(folder),
                    output=work,
                    task=task,
                    do_validation=False,
                    library_name='transformers',
                )
        except Exception as error:
            raise Unsupported(
                f'{type(error).__name__}: {str(error).splitlines()[0][:300]}'
            ) from error
        out.write_bytes((Path(work) / 'model.onnx').read_bytes())
    return Exported(
        exporter='optimum',
        exporter_version=f'optimum {version("optimum")}, optimum-onnx {version("optimum-onnx")}',
        precision='fp32',
        kv_cache=task.endswith('with-past'),
        notes='loaded with eager attention' if eager else '',
    )


def export_with_past(
    folder: Path, _model: torch.nn.Module, out: Path, _ids: torch.Tensor
) -> Exported:
    return _export(folder, out, 'text-generation-with-past')


def export_without_past(
    folder: Path, _model: torch.nn.Module, out: Path, _ids: torch.Tensor
) -> Exported:
    return _export(folder, out, 'text-generation')


@lru_cache(maxsize=1)
def _kept_in(folder: Path) -> tempfile.TemporaryDirectory:
    work = tempfile.TemporaryDirectory()
    export_with_past(folder, None, Path(work.name) / 'model.onnx', None)
    return work


def export_kept(folder: Path) -> Path:
    """The export with cache, made once for all dialects that start from it."""
    return Path(_kept_in(folder).name) / 'model.onnx'


DIALECTS = [
    Dialect('optimum', export_with_past),
    Dialect('optimum-nocache', export_without_past, WITHOUT_PAST),
]
