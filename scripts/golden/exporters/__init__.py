"""The dialects: what each exporter writes, by dialect name.

An exporter is a function (folder saved with save_pretrained, the loaded torch model, out path,
ids) that writes one .onnx at `out` (≤ 500 KB) and returns an `Exported`, or raises `Unsupported`
with the exporter's own reason. A new dialect goes into a module's DIALECTS, its module into the
list below.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch


class Unsupported(Exception):
    """This exporter does not export this family; the message is the exporter's own reason."""


@dataclass(frozen=True)
class Exported:
    """What the manifest says of a file beside its family and dialect. `tolerance` bounds the
    error of the exported file's logits that is reported without a warning. `single_token`: the file
    is meant for one token after a cache, so it is measured token by token. `own_values`: its logits and
    residual stream by python onnxruntime are stored beside it."""

    exporter: str
    exporter_version: str
    precision: str
    kv_cache: bool
    notes: str = ''
    tolerance: float = 1e-4
    single_token: bool = False
    own_values: bool = False


@dataclass(frozen=True)
class Dialect:
    """`families` None means every family of families.py; otherwise only those are exported.
    `folder`: the dialect is a folder with a model.onnx."""

    name: str
    export: Callable[[Path, torch.nn.Module, Path, torch.Tensor], Exported]
    families: tuple[str, ...] | None = None
    folder: bool = False


def all_dialects() -> dict[str, Dialect]:
    from . import genai, optimum_export, optimum_legacy, ort_optimizer, precision, torch_export

    modules = [optimum_export, optimum_legacy, torch_export, genai, ort_optimizer, precision]
    return {dialect.name: dialect for module in modules for dialect in module.DIALECTS}
