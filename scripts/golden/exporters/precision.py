"""Lower precisions as people make them from optimum's export (with cache): onnxruntime's converters
and quantisers, with the settings of transformers.js where it has them; bfloat16 from torch itself.

What onnxruntime computes with such a file is stored beside it (own_values.py): the float32
reference bounds it only loosely.
"""

from functools import partial
from importlib.metadata import version
from pathlib import Path

import ml_dtypes
import onnx
import torch
from onnxruntime.quantization import QuantFormat, QuantType, quantize_dynamic
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
from onnxruntime.transformers import float16

from . import Dialect, Exported
from .optimum_export import export_kept
from .torch_export import bfloat16_model

BLOCK = 32
ISLANDS = [
    'LayerNormalization',
    'Pow',
    'ReduceMean',
    'Sqrt',
    'Div',
    'Reciprocal',
    'Softmax',
    'Tanh',
]


def fp16(folder: Path, out: Path, keep_io: bool, islands: list[str]) -> None:
    blocked = [*float16.DEFAULT_OP_BLOCK_LIST, *islands]
    model = float16.convert_float_to_float16(
        onnx.load(export_kept(folder)), keep_io_types=keep_io, op_block_list=blocked
    )
    onnx.save(model, out)


def q8(folder: Path, out: Path, as_transformers_js: bool) -> None:
    if as_transformers_js:
        quantize_dynamic(
            export_kept(folder),
            out,
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
            extra_options=dict(EnableSubgraph=True, MatMulConstBOnly=True),
        )
    else:
        quantize_dynamic(export_kept(folder), out, weight_type=QuantType.QUInt8)


def _q4_model(folder: Path, gather: bool, form: QuantFormat) -> onnx.ModelProto:
    kinds = ('MatMul', 'Gather') if gather else ('MatMul',)
    axes = (('MatMul', 0), ('Gather', 1)) if gather else (('MatMul', 0),)
    quantizer = MatMulNBitsQuantizer(
        onnx.load(export_kept(folder)),
        bits=4,
        block_size=BLOCK,
        is_symmetric=True,
        quant_format=form,
        op_types_to_quantize=kinds,
        quant_axes=axes,
    )
    quantizer.process()
    return quantizer.model.model


def q4(
    folder: Path, out: Path, gather: bool = False, form: QuantFormat = QuantFormat.QOperator
) -> None:
    onnx.save(_q4_model(folder, gather, form), out)


def q4f16(folder: Path, out: Path) -> None:
    model = _q4_model(folder, False, QuantFormat.QOperator)
    onnx.save(float16.convert_float_to_float16(model, keep_io_types=True), out)


def bf16_weights(folder: Path, out: Path) -> None:
    """Every float32 matrix stored in bfloat16, with a Cast back before its readers: what is left of
    bfloat16 where a provider computes nothing in it."""
    model = onnx.load(export_kept(folder))
    graph = model.graph
    casts = []
    for tensor in graph.initializer:
        if tensor.data_type != onnx.TensorProto.FLOAT or len(tensor.dims) != 2:
            continue
        name, values = tensor.name, onnx.numpy_helper.to_array(tensor)
        half = onnx.numpy_helper.from_array(values.astype(ml_dtypes.bfloat16), f'{name}_bf16')
        tensor.CopyFrom(half)
        casts.append(
            onnx.helper.make_node(
                'Cast', [half.name], [name], f'{name}_cast', to=onnx.TensorProto.FLOAT
            )
        )
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.save(model, out)


def bf16(folder: Path, out: Path) -> None:
    bfloat16_model(folder, out)


def _export(
    make, settings: tuple[str, str, float], folder: Path, _model: torch.nn.Module, out: Path, _ids
) -> Exported:
    precision, notes, tolerance = settings
    make(folder, out)
    torch_made = precision == 'bf16'
    return Exported(
        exporter='torch.onnx.export(dynamo=False)'
        if torch_made
        else 'onnxruntime quantization tools',
        exporter_version=f'torch {torch.__version__}'
        if torch_made
        else f'onnxruntime {version("onnxruntime")}',
        precision=precision,
        kv_cache=not torch_made,
        notes=notes if torch_made else f'from optimum {version("optimum")}: {notes}',
        tolerance=tolerance,
        own_values=True,
    )


def _dialect(
    name: str, make, settings: tuple[str, str, float], families: tuple[str, ...]
) -> Dialect:
    return Dialect(name, partial(_export, make, settings), families)


ALIGNED = ('llama_aligned', 'qwen3_aligned', 'gemma2_aligned')
MAIN = ('gpt2', 'llama_aligned', 'gemma2_aligned')
GPT2 = ('gpt2',)
LLAMA = ('llama_aligned',)
HALF = 'float16.convert_float_to_float16'
NBITS = f'MatMulNBitsQuantizer(bits=4, block_size={BLOCK}, is_symmetric=True)'
DIALECTS = [
    _dialect(
        'fp16',
        partial(fp16, keep_io=False, islands=[]),
        ('fp16', f'{HALF}, inputs and outputs too', 0.1),
        MAIN,
    ),
    _dialect(
        'fp16-io',
        partial(fp16, keep_io=True, islands=[]),
        ('fp16', f'{HALF}(keep_io_types=True)', 0.1),
        GPT2,
    ),
    _dialect(
        'fp16-islands',
        partial(fp16, keep_io=False, islands=ISLANDS),
        ('fp16', f'{HALF}, norms and softmax kept in float32 by op_block_list', 0.1),
        GPT2,
    ),
    _dialect('bf16', bf16, ('bf16', 'torch.bfloat16, eager attention, no cache', 0.5), LLAMA),
    _dialect(
        'bf16-weights',
        bf16_weights,
        (
            'bf16',
            'float32 matrices stored in bfloat16, each with a Cast; made here, by no tool',
            0.3,
        ),
        LLAMA,
    ),
    _dialect(
        'q8',
        partial(q8, as_transformers_js=False),
        ('q8', 'quantize_dynamic(weight_type=QUInt8)', 8),
        MAIN,
    ),
    _dialect(
        'q8-perchannel',
        partial(q8, as_transformers_js=True),
        (
            'q8',
            'quantize_dynamic(per_channel, reduce_range, QInt8), as transformers.js',
            8,
        ),
        LLAMA,
    ),
    _dialect('q4', q4, ('q4', NBITS, 8), ALIGNED),
    _dialect(
        'q4-gather', partial(q4, gather=True), ('q4', f'{NBITS} of MatMul and Gather', 8), LLAMA
    ),
    _dialect(
        'q4-qdq', partial(q4, form=QuantFormat.QDQ), ('q4', f'{NBITS}, quant_format=QDQ', 8), LLAMA
    ),
    _dialect('q4f16', q4f16, ('q4f16', f'{NBITS}, then {HALF}(keep_io_types=True)', 8), LLAMA),
]
