"""The checks of the docs' commands find what they are for.

    commands_test.py COLCOMB SOURCE
"""

import os
import sys
import tempfile
import unittest
from pathlib import Path

import programs
from blocks import blocks_of, prose_of
from prose_flags import flag_faults
from rules import Rules
from shell_lines import commands_of

COLCOMB, SOURCE = sys.argv.pop(1), Path(sys.argv.pop(1))
PAGE = """# Page

    colcomb simulate net.packed \\
        --engine both     # twice

- an item

    of two paragraphs

      ./dev test

```
A=1 colcomb train ... --epochs 2 && colcomb report x
convert picture.png --resize 50
total 12   -3
```

Prose with `--engine` and `--engin`, `simulate --baselines` and `pack --baselines`.
"""


class Blocks(unittest.TestCase):
    def setUp(self):
        self.blocks = blocks_of(PAGE, "page.md")

    def test_indented_and_fenced_blocks_but_no_paragraphs_of_items(self):
        self.assertEqual([(b.line, b.lines[0]) for b in self.blocks][1:2], [(10, "./dev test")])
        self.assertEqual([block.line for block in self.blocks], [3, 10, 13])

    def test_lines_are_joined_and_split(self):
        commands, _ = commands_of(self.blocks[0], ["colcomb"])
        self.assertEqual([c.text for c in commands], ["colcomb simulate net.packed --engine both"])
        commands, strangers = commands_of(self.blocks[2], ["colcomb"])
        self.assertEqual([c.text for c in commands], ["colcomb train --epochs 2", "colcomb report x"])
        self.assertEqual(commands[0].environment, {"A": "1"})
        self.assertEqual(strangers, [(14, "convert picture.png --resize 50")])

    def test_wrong_flags_of_prose_are_found(self):
        faults = [f for f in flag_faults({"p.md": prose_of(PAGE)}, COLCOMB, SOURCE) if f.startswith("p.md")]
        self.assertEqual(len(faults), 2, faults)
        self.assertIn("--engin is no command's", faults[0])
        self.assertIn("--baselines is no flag of `pack", faults[1])


class Programs(unittest.TestCase):
    def wrong(self, line: str) -> str:
        return programs.parse(line.split(), SOURCE, COLCOMB)

    def test_colcomb(self):
        self.assertEqual(self.wrong("colcomb simulate missing.packed --engine both"), "")
        self.assertIn("--engine", self.wrong("colcomb simulate missing.packed --engine slow"))
        self.assertIn("simulate", self.wrong("colcomb simulat missing.packed"))
        self.assertIn("--shard", self.wrong("parallel colcomb explore --sharp {}/4 ::: 1 2"))
        self.assertEqual(self.wrong("parallel -j 2 colcomb explore --spec a --out b --shard {}/4 ::: 1 2"), "")

    def test_others(self):
        self.assertEqual(self.wrong("./dev test"), "")
        self.assertIn("no job", self.wrong("./dev tests"))
        self.assertEqual(self.wrong("cmake --preset core -DCOLCOMB_BUILD_BENCH=ON"), "")
        self.assertIn("no option", self.wrong("cmake --preset core -DCOLCOMB_BUILD_BENCHES=ON"))
        self.assertIn("no preset", self.wrong("cmake --preset cores"))
        self.assertIn("no component", self.wrong("cmake --install build --component all"))
        self.assertIn("does not exist", self.wrong("docs/results/no.sh"))
        self.assertIn("no mode", self.wrong("docs/results/recipe.sh all colcomb"))


class RuleFile(unittest.TestCase):
    def rules(self, text: str) -> Rules:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "rules.toml"
            file.write_text("programs = []\n" + text)
            return Rules(file)

    def test_first_match_counts_and_the_rest_is_unused(self):
        rules = self.rules("""
            run = [{ command = 'a --out .*', append = "--fast", remove = ["--slow"], replace = { N = "1" } }]
            parse = [{ command = 'b', reason = "long" }]""")
        rule = rules.of("a --out x --slow 1 2 --n N")
        self.assertEqual(rule.changed("a --out x --slow 1 2 --n N".split()), "a --out x --n 1 --fast".split())
        self.assertIsNone(rules.of("a"))
        self.assertEqual(rules.unused(), ["b"])

    def test_mistakes(self):
        for text in ("run = []\nparse = [{ command = 'b' }]", "run = [{ comand = 'b' }]\nparse = []"):
            with self.assertRaises(ValueError):
                self.rules(text)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    unittest.main()
