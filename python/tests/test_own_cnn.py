"""The example at small size: combining beats magnitude pruning at the same packed size."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(os.environ["COLCOMB_SOURCE_DIR"])
DATA = Path("/usr/share/datasets/fashion-mnist")


@pytest.mark.skipif(not DATA.exists(), reason="no Fashion-MNIST (Debian: dataset-fashion-mnist)")
def test_own_cnn(tmp_path):
    script = SOURCE / "examples" / "python" / "own_cnn.py"
    done = subprocess.run(
        [sys.executable, script, "--images", "6000", "--test-images", "2000", "--epochs", "2",
         "--retrain", "2", "--out", tmp_path],
        capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads((tmp_path / "own_cnn.json").read_text())
    for ours, theirs in zip(found["groups"], found["baseline_groups"]):
        assert theirs <= ours
    assert found["combined"] > 0.7
    assert found["combined"] > found["magnitude"]
    assert "test accuracy in integers" in done.stdout and found["clocks_per_image"] > 0
