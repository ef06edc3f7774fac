"""torch.onnx.export without a helper library, as a user writes it: a wrapper that returns logits.

`torch-trace` is the TorchScript exporter with eager attention, `torch-dynamo` the torch.export one
with the model's default attention (eager where soft caps need it: transformers' sdpa leaves them
out); `-past` adds flat cache inputs and outputs under their usual names. Stack traces and source
comments are stripped: they are most of a small file and no part of the graph.
"""

import contextlib
import io
from pathlib import Path

import onnx
import torch
from transformers import AutoModelForCausalLM, DynamicCache

from . import Dialect, Exported, Unsupported

OPSET_TRACE = 17
# One of each family: where optimum traces, this exporter differs in how it does so, not in what.
DYNAMO = (
    'gpt2',
    'gpt_neo',
    'gpt_neox',
    'gptj',
    'opt',
    'bloom',
    'falcon',
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
    'stablelm',
    'olmo',
    'olmo2',
    'granite',
    'cohere',
    'mpt',
    'starcoder2',
)
TRACED = ('gpt2',)
TRACED_PAST = ('gpt2', 'llama', 'gemma2')
DYNAMO_PAST = (*TRACED_PAST, 'gpt_neox', 'phi', 'qwen3', 'starcoder2')
STRIPPED = 'doc_string and metadata_props stripped'


class Logits(torch.nn.Module):
    """The model without its cache."""

    def __init__(self, model: torch.nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask):
        return self.model(
            input_ids=input_ids, attention_mask=attention_mask, use_cache=False
        ).logits


class LogitsAndCache(torch.nn.Module):
    """The model with its cache as a flat list: key and value of layer 0, of layer 1, …"""

    def __init__(self, model: torch.nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask, past):
        pairs = [(past[i], past[i + 1]) for i in range(0, len(past), 2)]
        result = self.model(
            input_ids=input_ids,
            attention_mask=attention_mask,
            past_key_values=DynamicCache.from_legacy_cache(pairs),
            use_cache=True,
        )
        return result.logits, *[
            part for pair in result.past_key_values.to_legacy_cache() for part in pair
        ]


