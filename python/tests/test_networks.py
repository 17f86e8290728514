"""import_onnx, pack, quantize and PackedNetwork.run against definitions and the command."""

import json
import os
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from onnx_models import SmallModel, random_images
from oracles import integer_layer

import colcomb


def command(*arguments) -> str:
    """What the program prints."""
    program = os.environ["COLCOMB_COMMAND"]
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_an_imported_network_gives_the_models_logits(small, tmp_path):
    images = random_images(small.shape, 9)
    path = small.write(tmp_path / "small.onnx")
    network = colcomb.import_onnx(path, mean=0.5, std=0.25, images=images, calibration="min-max")
    expected = small.logits(images, 0.5, 0.25)
    calls = []
    found = network.run(images, progress=lambda done, total: calls.append((done, total)))
    np.testing.assert_allclose(found * network.logit_divisor, expected, rtol=1e-4, atol=1e-4)
    assert calls[-1] == (9, 9)
    assert network.input_shape == small.shape and network.classes == 3
    assert [limit.weights for limit in network.limits] == ["first.weight", "second.weight"]
    assert {node.status for node in network.nodes} == {"ok"}
    assert colcomb.inspect_onnx(path) == network.nodes


def oracle_logits(packed: colcomb.PackedNetwork, image: np.ndarray) -> np.ndarray:
    """The integer network by its definition."""
    maps = image.astype(np.int64)
    *hidden, classifier = packed.layers
    for layer in hidden:
        sums = integer_layer(layer, maps, layer.padding)
        shifts = layer.fraction_bits + (layer.row_exponents if layer.row_exponents.size else 0)
        maps = np.clip(sums >> np.reshape(shifts, (-1, 1, 1)), 0, 255)
    pixels = maps.shape[1] * maps.shape[2]
    scaled = maps.sum(axis=(1, 2)) * 2 ** (packed.pooling_fraction_bits + 1)
    pooled = np.clip((scaled + pixels) // (2 * pixels), 0, 255)
    return integer_layer(classifier, pooled[:, None, None])[:, 0, 0]


def test_runs_give_the_integer_networks_logits(packed):
    images = random_images(packed.input_shape, 5, seed=7)
    logits = packed.run(images)
    assert logits.dtype == np.int32 and logits.shape == (5, 3)
    for i, image in enumerate(images):
        np.testing.assert_array_equal(logits[i], oracle_logits(packed, image), err_msg=f"image {i}")


def test_scales_per_channel(network, small):
    images = random_images(small.shape, 8)
    packed = colcomb.quantize(network, images=images, weight_scales="channel", check_images=8)
    *hidden, classifier = packed.layers
    assert max(layer.row_exponents.max(initial=0) for layer in hidden) > 0
    assert classifier.row_exponents.size == 0
    for image in images[:3]:
        np.testing.assert_array_equal(packed.run(image), oracle_logits(packed, image))
    scales = packed.check.values["weight_scales"]
    assert scales["channel"]["agreeing"] == packed.check.values["agreeing"]
    with pytest.raises(colcomb.UserError, match="must be layer or channel"):
        colcomb.quantize(network, images=images, weight_scales="row")


def test_forms_of_images(packed):
    images = random_images(packed.input_shape, 70, seed=8)
    logits = packed.run(images)
    np.testing.assert_array_equal(packed.run(images[3]), logits[3])
    np.testing.assert_array_equal(packed.run(images[::7]), logits[::7])
    np.testing.assert_array_equal(packed.run(np.asfortranarray(images)), logits)
    assert packed.run(images[:0]).shape == (0, 3)
    out = np.zeros((70, 3), np.int32)
    assert packed.run(images, out=out) is out
    np.testing.assert_array_equal(out, logits)
    calls = []
    chunked = packed.run(images, progress=lambda done, total: calls.append((done, total)))
    np.testing.assert_array_equal(chunked, logits)
    assert calls == [(64, 70), (70, 70)]
    with pytest.raises(colcomb.UserError, match="must be of the 70 images"):
        packed.run(images, out=np.zeros((71, 3), np.int32), progress=print)


def test_long_calls_give_the_lock_away():
    counts = [0]
    done = threading.Event()

    def count():
        while not done.wait(0.001):
            counts[0] += 1

    thread = threading.Thread(target=count)
    matrix = np.random.default_rng(1).normal(size=(64, 64))
    thread.start()
    try:
        time.sleep(0.01)
        before = counts[0]
        colcomb.group(matrix, seconds=0.3)
        during = counts[0] - before
    finally:
        done.set()  # or the test's program would never end
        thread.join()
    assert during > 3


def test_threads_take_turns(packed):
    images = [random_images(packed.input_shape, 16, seed=seed) for seed in range(8)]
    expected = [packed.run(one) for one in images]
    with ThreadPoolExecutor(4) as pool:
        for found, wanted in zip(pool.map(packed.run, images * 5), expected * 5):
            np.testing.assert_array_equal(found, wanted)


def test_layers_are_views(packed, network):
    layer = packed.layers[1]
    assert layer.matrix.values.base is not None and not layer.matrix.values.flags.writeable
    assert np.shares_memory(layer.matrix.values, packed.layers[1].matrix.values)
    with pytest.raises(ValueError):
        layer.matrix.values[0, 0] = 1
    weights = network.layers[1].weights
    del network
    assert np.isfinite(weights).all()
    assert layer.matrix.groups == packed.layers[1].matrix.groups
    np.testing.assert_array_equal(layer.columns[:, 0], np.arange(8))


def test_packing_keeps_the_combined_weights(network, packed):
    for before, after in zip(network.layers[:-1], packed.layers):
        if before.alpha > 1:
            assert after.matrix.groups == before.groups
        full = colcomb.unpack(after)
        assert not full[before.mask == 0].any()
        # without batch norm and, behind the first layer, without the image's normalization
        if before.name != "conv1":
            step = 2.0**-after.fraction_bits
            np.testing.assert_allclose(full * step, before.effective, atol=step / 2 + 1e-7)
    report = network.report
    assert [layer.name for layer in report.layers] == [layer.name for layer in network.layers]
    assert report.total.nonzeros < report.total.nonzeros_before
    assert str(report) in str(network) and "<table>" in network._repr_html_()


def test_files_go_both_ways(network, packed, tmp_path):
    network.save(tmp_path / "net.ckpt")
    again = colcomb.Network.load(tmp_path / "net.ckpt")
    for one, other in zip(network.layers, again.layers):
        np.testing.assert_array_equal(one.weights, other.weights)
        assert one.groups == other.groups
    packed.save(tmp_path / "net.packed")
    loaded = colcomb.PackedNetwork.load(tmp_path / "net.packed", threads=1)
    images, labels = loaded.samples
    assert images.shape == (16, 2, 6, 6) and labels.tolist() == [i % 3 for i in range(16)]
    np.testing.assert_array_equal(loaded.run(images), packed.run(images))
    loaded.export_onnx(tmp_path / "net.onnx")
    assert (tmp_path / "net.onnx").stat().st_size > 1000


def test_the_command_packs_and_quantizes_the_same(small, tmp_path):
    path = small.write(tmp_path / "small.onnx")
    images = random_images(small.shape, 4)
    network = colcomb.import_onnx(path, mean=0.5, std=0.25, activation_limit=4)
    command("import", path, "--input-mean", 0.5, "--input-std", 0.25, "--activation-limit", 4,
            "--out", tmp_path / "net.ckpt")
    combined = colcomb.pack(network, alpha=4, gamma=1, prune=0.25, policy="pairwise")
    flags = ["--alpha", 4, "--gamma", 1, "--prune", 0.25, "--policy", "pairwise"]
    text = command("pack", tmp_path / "net.ckpt", *flags, "--out", tmp_path / "c.ckpt", "--json")
    said = json.loads(text)["total"]
    assert said == {name: getattr(combined.report.total, name) for name in said}
    quantized = colcomb.quantize(combined, pooling_fraction_bits=2)
    command("quantize", tmp_path / "c.ckpt", "--pooling-fraction-bits", 2, "--out",
            tmp_path / "c.packed")
    theirs = colcomb.PackedNetwork.load(tmp_path / "c.packed")
    np.testing.assert_array_equal(quantized.run(images), theirs.run(images))
    for one, other in zip(quantized.layers, theirs.layers):
        np.testing.assert_array_equal(one.matrix.values, other.matrix.values)


def test_combining_for_an_array_and_other_options(network, small):
    fitted = colcomb.pack(network, array="4x4", fit=True)
    assert fitted.allocation.values["array"] == "4x4" and "4x4" in fitted.allocation._repr_html_()
    images = random_images(small.shape, 8)
    powers = colcomb.quantize(network, images=images, weights="pow2", check_images=8,
                              permute_rows=True)
    values = np.abs(powers.layers[1].matrix.values.astype(int))
    assert set(np.unique(values)) <= {0, 1, 2, 4, 8, 16, 32, 64}
    assert 0 <= powers.check.agreement <= 1 and powers.check.values["images"] == 8
    assert [name for name, *_ in powers.routing] == [layer.name for layer in powers.layers]


def test_groups_of_a_model_come_along(tmp_path):
    model = SmallModel()
    model.second[:, 1:4] = 0
    model.second[::2, 0] = 0
    model.second[1::2, 4] = 0
    groups = [[0, 4], [5], [6], [7]]
    path = model.write(tmp_path / "g.onnx", {"colcomb.groups": json.dumps({"second.weight": groups})})
    layers = colcomb.import_onnx(path, mean=0, std=1, activation_limit=6).layers
    assert layers[0].groups is None and layers[1].groups == ((0, 4), (5,), (6,), (7,))
    packed = colcomb.pack(layers[1].effective, layers[1].groups)
    np.testing.assert_array_equal(colcomb.unpack(packed), model.second[:, :, 0, 0])


@pytest.mark.parametrize(
    "text, message",
    [
        ("[", "must be a JSON object"),
        ('{"third.weight": []}', "must name the weights"),
        ('{"second.weight": [["a"]]}', "must be lists of column indices"),
        ('{"second.weight": [[0, 99]]}', "out of range"),
        ('{"second.weight": [[0, 1], [2], [3], [4], [5], [6], [7]]}', "row 0 has two nonzero"),
        ('{"second.weight": [[0]]}', "is in no group"),
    ],
)
def test_groups_that_do_not_fit_are_refused(small, tmp_path, text, message):
    path = small.write(tmp_path / "bad.onnx", {"colcomb.groups": text})
    with pytest.raises(colcomb.UserError, match=message):
        colcomb.import_onnx(path, mean=0, std=1, activation_limit=6)
