"""Runs an exported file with onnxruntime and measures it against the reference, as a user would run
it: the whole sequence at once and, with a KV cache, once more token by token."""

import re
from pathlib import Path

import ml_dtypes
import numpy as np
import onnx
import onnxruntime

DTYPES = {
    'tensor(int64)': np.int64,
    'tensor(int32)': np.int32,
    'tensor(bool)': np.bool_,
    'tensor(float)': np.float32,
    'tensor(float16)': np.float16,
    'tensor(bfloat16)': ml_dtypes.bfloat16,
}


def axis_sizes(config, file: Path, tokens: int) -> dict[str, int]:
    """Sizes of an empty cache's symbolic axes by what their names contain; the others are 0."""
    heads = config.num_attention_heads
    width = getattr(config, 'head_dim', None) or config.hidden_size // heads
    sizes = {'num_heads': heads, 'batch': 1, 'kv_cache_dim': width}
    return {**sizes, 'past': tokens, 'window': tokens} if _has_window_buffers(file) else sizes


def _empty_shape(shape: list, sizes: dict[str, int]) -> list[int]:
    """The shape of an empty cache input: symbolic axes are told apart by their names."""
    return [
        axis if isinstance(axis, int) else next((sizes[k] for k in sizes if k in axis), 0)
        for axis in shape
    ]


def feeds(session: onnxruntime.InferenceSession, ids: np.ndarray, past: dict, sizes: dict) -> dict:
    """Inputs of one pass over `ids` [1, T] after the cache `past` (by input name; {} at first)."""
    known = past.get('length', 0)
    total = known + ids.shape[1]
    values = {
        'input_ids': ids,
        'attention_mask': np.ones((1, total)),
        'position_ids': np.arange(known, total)[None],
        'cache_position': np.arange(known, total),
        'use_cache_branch': np.array([known > 0]),
        'num_logits_to_keep': np.array(0),
    }
    result = {}
    for node in session.get_inputs():
        dtype = DTYPES[node.type]
        if node.name in values:
            result[node.name] = values[node.name].astype(dtype)
        elif node.name in past:
            result[node.name] = past[node.name]
        else:
            result[node.name] = np.zeros(_empty_shape(node.shape, sizes), dtype)
    return result


def _named_past(session: onnxruntime.InferenceSession, outputs: dict, length: int) -> dict:
    past = {'length': length}
    for node in session.get_inputs():
        present = re.sub('^past(_key_values)?', 'present', node.name)
        if present in outputs and present != node.name:
            past[node.name] = outputs[present]
    return past


def _run(session, ids: np.ndarray, past: dict, sizes: dict) -> dict:
    names = [node.name for node in session.get_outputs()]
    return dict(zip(names, session.run(names, feeds(session, ids, past, sizes)), strict=True))


def _stepwise(session, ids: np.ndarray, start: int, sizes: dict) -> np.ndarray:
    """Logits of tokens `start`.. one at a time, after the tokens before them in one pass."""
    past: dict = {}
    if start > 0:
        past = _named_past(session, _run(session, ids[:, :start], {}, sizes), start)
    steps = []
    for at in range(start, ids.shape[1]):
        step = _run(session, ids[:, at : at + 1], past, sizes)
        past = _named_past(session, step, at + 1)
        steps.append(step['logits'])
    return np.concatenate(steps, axis=1)


def _has_window_buffers(file: Path) -> bool:
    """Newer genai builders keep a window of the cache in a buffer that must exist beforehand."""
    nodes = onnx.load(file, load_external_data=False).graph.node
    return any(a.name == 'sliding_window_cache' for node in nodes for a in node.attribute)


def measure(
    file: Path, reference: tuple[np.ndarray, np.ndarray], sizes: dict, single_token: bool
) -> dict:
    """Max absolute error of the file's logits: `exporterError` over the whole sequence and, when it
    has a cache, `exporterCacheError` over the rest of a sequence continued token by token. A file
    for single tokens has only the latter, from the first token on."""
    ids, logits = reference
    session = onnxruntime.InferenceSession(str(file), providers=['CPUExecutionProvider'])
    report = {}
    if not single_token:
        whole = _run(session, ids, {}, sizes)
        report['exporterError'] = float(np.abs(whole['logits'] - logits).max())
    if any('past' in node.name for node in session.get_inputs()):
        cut = 0 if single_token else ids.shape[1] // 2 + 2
        rest = _stepwise(session, ids, cut, sizes)
        report['exporterCacheError'] = float(np.abs(rest - logits[:, cut:]).max())
    return report
