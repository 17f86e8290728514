"""Builds the documentation as a site, with no network: the repository's Markdown, and references of the
command line, Python and C++ made from the programs, docstrings and headers. Warnings are errors. Exit
status 77, which ctest counts as skipped, where Sphinx or Doxygen is missing.

    build_site.py --source FOLDER --build FOLDER --out FOLDER
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import cli_pages
import cpp_pages
import python_pages
import staging

MODULES = {"sphinx": "python3-sphinx", "myst_parser": "python3-myst-parser", "furo": "furo", "numpy": "python3-numpy"}


def missing() -> list[str]:
    """Debian packages that are needed and not there."""
    packages = [package for name, package in MODULES.items() if importlib.util.find_spec(name) is None]
    return packages + ([] if shutil.which("doxygen") else ["doxygen"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--source", type=Path, required=True, help="the repository")
    parser.add_argument("--build", type=Path, required=True, help="a build's folder, with command and Python")
    parser.add_argument("--out", type=Path, required=True, help="folder of the site, made anew")
    given = parser.parse_args()
    lacking = missing()
    if lacking:
        print(f"skipped: the site needs {' '.join(lacking)}")
        return 77
    source, out = given.source.resolve(), given.out.resolve()
    work = out.with_name(out.name + "-work")
    staged = work / "tree"
    staging.stage(source, staged)
    cli_pages.write_pages(given.build.resolve() / "colcomb/cli/colcomb", staged / "reference/cli")
    python_pages.stage_package(given.build.resolve() / "python", work / "python")
    python_pages.write_page(staged / "reference/python.md")
    headers = (given.build / "public_headers.txt").read_text().split()
    try:
        cpp_pages.write_pages(source, headers, work / "doxygen", staged / "reference/cpp")
    except RuntimeError as error:
        print(error)
        return 1
    version = re.search(r"project\(colcomb VERSION (\S+)", (source / "CMakeLists.txt").read_text())[1]
    environment = dict(os.environ, COLCOMB_SITE_VERSION=version,
                       PYTHONPATH=str(work / "python"))
    shutil.rmtree(out, ignore_errors=True)
    done = subprocess.run([sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html",
                           "-c", str(source / "docs/site"), "-d", str(work / "doctrees"), str(staged), str(out)],
                          env=environment)
    if done.returncode == 0:
        pages = sum(1 for _ in out.rglob("*.html"))
        print(f"{out}/index.html: {pages} pages")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
