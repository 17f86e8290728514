"""Errors name what is wrong: argument or file, value and rule."""

import copy
import pickle
import subprocess
import sys

import numpy as np
import pytest
from onnx_models import random_images

import colcomb
from colcomb import UserError

MATRIX = np.eye(6, 8, dtype=np.float32)


@pytest.mark.parametrize(
    "call, field, value",
    [
        (lambda: colcomb.group(MATRIX, alpha=0), "alpha", "0"),
        (lambda: colcomb.group(MATRIX, alpha=65), "alpha", "65"),
        (lambda: colcomb.group(MATRIX, alpha=-1), "alpha", "-1"),
        (lambda: colcomb.group(MATRIX, gamma=-1.0), "gamma", "-1"),
        (lambda: colcomb.group(MATRIX, alpha="8"), "alpha", "8"),
        (lambda: colcomb.group(MATRIX, gamma="half"), "gamma", "half"),
        (lambda: colcomb.group(MATRIX, policy="best"), "policy", "best"),
        (lambda: colcomb.group(MATRIX, prune=2.0), "fraction", "2"),
        (lambda: colcomb.group(MATRIX, objective="sum"), "objective", "sum"),
        (lambda: colcomb.group(MATRIX, array="0x4"), "array", "0x4"),
        (lambda: colcomb.group(MATRIX, seconds=-1.0), "seconds", "-1"),
        (lambda: colcomb.group(MATRIX, mask=np.ones((2, 2))), "mask", "2 x 2"),
        (lambda: colcomb.group(MATRIX, conv_groups=4), "conv_groups", "4"),
        (lambda: colcomb.group(MATRIX, start=[[0, 9]]), "start", ""),
        (lambda: colcomb.group(np.ones(3)), "weights", "3"),
        (lambda: colcomb.group(np.full((2, 2), "x")), "weights", "<U1"),
        (lambda: colcomb.pack(MATRIX, [[0, 1]]), "groups", "column 2 in no group"),
        (lambda: colcomb.pack(MATRIX, [[0], [0]]), "groups", ""),
        (lambda: colcomb.pack(np.ones((2, 2)), [[0, 1]]), "weights", "two nonzeros of row 0 in group 0"),
        (lambda: colcomb.pack(MATRIX, [[0]], alpha=2), "alpha", "2"),
    ],
)
def test_arguments(call, field, value):
    with pytest.raises(UserError) as caught:
        call()
    error = caught.value
    assert (error.field, error.value) == (field, value)
    assert error.rule and error.rule in str(error) and isinstance(error, ValueError)


def test_weights_that_are_not_finite():
    matrix = MATRIX.copy()
    matrix[2, 3] = np.nan
    with pytest.raises(UserError, match="row 2, column 3"):
        colcomb.group(matrix)


def test_packed_that_does_not_fit():
    packed = colcomb.pack(MATRIX, [[0, 1, 2], [3, 4, 5]])
    selects = packed.selects.copy()
    selects[0, 0] = 3
    broken = colcomb.Packed(packed.values, selects, packed.groups, packed.columns)
    with pytest.raises(UserError, match="must be below the 3 columns of group 0"):
        colcomb.unpack(broken)


def test_files(tmp_path):
    missing = tmp_path / "none.packed"
    with pytest.raises(UserError) as caught:
        colcomb.PackedNetwork.load(missing)
    assert caught.value.file == str(missing) and not caught.value.usage
    broken = tmp_path / "broken.packed"
    broken.write_bytes(b"not a network")
    for load in (colcomb.PackedNetwork.load, colcomb.Network.load, colcomb.Program.load):
        with pytest.raises(UserError) as caught:
            load(broken)
        assert caught.value.file == str(broken) and caught.value.rule


def test_images(packed):
    images = random_images(packed.input_shape, 2)
    for wrong, value in [
        (images.astype(np.float32), "float32"),
        (images[:, :1], "2 x 1 x 6 x 6"),
        (images[0, 0], "6 x 6"),
        (images[None], "1 x 2 x 2 x 6 x 6"),
    ]:
        with pytest.raises(UserError) as caught:
            packed.run(wrong)
        assert (caught.value.field, caught.value.value) == ("images", value)
    for out in (np.zeros((2, 4), np.int32), np.zeros((2, 3)), np.zeros((3, 2), np.int32).T):
        with pytest.raises(UserError) as caught:
            packed.run(images, out=out)
        assert caught.value.field == "out"


def test_an_import_says_what_is_missing(small, tmp_path):
    path = small.write(tmp_path / "model.onnx")
    with pytest.raises(UserError) as caught:
        colcomb.import_onnx(path)
    assert caught.value.field == "dataset"
    assert "mean and std say how" in caught.value.rule  # names of arguments, not of fields
    with pytest.raises(UserError) as caught:
        colcomb.import_onnx(path, mean=0.5, std=0.25, images=random_images((1, 6, 6), 2))
    assert caught.value.field == "images" and "2 x 6 x 6" in caught.value.rule
    other = small.write(tmp_path / "other.onnx", gate="Hardmax")
    with pytest.raises(UserError) as caught:
        colcomb.import_onnx(other, mean=0.5, std=0.25, activation_limit=6)
    assert caught.value.file == str(other) and caught.value.field == "node relu2 (Hardmax)"


def test_machines(packed):
    with pytest.raises(UserError) as caught:
        colcomb.simulate(packed, "32by32")
    assert caught.value.value == "32by32" or caught.value.file == "32by32"
    with pytest.raises(UserError) as caught:
        colcomb.simulate(packed, engine="slow")
    assert (caught.value.field, caught.value.value) == ("engine", "slow")
    with pytest.raises(UserError) as caught:
        colcomb.cost(packed, technology="unobtainium")
    assert caught.value.field == "technology"
    with pytest.raises(UserError) as caught:
        colcomb.experiment("alpha-sweep", "out", program="/no/such/program")
    assert caught.value.field == "program"


def test_without_pytorch_the_helper_says_what_it_needs():
    code = "import sys; sys.modules['torch'] = None; import colcomb.torch"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1 and "needs PyTorch 1.13 or later" in done.stderr


def test_errors_can_be_sent_between_processes():
    error = UserError.of_parts("file", "field", "value", "must hold", False)
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert str(other) == str(error) == "file: field is 'value': must hold"
        assert (other.file, other.field, other.value, other.rule) == (
            "file", "field", "value", "must hold")
