"""The Python blocks of the docs. Each call of a function of `colcomb` is bound to its signature; blocks
whose modules are there are run, in the order of their document, with small data under the names that
the docs use."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import io
import os
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
from onnx_models import SmallModel, random_images

from blocks import Block


def is_python(block: Block) -> bool:
    """Parses as Python, and calls or imports something."""
    if block.language not in ("", "python", "py"):
        return False
    try:
        tree = ast.parse(block.text)
    except SyntaxError:
        return False
    return any(isinstance(node, (ast.Import, ast.Call)) for node in ast.walk(tree)) and any(
        isinstance(node, ast.Name) and node.id in ("colcomb", "packed", "combiner", "bar")
        or isinstance(node, ast.alias) and node.name.startswith("colcomb") for node in ast.walk(tree)
    )


class Bar:
    """What tqdm's bar has of use here."""

    def __init__(self, total: int = 0) -> None:
        self.n = 0
        self.total = total

    def update(self, more: int) -> None:
        self.n += more


def _needs_torch(tree: ast.AST) -> bool:
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return bool(names & {"combiner", "optimizer", "model"}) or "colcomb.torch" in ast.unparse(tree)


class PythonBlocks:
    def __init__(self, work: Path) -> None:
        self.work = work / "python"
        self.work.mkdir()
        for name in ("configs", "fashion", "sweep.toml", "a.packed", "b.packed", "my-run"):
            if (work / name).exists():
                (self.work / name).symlink_to(work / name)
        self.model = SmallModel(1, 28, 10)
        self.faults: list[str] = []
        self.skipped: list[str] = []
        self.ran = 0
        self.bound = 0
        self.names: dict[str, object] = {}
        self.given: dict[str, object] = {}  # names that the docs take as known
        self.has_package = importlib.util.find_spec("colcomb") is not None
        self.has_torch = importlib.util.find_spec("torch") is not None

    def begin_document(self, name: str) -> None:
        """Every document starts with fresh names: those that its text takes as given."""
        images = random_images((1, 28, 28), 64)
        labels = np.arange(64) % 10
        self.names = {}
        self.given = {
            "np": np,
            "colcomb": importlib.import_module("colcomb") if self.has_package else None,
            "weights": np.random.default_rng(1).normal(size=(64, 32, 3, 3)).astype(np.float32),
            "images": images,
            "raw_images": images,
            "labels": labels,
            "test_images": images,
            "test_labels": labels,
            "tqdm": Bar,
        }
        self.model.write(self.work / "model.onnx")
        if self.has_torch:
            self._give_torch_names()

    def _give_torch_names(self) -> None:
        import torch
        from torch import nn

        model = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 12, 1), nn.ReLU(),
                              nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(12, 10))
        floats = torch.from_numpy(self.given["raw_images"].astype(np.float32)) / 255
        optimizer = torch.optim.SGD(model.parameters(), 0.01)
        self.given.update(model=model, optimizer=optimizer, epochs=1, torch=torch,
                          loader=[(floats[:8], torch.zeros(8, dtype=torch.int64))] * 4)
        self.torch_images = floats

    def check(self, block: Block) -> None:
        place = f"{block.file}:{block.line}"
        if not self.has_package:
            self.skipped.append(f"{place} (no package colcomb)")
            return
        tree = ast.parse(block.text)
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            said = self._bind(call)
            if said:
                self.faults.append(f"{place}: {ast.unparse(call)}: {said}")
        if _needs_torch(tree) and not self.has_torch:
            self.skipped.append(f"{place} (no torch)")
            return
        self._execute(block, place)

    def _bind(self, call: ast.Call) -> str:
        """What is wrong with a call of `colcomb.X(...)`."""
        name = ast.unparse(call.func)
        if not name.startswith("colcomb.") or (name.startswith("colcomb.torch") and not self.has_torch):
            return ""
        target: object = importlib.import_module("colcomb")
        if name.startswith("colcomb.torch"):
            importlib.import_module("colcomb.torch")
        for part in name.split(".")[1:]:
            if not hasattr(target, part):
                return f"{name} does not exist"
            target = getattr(target, part)
        try:
            inspect.signature(target).bind(  # type: ignore[arg-type]
                *[None] * sum(not isinstance(a, ast.Starred) for a in call.args),
                **{word.arg: None for word in call.keywords if word.arg})
        except TypeError as error:
            return str(error)
        self.bound += 1
        return ""

    def _execute(self, block: Block, place: str) -> None:
        before = os.getcwd()
        os.chdir(self.work)
        torch_block = _needs_torch(ast.parse(block.text))
        self.names.update({name: value for name, value in self.given.items() if name != "model"})
        self.names.setdefault("model", self.given.get("model"))
        if torch_block:  # there, `images` are the loop's batches
            self.names["images"] = self.torch_images
        try:
            # `assert` stays one: what a block says must hold.
            code = compile(block.text, place, "exec")
            with redirect_stdout(io.StringIO()):
                exec(code, self.names)
            self.ran += 1
        except Exception as error:  # whatever it is, the docs are wrong
            self.faults.append(f"{place}: {type(error).__name__}: {error}")
        finally:
            os.chdir(before)
