"""simulate, cost, suggest and compile beside the network and the command."""

import json

import numpy as np
import pytest
from onnx_models import random_images
from test_networks import command

import colcomb


def test_both_engines_give_the_networks_logits(packed):
    images = random_images(packed.input_shape, 2, seed=3)
    run = colcomb.simulate(packed, "4x4", images, engine="both", baselines=True)
    np.testing.assert_array_equal(run.logits, packed.run(images))
    assert run.equal_images == run.images == 2 and run.engine == "exact"
    fast = colcomb.simulate(packed, "4x4", images)
    assert (fast.latency, fast.interval) == (run.latency, run.interval)
    assert fast.total.cycles == run.total.cycles and fast.equal_images is None
    assert sum(layer.cycles["total"] for layer in fast.layers) == fast.total.cycles["total"]
    assert len(run.comparison) > 1 and run.comparison[0]["setting"]
    assert "4 x 4 array" in str(run) and "<table>" in run._repr_html_()


def test_programs_run_as_their_network(packed, tmp_path):
    program = colcomb.compile(packed, "4x4", tmp_path / "net.program")
    again = colcomb.Program.load(tmp_path / "net.program")
    assert again.sizes == program.sizes and again.sizes["layers"] == 3
    images = random_images(packed.input_shape, 1, seed=4)
    run = colcomb.simulate(tmp_path / "net.program", images=images, engine="exact",
                           reference=packed)
    np.testing.assert_array_equal(run.logits, packed.run(images))
    assert run.equal_images == 1
    assert run.latency == colcomb.simulate(packed, "4x4", images).latency
    assert "tiles" in str(program) and "<table>" in program._repr_html_()
    assert program.listing()


def test_the_commands_say_the_same(packed, tmp_path):
    path = tmp_path / "net.packed"
    packed.save(path)
    said = json.loads(command("simulate", path, "--array", "8x8", "--images", 16, "--json",
                              "--technology", "sg13g2"))
    run = colcomb.simulate(path, "8x8", technology="sg13g2")
    assert (run.images, run.latency, run.interval) == (16, said["latency"], said["interval"])
    assert run.total.cycles == said["total"]["cycles"]
    assert run.cost.values["network"] == said["cost"]["network"]
    said = json.loads(command("cost", path, "--array", "8x8", "--json", "--compare"))
    cost = colcomb.cost(packed, "8x8", compare=True)
    assert cost.values == said
    energy = cost.energy.on_chip
    assert 0 < energy.low <= energy.high and set(energy.sources) <= set(cost.sources)
    assert str(cost) and "sg13g2" in cost._repr_html_()
    said = json.loads(command("suggest", path, "--array", "8x8", "--json"))
    found = colcomb.suggest(packed, "8x8")
    assert [one.change for one in found.suggestions] == [
        one["change"] for one in said["suggestions"]]
    assert found.now.interval == said["now"]["interval"]


def test_suggestions_of_float_networks(network):
    found = colcomb.suggest(network, "4x4")
    assert found.fitted.interval <= found.now.interval
    assert found.array == "4x4" and str(found).startswith("array 4x4")
    assert "<table>" in found._repr_html_()


def test_a_timeline_is_written(packed, tmp_path):
    file = tmp_path / "timeline.json"
    colcomb.simulate(packed, "4x4", timeline=file)
    assert json.loads(file.read_text())["traceEvents"]


def test_a_batch_must_be_whole(packed, tmp_path):
    array = tmp_path / "two.toml"
    array.write_text("[array]\nrows = 4\ncolumns = 4\n[schedule]\nbatch = 2\n")
    assert colcomb.simulate(packed, array).images == 16
    with pytest.raises(colcomb.UserError, match="multiple of the array's batch, 2"):
        colcomb.simulate(packed, array, random_images(packed.input_shape, 3))
