"""onnxruntime's two optimisers: the Python one for transformers (`ort-optimized`, `ort-attention`)
and the session's own graph written to a file (`ort-session`, level extended); and external data
(`external-*`).

The Python one recognises GPT-2's attention only in the graphs of older transformers, with the cache
of a layer in one tensor [2, batch, heads, past, width] (`past_0`, `present_0`), as its own GPT-2
converter makes them: `ort-attention` is traced so, with the Python that the environment variable
GOLDEN_LEGACY_PYTHON names.
"""

import logging
import os
import subprocess
import tempfile
from functools import partial
from importlib.metadata import version
from pathlib import Path

import onnx
import onnxruntime
import torch
from onnxruntime.transformers.fusion_options import FusionOptions
from onnxruntime.transformers.optimizer import optimize_model

from families import POSITIONS

from . import Dialect, Exported, Unsupported
from .optimum_export import export_kept

WORKER = Path(__file__).with_name('gpt2_legacy_worker.py')
MODEL_TYPES = {'gpt2': 'gpt2', 'llama': 'gpt2', 'gpt_neox': 'gpt_neox', 'qwen3': 'qwen3'}
SESSION = ('gpt2', 'gpt_neox', 'llama', 'gemma2', 'phi')


def _fused(model: onnx.ModelProto) -> str:
    kinds = sorted({node.op_type for node in model.graph.node if node.domain})
    return ', '.join(kinds)


def _shorten_rotary_tables(model: onnx.ModelProto) -> None:
    """RotaryEmbedding gets tables of thousands of positions; POSITIONS of them are kept."""
    tables = {
        name
        for node in model.graph.node
        if node.op_type == 'RotaryEmbedding'
        for name in node.input[2:]
    }
    for tensor in model.graph.initializer:
        if tensor.name in tables and tensor.dims[0] > POSITIONS:
            rows = onnx.numpy_helper.to_array(tensor)[:POSITIONS]
            tensor.CopyFrom(onnx.numpy_helper.from_array(rows.copy(), tensor.name))


def _exported(exporter: str, notes: str) -> Exported:
    return Exported(
        exporter=exporter,
        exporter_version=f'onnxruntime {version("onnxruntime")}',
        precision='fp32',
        kv_cache=True,
        notes=notes,
        tolerance=0.02,
    )


def _optimise(source: Path, config, out: Path, embed: bool) -> onnx.ModelProto:
    kind = MODEL_TYPES[config.model_type]
    options = FusionOptions(kind)
    options.enable_embed_layer_norm = embed
    logging.disable(logging.WARNING)
    try:
        optimised = optimize_model(
            str(source), kind, config.num_attention_heads, config.hidden_size, options, opt_level=0
        )
    except Exception as error:
        raise Unsupported(f'{type(error).__name__}: {error}'[:300]) from error
    finally:
        logging.disable(logging.NOTSET)
    _shorten_rotary_tables(optimised.model)
    optimised.save_model_to_file(str(out))
    return optimised.model


def optimized(folder: Path, model: torch.nn.Module, out: Path, _ids: torch.Tensor) -> Exported:
    result = _optimise(export_kept(folder), model.config, out, True)
    kind = MODEL_TYPES[model.config.model_type]
    return _exported(
        'onnxruntime.transformers.optimizer',
        f'from optimum {version("optimum")}, model_type {kind}, '
        f'rotary tables cut to {POSITIONS} rows; {_fused(result)}',
    )


def attention(
    embed: bool, folder: Path, model: torch.nn.Module, out: Path, _ids: torch.Tensor
) -> Exported:
    python = os.environ.get('GOLDEN_LEGACY_PYTHON')
    if python is None:
        raise RuntimeError('GOLDEN_LEGACY_PYTHON names no Python with requirements-legacy.txt')
    with tempfile.TemporaryDirectory() as work:
        source = Path(work) / 'model.onnx'
        done = subprocess.run(
            [python, str(WORKER), str(folder), str(source)], capture_output=True, text=True
        )
        if done.returncode != 0:
            raise Unsupported(done.stderr.strip().splitlines()[-1][:300])
        result = _optimise(source, model.config, out, embed)
    traced = done.stdout.strip().splitlines()[-1]
    return _exported(
        'onnxruntime.transformers.optimizer',
        f'traced with {traced}, model_type gpt2; {_fused(result)}',
    )


def session(folder: Path, _model: torch.nn.Module, out: Path, _ids: torch.Tensor) -> Exported:
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(out)
    options.log_severity_level = 3
    onnxruntime.InferenceSession(str(export_kept(folder)), options, providers=['CPUExecutionProvider'])
    return _exported(
        'onnxruntime session, optimized_model_filepath at level EXTENDED',
        f'from optimum {version("optimum")}; {_fused(onnx.load(out))}',
    )


def _name_as_files(model: onnx.ModelProto) -> None:
    """Names with `::` can be no file names: onnx would take random ones instead."""
    names = {tensor.name: tensor.name.replace('::', '.') for tensor in model.graph.initializer}
    for tensor in model.graph.initializer:
        tensor.name = names[tensor.name]
    for node in model.graph.node:
        for index, name in enumerate(node.input):
            node.input[index] = names.get(name, name)


def external(
    one_file: bool, folder: Path, _model: torch.nn.Module, out: Path, _ids: torch.Tensor
) -> Exported:
    model = onnx.load(export_kept(folder))
    _name_as_files(model)
    onnx.save_model(
        model,
        str(out),
        save_as_external_data=True,
        all_tensors_to_one_file=one_file,
        location='model.onnx_data' if one_file else None,
        size_threshold=1024,
    )
    where = 'one file' if one_file else 'a file for each tensor'
    return _exported(
        'onnx.save_model', f'from optimum {version("optimum")}; external data in {where}'
    )


DIALECTS = [
    Dialect('ort-optimized', optimized, ('gpt2', 'gpt_neox', 'llama', 'qwen3')),
    Dialect('ort-attention', partial(attention, True), ('gpt2',)),
    Dialect('ort-attention-noembed', partial(attention, False), ('gpt2',)),
    Dialect('ort-session', session, SESSION),
    Dialect('external-one', partial(external, True), ('gpt2',), folder=True),
    Dialect('external-many', partial(external, False), ('llama',), folder=True),
]
