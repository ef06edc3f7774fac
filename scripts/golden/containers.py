"""Containers of tensors as numpy and PyTorch write them -> test/golden/containers/.

    .cache/golden/bin/python scripts/golden/containers.py

expected.json holds, per file and tensor, shape, type and the bytes (row-major, little-endian, hexadecimal) that a
reader must find; nothing in it comes from the reader that is tested.
"""

import json
import platform
from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch

SEED = 20261122
OUT = Path(__file__).resolve().parents[2] / 'test' / 'golden' / 'containers'


def bits(array: np.ndarray) -> dict:
    plain = np.ascontiguousarray(array)
    return {'shape': list(array.shape), 'type': str(array.dtype), 'hex': plain.tobytes().hex()}


def tensor_bits(tensor: torch.Tensor) -> dict:
    raw = tensor.detach().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes().hex()
    name = str(tensor.dtype).removeprefix('torch.')
    return {'shape': list(tensor.shape), 'type': name, 'hex': raw}


def npz_files(rng: np.random.Generator) -> dict:
    w = rng.standard_normal((6, 10)).astype(np.float32)
    arrays = {
        'W_enc': w,
        'W_dec': np.asfortranarray(rng.standard_normal((10, 6)).astype(np.float32)),
        'half': rng.standard_normal((3, 5)).astype(np.float16),
        'double': rng.standard_normal((4,)),
        'long': np.array([-(2**62), 0, 7], dtype=np.int64),
        'int': np.array([[1, -2], [3, -4]], dtype=np.int32),
        'special': np.array([np.nan, np.inf, -np.inf, -0.0, 1e-45], dtype=np.float32),
        'scalar': np.array(3.5, dtype=np.float32),
        'empty': np.zeros((0, 4), dtype=np.float32),
    }
    np.savez(OUT / 'stored.npz', **arrays)
    np.savez_compressed(OUT / 'deflated.npz', **arrays)
    np.savez(
        OUT / 'unusable.npz',
        W_enc=w,
        big=w.astype('>f4'),
        objects=np.array([{'a': 1}, None], dtype=object),
        record=np.zeros(2, dtype=[('a', '<f4'), ('b', '<i4')]),
        cube=np.asfortranarray(np.zeros((2, 3, 4), dtype=np.float32)),
        flags=np.array([True, False]),
    )
    described = {name: bits(array) for name, array in arrays.items()}
    return {'stored.npz': described, 'deflated.npz': described, 'unusable.npz': {'W_enc': bits(w)}}


def torch_files(generator: torch.Generator) -> dict:
    w = torch.randn(6, 10, generator=generator)
    base = torch.randn(40, generator=generator)
    tensors = OrderedDict(
        {
            'encoder.weight': torch.nn.Parameter(w),
            'decoder.weight': torch.randn(10, 6, generator=generator).t(),
            'half': torch.randn(3, 5, generator=generator).half(),
            'bfloat16': torch.randn(3, 5, generator=generator).bfloat16(),
            'double': torch.randn(4, generator=generator, dtype=torch.float64),
            'long': torch.tensor([-(2**62), 0, 7]),
            'shared_a': base[:20].view(4, 5),
            'shared_b': base[10:],
            'scalar': torch.tensor(2.5),
            'one_row': torch.randn(1, 7, generator=generator),
        }
    )
    plain = {
        'activation': 'TopK',
        'activation_state_dict': {'k': 32, 'postact_fn': 'ReLU'},
        'numbers': [1, -70000, 2**40, -(2**80), 1.5, None, True, False],
        'tuple': (1, ('a', 'b')),
        'set': {3},
        'bytes': None,
        'device': torch.device('cpu'),
        'dtype': torch.float16,
        'ordered': OrderedDict(x=1),
        'strided': base.view(8, 5)[:, ::2],
        'mask': torch.tensor([True, False]),
    }
    state = OrderedDict({**tensors, **plain})
    torch.save(state, OUT / 'zip.pt')
    torch.save(state, OUT / 'legacy.pt', _use_new_zipfile_serialization=False)
    torch.save(state, OUT / 'protocol4.pt', pickle_protocol=4)
    module = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.LayerNorm(3))
    torch.save(module.state_dict(), OUT / 'module.bin')
    torch.save(module, OUT / 'wholeModule.pt')
    described = {name: tensor_bits(tensor) for name, tensor in tensors.items()}
    return {
        'zip.pt': described,
        'legacy.pt': described,
        'protocol4.pt': described,
        'module.bin': {name: tensor_bits(t) for name, t in module.state_dict().items()},
    }


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    generator = torch.Generator().manual_seed(SEED)
    torch.manual_seed(SEED)
    files = {**npz_files(np.random.default_rng(SEED)), **torch_files(generator)}
    versions = {'python': platform.python_version(), 'numpy': np.__version__, 'torch': torch.__version__}
    provenance = {'command': 'python scripts/golden/containers.py', 'seed': SEED, 'versions': versions}
    text = json.dumps({'provenance': provenance, 'files': files}, indent=1)
    (OUT / 'expected.json').write_text(text + '\n')


if __name__ == '__main__':
    main()
