"""Runs pytest on the files given; exit status 77 where a module of --needs is missing."""

import argparse
import importlib.util
import os
import sys


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--needs", required=True, help="modules, with commas between them")
    parser.add_argument("files", nargs="+", help="test files")
    given = parser.parse_args()
    missing = [name for name in given.needs.split(",") if importlib.util.find_spec(name) is None]
    if missing:
        print(f"skipped: this Python has no {', '.join(missing)} (Debian: python3-{missing[0]})")
        return 77
    sys.dont_write_bytecode = True
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # PyTorch's: tests run side by side
    import pytest

    return pytest.main(["-q", "-p", "no:cacheprovider", "--durations=5", *given.files])


if __name__ == "__main__":
    sys.exit(main())
