"""The checks of links and paths find what they are for."""

import tempfile
import unittest
from pathlib import Path

from check_links import anchors, link_faults, path_faults, slug

PAGE = """# Page of `things`

[here](#page-of-things) [there](#nowhere) [file](other.md) [anchor](other.md#twice-1) [bad](other.md#thrice)
[none](missing.md) [web](https://example.org/x) `[no](link.md)`

`colcomb/base/error.hpp` `base/error.hpp` `error.hpp` `colcomb/base/eror.hpp` `eror.hpp` `NAME.cpp` `a/b`

    [code](missing.md)
"""


class Links(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.source = Path(self.folder.name)
        (self.source / "page.md").write_text(PAGE)
        (self.source / "other.md").write_text("# Twice\n\n## Twice\n")

    def tearDown(self):
        self.folder.cleanup()

    def test_slugs_are_githubs(self):
        self.assertEqual(slug("Constants (`steps.hpp`, `weights.hpp`)"), "constants-stepshpp-weightshpp")
        self.assertEqual(slug("A _word_ of its [own](x.md)"), "a-word-of-its-own")
        self.assertEqual(anchors(self.source / "other.md"), {"twice", "twice-1"})

    def test_dead_links_and_anchors(self):
        faults = link_faults("page.md", self.source)
        self.assertEqual(faults, ["page.md:3: #nowhere: no heading of this name",
                                  "page.md:3: other.md#thrice: no heading of this name",
                                  "page.md:4: missing.md: no such file"])

    def test_paths(self):
        files = {"colcomb/base/error.hpp", "colcomb/base", "colcomb"}
        self.assertEqual(path_faults("page.md", self.source, files),
                         ["page.md:6: `colcomb/base/eror.hpp`: no such file", "page.md:6: `eror.hpp`: no such file"])


if __name__ == "__main__":
    unittest.main()
