"""Small random models: their parameters, their folder on disk, and the tokens every check uses.

Parameters are drawn with numpy (PCG64), one stream per parameter name, so that they do not depend
on the version of torch or on the order of modules.
"""

import math
import zlib
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModelForCausalLM
from transformers.modeling_utils import no_init_weights

from families import VOCAB, Family, hf_config

SEED = 20260
TOKENS = 12


def _draw(name: str, shape: torch.Size) -> torch.Tensor:
    rng = np.random.Generator(np.random.PCG64([SEED, zlib.crc32(name.encode())]))
    return torch.from_numpy(rng.standard_normal(tuple(shape), dtype=np.float32))


def _value(
    module: torch.nn.Module, key: str, noise: torch.Tensor, embed_std: float
) -> torch.Tensor:
    kind = type(module).__name__
    if key != 'weight':
        return 0.1 * noise
    if 'Norm' in kind:
        return 0.2 * noise if kind.startswith('Gemma') else 1 + 0.2 * noise
    if isinstance(module, torch.nn.Embedding):
        return embed_std * noise
    fan_in = noise.shape[0] if kind == 'Conv1D' else noise.shape[-1]
    return noise * (1.3 / math.sqrt(fan_in))


def randomise(model: torch.nn.Module, embed_std: float) -> None:
    """Redraws every parameter: norm weights 1 + 0.2 N (Gemma stores them minus one), biases 0.1 N,
    embeddings `embed_std` N, matrices N with gain 1.3. A tied output matrix stays the
    embedding's."""
    seen = set()
    with torch.no_grad():
        for path, module in model.named_modules():
            for key, parameter in module.named_parameters(recurse=False):
                if id(parameter) in seen:
                    continue
                seen.add(id(parameter))
                noise = _draw(f'{path}.{key}', parameter.shape)
                parameter.copy_(_value(module, key, noise, embed_std))
        model.tie_weights()


def save_model(family: Family, folder: Path) -> torch.nn.Module:
    """Builds the family's model, writes it with `save_pretrained`, returns it as loaded again."""
    with no_init_weights():
        model = AutoModelForCausalLM.from_config(hf_config(family))
    randomise(model, family.embed_std)
    model.eval().save_pretrained(folder)
    return load_model(folder)


def load_model(folder: Path) -> torch.nn.Module:
    """The saved model in float32 with eager attention, ready for a forward pass."""
    return AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation='eager'
    ).eval()


def token_ids() -> torch.Tensor:
    """[1, T] the ids that every reference and every check uses."""
    rng = np.random.Generator(np.random.PCG64(SEED))
    return torch.from_numpy(rng.integers(3, VOCAB, size=(1, TOKENS)))
