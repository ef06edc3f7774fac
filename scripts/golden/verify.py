"""Runs an exported file with onnxruntime and measures it against the reference, as a user would run it:
the whole sequence at once and, with a KV cache, once more in two parts."""

from pathlib import Path

import numpy as np
import onnxruntime

DTYPES = {
    'tensor(int64)': np.int64, 'tensor(int32)': np.int32, 'tensor(bool)': np.bool_,
    'tensor(float)': np.float32, 'tensor(float16)': np.float16,
}


def _past_shape(shape: list, past: int, heads: int) -> list[int]:
    """The shape of an empty or filled cache input: symbolic axes are told apart by their names."""
    sizes = []
    for axis in shape:
        if isinstance(axis, int):
            sizes.append(axis)
        elif 'num_heads' in axis:
            sizes.append(heads)
        elif 'batch' in axis:
            sizes.append(1)
        else:
            sizes.append(past)
    return sizes


def feeds(session: onnxruntime.InferenceSession, ids: np.ndarray, past: dict, heads: int) -> dict:
    """Inputs of one forward pass over `ids` [1, T] after the cache `past` (by input name; {} at the start)."""
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
            result[node.name] = np.zeros(_past_shape(node.shape, 0, heads), dtype)
    return result


def _named_past(session: onnxruntime.InferenceSession, outputs: dict, length: int) -> dict:
    past = {'length': length}
    for node in session.get_inputs():
        present = node.name.replace('past_key_values', 'present').replace('past.', 'present.')
        if present in outputs and present != node.name:
            past[node.name] = outputs[present]
    return past


def _run(session, ids: np.ndarray, past: dict, heads: int) -> dict:
    names = [node.name for node in session.get_outputs()]
    return dict(zip(names, session.run(names, feeds(session, ids, past, heads))))


def _stepwise(session, ids: np.ndarray, start: int, heads: int) -> np.ndarray:
    """Logits of tokens `start`.. one at a time, after the tokens before them in one pass."""
    past: dict = {}
    if start > 0:
        past = _named_past(session, _run(session, ids[:, :start], {}, heads), start)
    steps = []
    for at in range(start, ids.shape[1]):
        step = _run(session, ids[:, at : at + 1], past, heads)
        past = _named_past(session, step, at + 1)
        steps.append(step['logits'])
    return np.concatenate(steps, axis=1)


def measure(file: Path, reference: tuple[np.ndarray, np.ndarray], heads: int, single_token: bool) -> dict:
    """Max absolute error of the file's logits: `exporterError` over the whole sequence and, when it has a
    cache, `exporterCacheError` over the rest of a sequence continued token by token. A file for single
    tokens has only the latter, from the first token on."""
    ids, logits = reference
    session = onnxruntime.InferenceSession(str(file), providers=['CPUExecutionProvider'])
    report = {}
    if not single_token:
        whole = _run(session, ids, {}, heads)
        report['exporterError'] = float(np.abs(whole['logits'] - logits).max())
    if any('past' in node.name for node in session.get_inputs()):
        cut = 0 if single_token else ids.shape[1] // 2 + 2
        rest = _stepwise(session, ids, cut, heads)
        report['exporterCacheError'] = float(np.abs(rest - logits[:, cut:]).max())
    return report
