"""Reference values of one family, read off the modules of transformers with forward hooks.

The only arithmetic here is the factor of Granite's residual additions, and the check that the sites
add up. The block's own output is taken as `resid_post`: the last of transformers' `hidden_states`
would already have gone through the final norm.
"""

import torch

from families import Family
from layouts import Layout


def _tensor(value):
    return value[0] if isinstance(value, tuple) else value


class Capture:
    """Clones of module inputs and outputs, by site name. A clone, because Falcon adds in place."""

    def __init__(self) -> None:
        self.values: dict[str, torch.Tensor] = {}
        self.handles = []

    def output(self, module: torch.nn.Module, site: str) -> None:
        def hook(_module, _args, result):
            self.values[site] = _tensor(result).detach().clone()

        self.handles.append(module.register_forward_hook(hook))

    def input(self, module: torch.nn.Module, site: str) -> None:
        def hook(_module, args, kwargs):
            value = args[0] if args else kwargs['hidden_states']
            self.values[site] = value.detach().clone()

        self.handles.append(module.register_forward_pre_hook(hook, with_kwargs=True))

    def close(self) -> None:
        for handle in self.handles:
            handle.remove()


def _hook_block(capture: Capture, block: torch.nn.Module, layout: Layout, prefix: str) -> None:
    capture.input(block, f'{prefix}.hook_resid_pre')
    capture.output(block, f'{prefix}.hook_resid_post')
    capture.input(block.get_submodule(layout.out_proj), f'{prefix}.attn.hook_z')
    capture.output(
        block.get_submodule(layout.attn_out or layout.out_proj), f'{prefix}.hook_attn_out'
    )
    capture.input(block.get_submodule(layout.mlp_in), f'{prefix}.ln2.hook_normalized')
    capture.input(block.get_submodule(layout.down_proj), f'{prefix}.mlp.hook_post')
    capture.output(
        block.get_submodule(layout.mlp_out or layout.down_proj), f'{prefix}.hook_mlp_out'
    )
    if layout.mid is not None:
        side, name = layout.mid.split(':')
        getattr(capture, side)(block.get_submodule(name), f'{prefix}.hook_resid_mid')


def _largest(difference: torch.Tensor) -> float:
    return difference.abs().max().item()


def check_sums(values: dict[str, torch.Tensor], layers: int, layout: Layout) -> float:
    """The largest |resid_post - (resid_pre + attn_out + mlp_out)| (and the same of resid_mid), or 0
    for blocks that normalise the stream itself, where no such sum holds."""
    worst = 0.0
    for layer in range(0 if layout.post_norm else layers):
        prefix = f'blocks.{layer}.hook_'
        mid = values[f'{prefix}resid_pre'] + values[f'{prefix}attn_out']
        added = mid + values[f'{prefix}mlp_out']
        worst = max(worst, _largest(values[f'{prefix}resid_post'] - added))
        if layout.mid is not None:
            worst = max(worst, _largest(values[f'{prefix}resid_mid'] - mid))
    return worst


def reference_values(
    family: Family, model: torch.nn.Module, ids: torch.Tensor
) -> tuple[dict, float]:
    """Every site's values [1, T, width], `ids` and `logits`, and the worst error of the sums."""
    layout = family.layout
    capture = Capture()
    blocks = model.get_submodule(layout.blocks)
    for layer, block in enumerate(blocks):
        _hook_block(capture, block, layout, f'blocks.{layer}')
    with torch.no_grad():
        logits = model(input_ids=ids, attention_mask=torch.ones_like(ids), use_cache=False).logits
    capture.close()
    factor = getattr(model.config, layout.scale) if layout.scale else 1
    values = {'ids': ids, 'logits': logits}
    for site, value in capture.values.items():
        added = site.endswith(('hook_attn_out', 'hook_mlp_out'))
        values[site] = (value * factor if added else value).reshape(1, ids.shape[1], -1)
    error = check_sums(values, len(blocks), layout)
    if error > 1e-5:
        raise RuntimeError(f'{family.name}: the sites do not add up, by {error:.2e}')
    return {site: value.contiguous() for site, value in values.items()}, error
