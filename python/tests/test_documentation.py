"""Every public name has a docstring, an entry in the reference and a stub that fits."""

import ast
import importlib
import inspect
import os
import re
from pathlib import Path

import numpy as np
import pytest

import colcomb
from colcomb import _core

SOURCE = Path(os.environ["COLCOMB_SOURCE_DIR"])
REFERENCE = (SOURCE / "docs" / "reference" / "python.md").read_text()


def code_block(page: str, heading: str) -> str:
    """The first indented block below a heading."""
    lines = (SOURCE / page).read_text().split(f"## {heading}\n", 1)[1].split("\n")
    block = []
    for line in lines:
        if line.startswith("    "):
            block.append(line[4:])
        elif block and line.strip():
            break
    return "\n".join(block)


def test_the_tutorials_first_lines(capsys):
    weights = np.random.default_rng(1).normal(size=(64, 32, 3, 3)).astype(np.float32)
    exec(code_block("docs/user/python.md", "Five lines"), {"weights": weights})
    assert capsys.readouterr().out.startswith("64 x 288 into ")


def public_members(kind):
    for name, member in vars(kind).items():
        if name.startswith("_"):
            continue
        if isinstance(member, (classmethod, staticmethod)):
            member = member.__func__
        if isinstance(member, property) or inspect.isfunction(member):
            yield name, member


@pytest.mark.parametrize("name", colcomb.__all__)
def test_names_have_docstrings_and_entries(name):
    thing = getattr(colcomb, name)
    assert (thing.__doc__ or "").strip(), f"colcomb.{name} has no docstring"
    assert re.search(rf"\b{name}\b", REFERENCE), f"docs/reference/python.md says nothing of {name}"
    if not inspect.isclass(thing):
        for argument in inspect.signature(thing).parameters:
            assert re.search(rf"\b{argument}\b", thing.__doc__), f"{name}: nothing of {argument}"
        return
    for member, what in public_members(thing):
        assert (what.__doc__ or "").strip(), f"colcomb.{name}.{member} has no docstring"


def test_torch_names_have_entries():
    # By the source: this test needs no torch.
    package = Path(colcomb.__file__).parent / "torch"
    names = set()
    for file in package.glob("*.py"):
        for item in ast.parse(file.read_text()).body:
            if isinstance(item, (ast.FunctionDef, ast.ClassDef)) and not item.name.startswith("_"):
                assert ast.get_docstring(item), f"{file.name}: {item.name} has no docstring"
                names.add(item.name)
    for name in ("combine", "Combiner", "Schedule"):
        assert name in names and re.search(rf"\b{name}\b", REFERENCE)


def test_all_is_what_the_package_has():
    public = {
        name
        for name, value in vars(colcomb).items()
        if not name.startswith("_") and not inspect.ismodule(value) and name != "annotations"
    }
    assert public == set(colcomb.__all__)


def stub_names(body):
    kinds = (ast.FunctionDef, ast.ClassDef)
    names = {item.name for item in body if isinstance(item, kinds)}
    names |= {item.target.id for item in body if isinstance(item, ast.AnnAssign)}
    return {name for name in names if not name.startswith("_")}


def test_the_stub_has_what_the_extension_has():
    tree = ast.parse((Path(colcomb.__file__).parent / "_core.pyi").read_text())
    assert stub_names(tree.body) == {name for name in vars(_core) if not name.startswith("_")}
    for item in tree.body:
        if isinstance(item, ast.ClassDef):
            kind = getattr(_core, item.name)
            assert stub_names(item.body) == {n for n in vars(kind) if not n.startswith("_")}
    assert (Path(colcomb.__file__).parent / "py.typed").exists()


def test_the_version_is_the_projects():
    project = (SOURCE / "CMakeLists.txt").read_text()
    assert f"project(colcomb VERSION {colcomb.__version__} " in project


@pytest.mark.parametrize("module", ["combining", "networks", "machines", "pages", "exploration"])
def test_modules_say_what_they_are_for(module):
    assert importlib.import_module(f"colcomb.{module}").__doc__
