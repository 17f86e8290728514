"""What colcomb.torch exports, `colcomb import` reads exactly."""

import os
import subprocess

import numpy as np
import pytest
import torch
from onnx_models import random_images
from test_documentation import code_block
from test_torch_combiner import EXAMPLE, train
from torch_models import Separable, small_cnn

import colcomb
import colcomb.torch

MEAN, STD = 0.4, 0.25


def trained(model):
    optimizer = torch.optim.SGD(model.parameters(), 0.05, momentum=0.9)
    combiner = colcomb.torch.combine(
        model, alpha=4, gamma=0.5, example_input=EXAMPLE, total_steps=6, steps=2)
    train(model, optimizer, combiner, 6)
    return combiner


def torch_logits(model, images):
    model.eval()
    pixels = torch.from_numpy(images).float() / 255
    with torch.no_grad():
        return model((pixels - MEAN) / STD).numpy()


@pytest.fixture(scope="module", params=["batch norm", "biases", "separable"])
def exported(request, tmp_path_factory):
    model = Separable() if request.param == "separable" else small_cnn(request.param != "biases")
    combiner = trained(model)
    path = tmp_path_factory.mktemp("export") / "model.onnx"
    combiner.export(path)
    return model, combiner, path


def test_float_logits_are_the_models(exported):
    model, _, path = exported
    images = random_images((1, 12, 12), 20)
    network = colcomb.import_onnx(path, mean=MEAN, std=STD, images=images, calibration="min-max")
    found = network.run(images) * network.logit_divisor
    np.testing.assert_allclose(found, torch_logits(model, images), rtol=1e-4, atol=1e-4)


def test_packed_matrices_are_the_combined_ones(exported):
    _, combiner, path = exported
    network = colcomb.import_onnx(path, mean=MEAN, std=STD, activation_limit=6)  # keeps the scale
    weights = [limit.weights for limit in network.limits]
    assert weights == [f"{layer.name}.weight" for layer in combiner.layers]
    for layer, imported in zip(combiner.layers, network.layers):
        assert imported.groups == layer.groups, layer.name
        np.testing.assert_array_equal(imported.effective, layer.matrix() * layer.full_mask())
    expected = combiner.packed()
    for layer, imported in zip(combiner.layers, network.layers):
        packed = colcomb.pack(imported.effective, imported.groups)
        np.testing.assert_array_equal(packed.values, expected[layer.name].values)
        np.testing.assert_array_equal(packed.selects, expected[layer.name].selects)
    integers = colcomb.quantize(network, images=random_images((1, 12, 12), 8))
    for layer, quantized in zip(combiner.layers, integers.layers):
        if layer.alpha > 1:
            assert quantized.matrix.groups == layer.groups


def test_the_command_reads_it_too(exported, tmp_path):
    _, combiner, path = exported
    done = subprocess.run(
        [os.environ["COLCOMB_COMMAND"], "import", path, "--input-mean", str(MEAN), "--input-std",
         str(STD), "--activation-limit", "6", "--out", tmp_path / "net.ckpt"],
        capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    layers = colcomb.Network.load(tmp_path / "net.ckpt").layers
    assert [layer.groups for layer in layers[:-1]] == [layer.groups for layer in combiner.layers]


def test_an_export_changes_nothing(exported, tmp_path):
    model, combiner, _ = exported
    model.train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    combiner.export(tmp_path / "again.onnx", opset=11)
    assert model.training
    for name, value in model.state_dict().items():
        assert torch.equal(value, before[name]), name
    assert list(tmp_path.iterdir()) == [tmp_path / "again.onnx"]


def test_the_readmes_lines(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    raw_images = random_images((1, 12, 12), 8)
    names = {"colcomb": colcomb, "model": small_cnn(), "images": EXAMPLE, "raw_images": raw_images}
    exec(code_block("README.md", "Your own model"), names)
    assert "32 x 32 array" in capsys.readouterr().out
    assert names["packed"].run(raw_images).shape == (8, 4)


def test_later_exporters_are_asked_to_trace(tmp_path, monkeypatch):
    asked = {}

    def export(model, args, f, *, training, dynamo=True, **settings):
        asked.update(settings, dynamo=dynamo)
        open(f, "wb").close()

    combiner = colcomb.torch.combine(small_cnn(), alpha=4, example_input=EXAMPLE)
    monkeypatch.setattr(torch.onnx, "export", export)
    combiner.export(tmp_path / "model.onnx", opset=17, verbose=True)
    assert asked["dynamo"] is False and asked["opset_version"] == 17 and asked["verbose"]
    combiner.export(tmp_path / "model.onnx", dynamo=True)
    assert asked["dynamo"] is True


def test_an_export_needs_an_example():
    combiner = colcomb.torch.combine(small_cnn())
    with pytest.raises(colcomb.UserError) as caught:
        combiner.export("nowhere.onnx")
    assert caught.value.field == "example_input"
