"""ONNX models that say which of their columns are combined."""

from __future__ import annotations

import inspect
import json
import os
import warnings
from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from .._types import PathLike
from ..results import Groups
from .layers import evaluating

# Key of the metadata that the importer reads (docs/reference/onnx-import.md).
GROUPS_KEY = "colcomb.groups"


def _varint(number: int) -> bytes:
    """A number as protobuf writes it."""
    text = bytearray()
    while number > 127:
        text.append(number & 127 | 128)
        number >>= 7
    text.append(number)
    return bytes(text)


def _field(number: int, content: bytes) -> bytes:
    """A length-delimited protobuf field."""
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def metadata_entry(key: str, value: str) -> bytes:
    """An entry of ModelProto.metadata_props (field 14), which may be appended to a model's bytes:
    protobuf reads one message after another as their union."""
    return _field(14, _field(1, key.encode()) + _field(2, value.encode()))


def write_model(
    model: nn.Module,
    example_input: torch.Tensor,
    path: PathLike,
    groups: Mapping[str, Groups],
    opset: int,
    options: Mapping[str, Any],
) -> None:
    """Write the model in evaluation mode; `groups` by the names of weights.

    Batch norm stays a node of its own, so that weights keep their names and their zeros.
    """
    settings: dict[str, Any] = {
        "opset_version": opset,
        "input_names": ["image"],
        "output_names": ["logits"],
        "training": torch.onnx.TrainingMode.PRESERVE,
        "do_constant_folding": False,
        "dynamic_axes": {"image": {0: "batch"}, "logits": {0: "batch"}},
    }
    # Later PyTorch: the exporter by tracing, as in 1.13, which keeps the names of parameters.
    if "dynamo" in inspect.signature(torch.onnx.export).parameters:
        settings["dynamo"] = False
    settings.update(options)
    temporary = f"{os.fspath(path)}.part"
    try:
        with evaluating(model), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(model, example_input, temporary, **settings)
        text = json.dumps({name: [list(one) for one in all_] for name, all_ in groups.items()})
        with open(temporary, "ab") as file:
            file.write(metadata_entry(GROUPS_KEY, text))
        os.replace(temporary, path)
    finally:
        if os.path.exists(temporary):
            os.remove(temporary)
