"""Writes the golden files of the decoder families: models, references, exports and their manifest.

Run by hand (README.md). One family at a time: a random model is saved in a temporary folder, its
reference values are taken from transformers, each asked dialect is exported from that folder and
the file's own logits are measured with onnxruntime. Existing entries of the manifest are replaced.
"""

import argparse
import json
import math
import platform
import shutil
import sys
import tempfile
import traceback
import warnings
from importlib.metadata import version
from pathlib import Path

import torch
from safetensors.torch import save_file

from aligned import ALIGNED
from exporters import Dialect, Unsupported, all_dialects
from families import FAMILIES, Family
from manifest import update_manifest
from models import SEED, load_model, save_model, token_ids
from own_values import write_values
from reference import reference_values
from verify import axis_sizes, measure

OUT = Path(__file__).resolve().parents[2] / 'test' / 'golden' / 'families'
LIMIT = 500_000
BY_NAME = {family.name: family for family in FAMILIES + ALIGNED}


def versions() -> str:
    names = ['torch', 'transformers', 'numpy', 'onnx', 'onnxruntime']
    return ', '.join([f'python {platform.python_version()}'] + [f'{n} {version(n)}' for n in names])


def sort_metadata(path: Path) -> None:
    """safetensors writes metadata in random order; sorted, the same values give the same file."""
    data = path.read_bytes()
    end = 8 + int.from_bytes(data[:8], 'little')
    header = json.loads(data[8:end])
    header['__metadata__'] = dict(sorted(header['__metadata__'].items()))
    text = json.dumps(header, separators=(',', ':'), ensure_ascii=False).encode()
    path.write_bytes(data[:8] + text.ljust(end - 8) + data[end:])


def write_reference(family: Family, folder: Path, out: Path):
    """Writes the model's configuration and references to `out`; returns (model, ids, logits)."""
    save_model(family, folder)
    model = load_model(folder)
    ids = token_ids()
    values, error = reference_values(family, model, ids)
    target = out / family.name
    target.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(folder / 'config.json', target / 'config.json')
    note = dict(
        command=f'python generate.py --family {family.name}',
        versions=versions(),
        seed=str(SEED),
        attention='eager, float32',
        notes=family.notes,
    )
    save_file(values, target / 'reference.safetensors', metadata=note)
    sort_metadata(target / 'reference.safetensors')
    (target / 'reference.safetensors').chmod(0o644)
    config = model.config
    row = dict(
        family=family.name,
        modelType=family.model_type,
        layers=len(model.get_submodule(family.layout.blocks)),
        heads=config.num_attention_heads,
        dModel=values['blocks.0.hook_resid_pre'].shape[-1],
        dZ=values['blocks.0.attn.hook_z'].shape[-1],
        dMlp=values['blocks.0.mlp.hook_post'].shape[-1],
        parallel=family.layout.mid is None,
        postNorm=family.layout.post_norm,
        tied=model.get_output_embeddings().weight is model.get_input_embeddings().weight,
        sumError=error,
        notes=family.notes,
    )
    update_manifest(out, 'families', (family.name,), row)
    largest = values['logits'].abs().max()
    print(f'{family.name}: reference, sums to {error:.1e}, |logits| ≤ {largest:.1f}')
    return model, ids, values['logits']


def write_dialect(
    family: Family, dialect: Dialect, folder: Path, out: Path, reference: tuple
) -> None:
    model, ids, logits = reference
    key = (family.name, dialect.name)
    file = out / family.name / f'{dialect.name}.onnx'
    if dialect.folder:
        file = file.with_suffix('') / 'model.onnx'
        shutil.rmtree(file.parent, ignore_errors=True)
        file.parent.mkdir()
    file.unlink(missing_ok=True)
    head = dict(family=family.name, dialect=dialect.name)
    try:
        exported = dialect.export(folder, model, file, ids)
    except Unsupported as reason:
        print(f'{family.name} {dialect.name}: unsupported: {reason}')
        update_manifest(out, 'files', key, None)
        update_manifest(out, 'unsupported', key, {**head, 'reason': str(reason)})
        return
    row = {
        **head,
        'file': str(file.relative_to(out)),
        'exporter': exported.exporter,
        'exporterVersion': exported.exporter_version,
        'precision': exported.precision,
        'kvCache': exported.kv_cache,
        'singleToken': exported.single_token,
        'notes': exported.notes,
    }
    try:
        reference = (ids.numpy(), logits.numpy())
        sizes = axis_sizes(model.config, file, ids.shape[1])
        row |= measure(file, reference, sizes, exported.single_token)
    except Exception as error:
        row['runError'] = str(error).splitlines()[0][:300]
    if exported.own_values and 'runError' not in row:
        own = out / family.name / 'reference.safetensors'
        row |= write_values(file, own, ids.numpy(), sizes)
    errors = [row[k] for k in ('exporterError', 'exporterCacheError') if k in row] or [math.inf]
    flag = (
        '' if max(errors) <= exported.tolerance and file.stat().st_size <= LIMIT else '   <-- LOOK'
    )
    size = file.stat().st_size
    print(f'{family.name} {dialect.name}: {size} bytes, {errors} {row.get("runError", "")}{flag}')
    update_manifest(out, 'unsupported', key, None)
    update_manifest(out, 'files', key, row)


def main() -> None:
    dialects = all_dialects()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--family', nargs='*', choices=list(BY_NAME), default=list(BY_NAME))
    parser.add_argument('--dialect', nargs='*', choices=list(dialects), default=list(dialects))
    parser.add_argument('--reference', action='store_true', help='write the references only')
    parser.add_argument('--out', type=Path, default=OUT)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    warnings.filterwarnings('ignore')
    torch.set_num_threads(1)
    failed = []
    for name in args.family:
        with tempfile.TemporaryDirectory() as folder:
            try:
                reference = write_reference(BY_NAME[name], Path(folder), args.out)
                for dialect in [] if args.reference else [dialects[d] for d in args.dialect]:
                    if name in (dialect.families or [f.name for f in FAMILIES]):
                        write_dialect(BY_NAME[name], dialect, Path(folder), args.out, reference)
            except Exception:
                traceback.print_exc()
                failed.append(name)
    if failed:
        sys.exit(f'failed: {", ".join(failed)}')


if __name__ == '__main__':
    main()
