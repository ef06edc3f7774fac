"""The dialects: what each exporter writes, by dialect name.

An exporter is a function (folder saved with save_pretrained, the loaded torch model, out path, ids)
that writes one .onnx at `out` (≤ 500 KB) and returns an `Exported`, or raises `Unsupported` with the
exporter's own reason. Add a dialect by adding it to a module's DIALECTS and that module to MODULES.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch


class Unsupported(Exception):
    """This exporter does not export this family; the message is the exporter's own reason."""


@dataclass(frozen=True)
class Exported:
    """What the manifest says of a file beside its family and dialect. `tolerance` bounds the error of
    the exported file's logits against the reference that is reported without a warning. `single_token`:
    the file is meant for one token after a cache, so it is measured token by token."""

    exporter: str
    exporter_version: str
    precision: str
    kv_cache: bool
    notes: str = ''
    tolerance: float = 1e-4
    single_token: bool = False


@dataclass(frozen=True)
class Dialect:
    """`families` None means every family; otherwise only those are exported."""

    name: str
    export: Callable[[Path, torch.nn.Module, Path, torch.Tensor], Exported]
    families: tuple[str, ...] | None = None


def all_dialects() -> dict[str, Dialect]:
    from . import optimum_export, optimum_legacy, torch_export

    modules = [optimum_export, optimum_legacy, torch_export]
    return {dialect.name: dialect for module in modules for dialect in module.DIALECTS}