def strip(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model without comments and stack traces."""
    del model.graph.metadata_props[:]
    model.graph.doc_string = ''
    for item in [
        *model.graph.node,
        *model.graph.value_info,
        *model.graph.input,
        *model.graph.output,
    ]:
        item.doc_string = ''
        del item.metadata_props[:]
    for item in model.graph.initializer:
        item.doc_string = ''
        del item.metadata_props[:]
    return model


def _cache_sample(model: torch.nn.Module, ids: torch.Tensor) -> list[torch.Tensor]:
    with torch.no_grad():
        past = model(input_ids=ids, use_cache=True).past_key_values.to_legacy_cache()
    return [part for pair in past for part in pair]


def _sample(model: torch.nn.Module, ids: torch.Tensor, past: bool) -> dict:
    """A batch of 2 and, with `past`, 3 cached tokens: exporters make an axis of 0 or 1 constant."""
    batch = torch.cat([ids, ids.flip(1)])
    if not past:
        return dict(input_ids=batch, attention_mask=torch.ones_like(batch))
    return dict(
        input_ids=batch[:, 3:],
        attention_mask=torch.ones_like(batch),
        past=_cache_sample(model, batch[:, :3]),
    )


def _names(count: int) -> tuple[list[str], list[str]]:
    parts = [f'{layer}.{part}' for layer in range(count // 2) for part in ('key', 'value')]
    inputs = ['input_ids', 'attention_mask', *[f'past_key_values.{part}' for part in parts]]
    return inputs, ['logits', *[f'present.{part}' for part in parts]]


def _trace(model: torch.nn.Module, sample: dict, out: Path) -> None:
    from optimum.exporters.onnx.model_patcher import eager_mask_without_vmap, sdpa_mask_without_vmap
    from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS as MASKS

    inputs, outputs = _names(len(sample.get('past', [])))
    total = 'past_sequence_length + sequence_length' if 'past' in sample else 'sequence_length'
    axes = {
        'input_ids': {0: 'batch_size', 1: 'sequence_length'},
        'attention_mask': {0: 'batch_size', 1: total},
        'logits': {0: 'batch_size', 1: 'sequence_length'},
    }
    axes |= {name: {0: 'batch_size', 2: 'past_sequence_length'} for name in inputs[2:]}
    axes |= {name: {0: 'batch_size', 2: total} for name in outputs[1:]}
    kept = {name: MASKS[name] for name in ('eager', 'sdpa')}
    MASKS.register('eager', eager_mask_without_vmap)
    MASKS.register('sdpa', sdpa_mask_without_vmap)
    try:
        torch.onnx.export(
            model,
            tuple(sample.values()),
            str(out),
            dynamo=False,
            opset_version=OPSET_TRACE,
            input_names=inputs,
            output_names=outputs,
            dynamic_axes=axes,
        )
    finally:
        for name, function in kept.items():
            MASKS.register(name, function)
    onnx.save(strip(onnx.load(out)), out)


def _dynamo(model: torch.nn.Module, sample: dict, out: Path) -> None:
    inputs, outputs = _names(len(sample.get('past', [])))
    batch, length, past = (
        torch.export.Dim(n) for n in ('batch_size', 'sequence_length', 'past_sequence_length')
    )
    total = torch.export.Dim.DYNAMIC if 'past' in sample else length
    shapes = dict(input_ids={0: batch, 1: length}, attention_mask={0: batch, 1: total})
    if 'past' in sample:
        shapes['past'] = [{0: batch, 2: past} for _ in sample['past']]
    with contextlib.redirect_stdout(io.StringIO()):
        program = torch.onnx.export(
            model,
            kwargs=sample,
            dynamo=True,
            dynamic_shapes=shapes,
            input_names=inputs,
            output_names=outputs,
            external_data=False,
        )
        program.save(str(out), external_data=False)
    onnx.save(strip(onnx.load(out)), out)


def _export(folder: Path, model: torch.nn.Module, out: Path, kind: tuple[str, bool]) -> Exported:
    way, past = kind
    eager = way == 'trace' or getattr(model.config, 'attn_logit_softcapping', None)
    source = (
        model if eager else AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    )
    ids = torch.arange(3, 17)[None]
    wrapper = (LogitsAndCache if past else Logits)(source).eval()
    try:
        (_trace if way == 'trace' else _dynamo)(wrapper, _sample(source, ids, past), out)
    except Exception as error:
        out.unlink(missing_ok=True)
        raise Unsupported(
            f'{type(error).__name__}: {str(error).strip().splitlines()[0][:300]}'
        ) from error
    attention = source.config._attn_implementation
    return Exported(
        exporter=f'torch.onnx.export(dynamo={way == "dynamo"})',
        exporter_version=f'torch {torch.__version__}',
        precision='fp32',
        kv_cache=past,
        notes=f'{attention} attention; {STRIPPED}',
    )


def bfloat16_model(folder: Path, out: Path) -> None:
    """The traced model without cache, its parameters and sums in bfloat16."""
    model = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.bfloat16, attn_implementation='eager'
    ).eval()
    _trace(Logits(model).eval(), _sample(model, torch.arange(3, 17)[None], False), out)


def trace(folder: Path, model: torch.nn.Module, out: Path, _ids: torch.Tensor) -> Exported:
    return _export(folder, model, out, ('trace', False))


def trace_past(folder: Path, model: torch.nn.Module, out: Path, _ids: torch.Tensor) -> Exported:
    return _export(folder, model, out, ('trace', True))


def dynamo(folder: Path, model: torch.nn.Module, out: Path, _ids: torch.Tensor) -> Exported:
    return _export(folder, model, out, ('dynamo', False))


def dynamo_past(folder: Path, model: torch.nn.Module, out: Path, _ids: torch.Tensor) -> Exported:
    return _export(folder, model, out, ('dynamo', True))


DIALECTS = [
    Dialect('torch-trace', trace, TRACED),
    Dialect('torch-trace-past', trace_past, TRACED_PAST),
    Dialect('torch-dynamo', dynamo, DYNAMO),
    Dialect('torch-dynamo-past', dynamo_past, DYNAMO_PAST),
]
