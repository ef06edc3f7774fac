"""Logits of each family after an edit at one site of the first block: x becomes 1.5 x + 0.25.

The edit is made in transformers with hooks on the same modules that `reference.py` reads. Run by
hand (README.md): `python edits.py [--family NAME]`; writes `edits.safetensors` beside each
`reference.safetensors`, one tensor [1, T, V] per edited site.
"""

import argparse
import tempfile
from pathlib import Path

import torch
from safetensors.torch import save_file

from generate import BY_NAME, OUT, sort_metadata, versions
from layouts import Layout
from models import SEED, load_model, save_model, token_ids

GAIN, SHIFT = 1.5, 0.25


def _edited(x: torch.Tensor) -> torch.Tensor:
    return GAIN * x + SHIFT


class Editor:
    """Hooks that edit, in one block. `factor` scales what the block adds to the stream (Granite)."""

    def __init__(self, block: torch.nn.Module, layout: Layout, factor: float) -> None:
        self.block, self.layout, self.factor = block, layout, factor
        self.handles = []
        self.before = None

    def _on_input(self, module: torch.nn.Module, change) -> None:
        def hook(_module, args, kwargs):
            if args:
                return (change(args[0]), *args[1:]), kwargs
            return args, {**kwargs, 'hidden_states': change(kwargs['hidden_states'])}

        self.handles.append(module.register_forward_pre_hook(hook, with_kwargs=True))

    def _on_output(self, module: torch.nn.Module, change) -> None:
        def hook(_module, _args, result):
            if isinstance(result, tuple):
                return (change(result[0]), *result[1:])
            return change(result)

        self.handles.append(module.register_forward_hook(hook))

    def _module(self, name: str) -> torch.nn.Module:
        return self.block.get_submodule(name)

    def _mlp_readers(self) -> list[str]:
        """The up projection, and the gate beside it where there is one."""
        up = self.layout.mlp_in
        gate = up.replace('up_proj', 'gate_proj')
        has_gate = gate != up and any(name == gate for name, _ in self.block.named_modules())
        return [up, gate] if has_gate else [up]

    def apply(self, site: str) -> None:
        layout = self.layout
        attn_out = self._module(layout.attn_out or layout.out_proj)
        added = lambda x: _edited(x * self.factor) / self.factor
        if site == 'hook_resid_pre':
            self._on_input(self.block, _edited)
        elif site == 'hook_resid_post':
            self._on_output(self.block, _edited)
        elif site == 'attn.hook_z':
            self._on_input(self._module(layout.out_proj), _edited)
        elif site == 'hook_attn_out':
            self._on_output(attn_out, added)
        elif site == 'ln2.hook_normalized':
            for name in self._mlp_readers():
                self._on_input(self._module(name), _edited)
        elif site == 'mlp.hook_post':
            self._on_input(self._module(layout.down_proj), _edited)
        elif site == 'hook_mlp_out':
            self._on_output(self._module(layout.mlp_out or layout.down_proj), added)
        elif site == 'hook_resid_mid':
            self._edit_middle(attn_out)
        else:
            raise ValueError(site)

    def _edit_middle(self, attn_out: torch.nn.Module) -> None:
        """No module gives out resid_pre + attn_out, so attn_out becomes what makes the sum right."""
        side, name = self.layout.mid.split(':')
        if self.layout.post_norm and side == 'output':
            self._on_output(self._module(name), _edited)
            return

        def remember(x):
            self.before = x.detach().clone()
            return x

        def change(x):
            before = self.before.reshape(x.shape)
            return (_edited(before + x * self.factor) - before) / self.factor

        self._on_input(self.block, remember)
        self._on_output(attn_out, change)

    def close(self) -> None:
        for handle in self.handles:
            handle.remove()


def edited_logits(family, model, ids) -> dict[str, torch.Tensor]:
    layout = family.layout
    block = model.get_submodule(layout.blocks)[0]
    factor = getattr(model.config, layout.scale) if layout.scale else 1
    sites = ['hook_resid_pre', 'attn.hook_z', 'hook_attn_out', 'ln2.hook_normalized']
    sites += ['mlp.hook_post', 'hook_mlp_out', 'hook_resid_post']
    if layout.mid is not None:
        sites.append('hook_resid_mid')
    values = {}
    for site in sites:
        editor = Editor(block, layout, factor)
        editor.apply(site)
        with torch.no_grad():
            mask = torch.ones_like(ids)
            result = model(input_ids=ids, attention_mask=mask, use_cache=False)
        editor.close()
        values[f'blocks.0.{site}'] = result.logits.contiguous().clone()
    return values


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--family', action='append')
    parser.add_argument('--out', type=Path, default=OUT)
    args = parser.parse_args()
    for name in args.family or BY_NAME:
        family = BY_NAME[name]
        with tempfile.TemporaryDirectory() as folder:
            save_model(family, Path(folder))
            values = edited_logits(family, load_model(Path(folder)), token_ids())
        target = args.out / name / 'edits.safetensors'
        note = dict(
            command=f'python edits.py --family {name}',
            versions=versions(),
            seed=str(SEED),
            edit=f'x becomes {GAIN} x + {SHIFT}',
        )
        save_file(values, target, metadata=note)
        sort_metadata(target)
        target.chmod(0o644)
        print(name, len(values))


if __name__ == '__main__':
    main()
