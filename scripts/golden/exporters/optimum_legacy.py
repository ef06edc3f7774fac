"""optimum 1.x: the split decoder_model/decoder_with_past_model pair, their merge with an If on
`use_cache_branch`, and its single model.onnx at the opset of its day.

It needs older versions of torch and transformers, hence a Python of its own, named by the
environment variable GOLDEN_LEGACY_PYTHON.
"""

import os
import subprocess
import tempfile
from functools import lru_cache, partial
from pathlib import Path

import torch

from . import Dialect, Exported, Unsupported

WORKER = Path(__file__).with_name('optimum_legacy_worker.py')
WITH_PAST = 'text-generation-with-past'


def _last_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1][:300] if lines else 'no output'


@lru_cache(maxsize=1)
def _run(folder: Path, kind: str) -> tuple[tempfile.TemporaryDirectory, str]:
    """Runs the worker once per model and kind; returns its folder and the versions it printed."""
    python = os.environ.get('GOLDEN_LEGACY_PYTHON')
    if python is None:
        raise RuntimeError('GOLDEN_LEGACY_PYTHON names no Python with requirements-legacy.txt')
    work = tempfile.TemporaryDirectory()
    command = [python, str(WORKER), str(folder), work.name, WITH_PAST, kind]
    done = subprocess.run(command, capture_output=True, text=True)
    versions = [line for line in done.stdout.splitlines() if line.startswith('VERSIONS ')]
    if done.returncode != 0 or not versions:
        raise Unsupported(_last_line(done.stderr))
    return work, versions[0].removeprefix('VERSIONS ')


def _export(
    file: str, notes: str, folder: Path, _model: torch.nn.Module, out: Path, _ids: torch.Tensor
) -> Exported:
    work, versions = _run(folder, 'single' if file == 'model.onnx' else 'legacy')
    out.write_bytes((Path(work.name) / file).read_bytes())
    return Exported(
        exporter='optimum 1.x',
        exporter_version=versions,
        precision='fp32',
        kv_cache=file != 'decoder_model.onnx',
        notes=notes,
        single_token=file == 'decoder_with_past_model.onnx',
    )


PAIR = ('gpt2',)
MERGED = ('gpt2', 'gpt_neox', 'bloom', 'llama')
SINGLE = ('opt', 'falcon', 'mistral')
DIALECTS = [
    Dialect(
        'optimum-merged',
        partial(_export, 'decoder_model_merged.onnx', 'If on use_cache_branch'),
        MERGED,
    ),
    Dialect(
        'optimum-decoder',
        partial(_export, 'decoder_model.onnx', 'no cache inputs, but present.* outputs'),
        PAIR,
    ),
    Dialect(
        'optimum-with-past',
        partial(_export, 'decoder_with_past_model.onnx', 'one token after a cache'),
        PAIR,
    ),
    Dialect('optimum-1x', partial(_export, 'model.onnx', ''), SINGLE),
]
