"""Builds the extension module by CMake. With COLCOMB_BUILD_DIR, from a build that is made already."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

ROOT = Path(__file__).resolve().parent.parent
BASE = ROOT / "build" / "wheel"  # with all other builds, not among the sources


def version() -> str:
    text = (ROOT / "CMakeLists.txt").read_text()
    return re.search(r"project\(colcomb VERSION ([0-9.]+)", text)[1]


class BuildByCMake(build_ext):
    """The package as the CMake component `python` installs it."""

    def run(self) -> None:
        made = os.environ.get("COLCOMB_BUILD_DIR")
        build = Path(made) if made else self.built()
        with tempfile.TemporaryDirectory() as prefix:
            command = ["cmake", "--install", build, "--component", "python", "--prefix", prefix]
            subprocess.run(command, check=True)
            package = next(Path(prefix).rglob("colcomb/__init__.py")).parent
            shutil.copytree(package, Path(self.build_lib) / "colcomb", dirs_exist_ok=True)

    def built(self) -> Path:
        build = BASE / "cmake"
        settings = {
            "CMAKE_BUILD_TYPE": "Release",
            "COLCOMB_BUILD_TESTS": "OFF",
            "COLCOMB_UNITY_BUILD": "ON",
            "COLCOMB_WITH_PYTHON": "ON",
            "COLCOMB_WITH_TORCH": "OFF",
            "Python3_EXECUTABLE": sys.executable,
        }
        flags = [f"-D{name}={value}" for name, value in settings.items()]
        subprocess.run(["cmake", "-S", ROOT, "-B", build, "-G", "Ninja", *flags], check=True)
        subprocess.run(["cmake", "--build", build, "--target", "colcomb_python"], check=True)
        return build


BASE.mkdir(parents=True, exist_ok=True)
setup(
    options={"build": {"build_base": str(BASE)}, "egg_info": {"egg_base": str(BASE)}},
    version=version(),
    packages=[],
    ext_modules=[Extension("colcomb._core", sources=[])],
    cmdclass={"build_ext": BuildByCMake},
)
