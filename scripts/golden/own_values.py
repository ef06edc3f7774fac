"""What a file of low precision computes itself in python onnxruntime: logits, the residual stream.

The sites are found without following the graph: every sum in it (Add and the Skip* normalisations'
last output) becomes an output, and the sum nearest to the float32 reference of a site is that site.
A further output can keep onnxruntime from fusing around it, so the logits come from a run of the
file as it is.
"""

import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from safetensors.numpy import load_file, save_file

from verify import feeds

SITES = ('hook_resid_pre', 'hook_resid_mid', 'hook_resid_post')
SKIP = ('SkipLayerNormalization', 'SkipSimplifiedLayerNormalization')
SUMS = ('Add', 'Gather', 'Cast', 'Mul', 'DequantizeLinear', 'GatherBlockQuantized')


def _sum_outputs(model: onnx.ModelProto) -> list[str]:
    """What may be a site; not dequantised weights: onnxruntime fuses those only while unseen."""
    stored = {tensor.name for tensor in model.graph.initializer}
    names = []
    for index, node in enumerate(model.graph.node):
        if node.op_type in SKIP:
            while len(node.output) < 4:
                node.output.append('')
            if not node.output[3]:
                node.output[3] = f'sum_{index}'
            names.append(node.output[3])
        elif node.op_type == 'DequantizeLinear' and node.input[0] in stored:
            continue
        elif node.op_type in SUMS:
            names.append(node.output[0])
    return names


def _run(model: onnx.ModelProto, ids: np.ndarray, sizes: dict) -> dict[str, np.ndarray]:
    with tempfile.TemporaryDirectory() as work:
        onnx.save(model, Path(work) / 'model.onnx')
        session = onnxruntime.InferenceSession(
            str(Path(work) / 'model.onnx'), providers=['CPUExecutionProvider']
        )
        names = [node.name for node in session.get_outputs()]
        return dict(zip(names, session.run(names, feeds(session, ids, {}, sizes)), strict=True))


def _distance(value: np.ndarray, reference: np.ndarray) -> float:
    if value.shape != reference.shape or not np.issubdtype(value.dtype, np.floating):
        return np.inf
    difference = np.linalg.norm(value.astype(np.float64) - reference)
    return float(difference / np.linalg.norm(reference))


def write_values(file: Path, reference: Path, ids: np.ndarray, sizes: dict) -> dict:
    """Writes FILE.safetensors beside `file`; returns the manifest's entries: its name and by site
    the relative distance (of norms) between the file's value and the float32 reference."""
    plain = _run(onnx.load(file), ids, sizes)
    model = onnx.load(file)
    known = {output.name for output in model.graph.output}
    names = [name for name in dict.fromkeys(_sum_outputs(model)) if name not in known]
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names)
    sums = {name: value for name, value in _run(model, ids, sizes).items() if name in names}
    expected = load_file(reference)
    values, errors = {'logits': plain['logits'].astype(np.float32)}, {}
    for site, value in expected.items():
        if site.endswith(SITES):
            distances = {name: _distance(found, value) for name, found in sums.items()}
            name = min(distances, key=distances.__getitem__)
            values[site] = sums[name].astype(np.float32)
            errors[site] = distances[name]
    if max(errors.values()) > 0.5:
        raise RuntimeError(f'{file.name}: a site is not among the sums of the graph: {errors}')
    target = file.with_suffix('.safetensors')
    save_file({site: np.ascontiguousarray(value) for site, value in values.items()}, target)
    target.chmod(0o644)
    return {'values': f'{file.parent.name}/{target.name}', 'siteErrors': errors}
