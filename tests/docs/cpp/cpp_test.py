"""Tests of check_cpp.py."""

from __future__ import annotations

import unittest

from check_cpp import faults_of, is_cpp
from blocks import Block, blocks_of

SOURCE = ['#include "colcomb/a.hpp"', "", "int main() {", "colcomb::A a;", "a.run();", "}"]


def blocks(text: str) -> list[Block]:
    return blocks_of(text, "page.md")


class CppBlocks(unittest.TestCase):
    def test_says_which_blocks_are_cpp(self) -> None:
        for text in ('#include "colcomb/a.hpp"', "colcomb::A a;", "std::vector<int> v;", "int main() {"):
            self.assertTrue(is_cpp(blocks("    " + text)[0]), text)
        for text in ("colcomb pack layer.npy", "find_package(colcomb)  # colcomb::base", "for x in y:", "parallel ::: 1 2"):
            self.assertFalse(is_cpp(blocks("    " + text)[0]), text)
        self.assertTrue(is_cpp(blocks("```cpp\na.run();\n```")[0]))
        self.assertFalse(is_cpp(blocks("```python\ncolcomb.pack(x)\n```")[0]))

    def test_takes_runs_of_lines_of_a_source(self) -> None:
        text = '    #include "colcomb/a.hpp"\n\n    colcomb::A a;\n    a.run();'
        self.assertEqual(faults_of(blocks(text), [SOURCE]), [])

    def test_names_what_is_in_no_source(self) -> None:
        changed = '    #include "colcomb/a.hpp"\n\n    colcomb::A a;\n    a.runs();'
        self.assertEqual(
            faults_of(blocks(changed), [SOURCE]),
            ["page.md:1: in no source below examples/: colcomb::A a;"],
        )
        # Lines that do not follow each other.
        self.assertEqual(len(faults_of(blocks("    int main() {\n    a.run();"), [SOURCE])), 1)


if __name__ == "__main__":
    unittest.main()
