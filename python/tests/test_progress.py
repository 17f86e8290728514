"""Long calls say how far they are, and stop where that fails."""

import numpy as np
import pytest
from onnx_models import random_images

import colcomb


class Calls(list):
    """What a progress function was called with."""

    def __call__(self, done, total):
        self.append((done, total))


def rising(total):
    return [(done + 1, total) for done in range(total)]


def test_import_counts_the_images_it_measures_on(small, tmp_path):
    path = small.write(tmp_path / "small.onnx")
    calls = Calls()
    colcomb.import_onnx(path, mean=0.5, std=0.25, images=random_images(small.shape, 9), progress=calls)
    assert calls == rising(9)


def test_quantize_counts_calibration_and_check(network, small):
    images = random_images(small.shape, 7)
    calls = Calls()
    plain = colcomb.quantize(network, images=images)
    told = colcomb.quantize(network, images=images, check_images=7, progress=calls)
    # The calibration runs several images at once, the check one after the other.
    calibrated = [done for done, _ in calls if done <= 7]
    assert calibrated == sorted(set(calibrated)) and calibrated[-1] == 7
    assert calls[len(calibrated) :] == rising(14)[7:]
    assert {total for _, total in calls} == {14}
    np.testing.assert_array_equal(plain.run(images), told.run(images))
    calls = Calls()
    colcomb.quantize(network, images=images, pooling_fraction_bits=3, check_images=7, progress=calls)
    assert calls == rising(7)


@pytest.mark.parametrize("engine", ["fast", "exact", "both"])
def test_simulate_counts_images(packed, engine):
    images = random_images(packed.input_shape, 3)
    calls = Calls()
    told = colcomb.simulate(packed, "4x4", images, engine=engine, progress=calls)
    assert calls == rising(3)
    assert told.total.cycles == colcomb.simulate(packed, "4x4", images, engine=engine).total.cycles


def test_simulate_counts_images_of_programs_and_pipelines(packed, tmp_path):
    images = random_images(packed.input_shape, 2)
    calls = Calls()
    colcomb.simulate(colcomb.compile(packed, "4x4"), images=images, engine="exact", progress=calls)
    assert calls == rising(2)
    array = tmp_path / "pipeline.toml"
    array.write_text("[array]\nrows = 16\ncolumns = 16\n[schedule]\ncross_layer = true\n")
    calls = Calls()
    colcomb.simulate(packed, str(array), images, engine="exact", progress=calls)
    assert calls == rising(2)


def test_what_a_progress_function_raises_ends_the_call(network, packed, small, tmp_path):
    def fail(done, total):
        raise KeyError("enough")

    images = random_images(small.shape, 5)
    with pytest.raises(KeyError, match="enough"):
        colcomb.quantize(network, images=images, progress=fail)
    for engine in ("fast", "exact"):
        with pytest.raises(KeyError, match="enough"):
            colcomb.simulate(packed, "4x4", images, engine=engine, progress=fail)
    with pytest.raises(KeyError, match="enough"):
        colcomb.import_onnx(small.write(tmp_path / "s.onnx"), mean=0.5, std=0.25, images=images,
                            progress=fail)
