"""colcomb.torch inside a training loop."""

import copy

import numpy as np
import pytest
import torch
from oracles import combined_mask
from torch import nn
from torch_models import Separable, batches, small_cnn

import colcomb
import colcomb.torch

EXAMPLE = torch.zeros(1, 1, 12, 12)


def train(model, optimizer, combiner, count, step=True):
    for images, labels in batches(count):
        def closure():
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(images), labels)
            loss.backward()
            return loss

        optimizer.step(closure)
        if step:
            combiner.step()


def expect_combined(combiner):
    """Of each row and group at most one weight is not 0."""
    for layer in combiner.layers:
        matrix = layer.full_mask() * layer.matrix()
        for group in layer.groups:
            assert len(group) <= layer.alpha
            assert (np.count_nonzero(matrix[:, list(group)], axis=1) <= 1).all()
        weight = layer.module.weight.detach()
        assert (weight[~layer.mask] == 0).all()


OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD(p, 0.1, momentum=0.9, weight_decay=1e-2),
    "nesterov": lambda p: torch.optim.SGD(p, 0.1, momentum=0.9, nesterov=True),
    "adam": lambda p: torch.optim.Adam(p, 0.01),
    "adamw": lambda p: torch.optim.AdamW(p, 0.01),
    "rmsprop": lambda p: torch.optim.RMSprop(p, 0.01, momentum=0.9),
    "lbfgs": lambda p: torch.optim.LBFGS(p, 0.01, max_iter=2),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_no_optimizer_brings_pruned_weights_back(name):
    model = small_cnn()
    optimizer = OPTIMIZERS[name](model.parameters())
    combiner = colcomb.torch.combine(
        model, alpha=4, example_input=EXAMPLE, total_steps=8, until=0.5, steps=2)
    train(model, optimizer, combiner, 8)  # momentum of what is pruned later
    assert combiner.finished
    expect_combined(combiner)
    masks = [layer.mask.clone() for layer in combiner.layers]
    train(model, optimizer, combiner, 3, step=False)
    model.eval()
    computed = model(next(batches(1))[0])  # a forward pass is enough, without step()
    for layer, mask in zip(combiner.layers, masks):
        assert (layer.module.weight[~mask] == 0).all()
        assert torch.equal(layer.mask, mask)
    plain = small_cnn()
    plain.load_state_dict(model.state_dict())
    assert torch.equal(plain.eval()(next(batches(1))[0]), computed)


def test_momentum_alone_would_bring_them_back():
    # What the test above would see without masks: it can fail.
    model = small_cnn()
    optimizer = OPTIMIZERS["sgd"](model.parameters())
    train(model, optimizer, None, 4, step=False)
    weight = model[0].weight
    with torch.no_grad():
        weight[0] = 0
    train(model, optimizer, None, 1, step=False)
    assert (weight[0] != 0).all()


def test_the_schedule_is_the_librarys():
    # training/schedule.cpp: steps over half of the run; 1 - (1 - i/n)^3 of the rate; gamma i/n.
    calls = []
    model = small_cnn()
    combiner = colcomb.torch.combine(
        model, alpha=8, gamma=1.75, example_input=EXAMPLE, total_steps=40, steps=4,
        prune_rate=0.8, fill_empty_cells=False,
        progress=lambda done, total: calls.append((combiner._calls, done, total)))
    nonzeros = []
    for _ in range(40):
        if combiner.step():
            nonzeros.append([int(layer.mask.sum()) for layer in combiner.layers])
    assert calls == [(5, 1, 4), (10, 2, 4), (15, 3, 4), (20, 4, 4)]
    for i, counts in enumerate(nonzeros, 1):
        rate = 0.8 * (1 - (1 - i / 4) ** 3)
        assert counts[0] == 72  # the first layer has alpha 1
        for count, layer in zip(counts[1:], combiner.layers[1:]):
            size = layer.module.weight.numel()
            assert count <= size - int(rate * (1 - 1 / 8) * size)  # and conflicts beside
    assert nonzeros[0] > nonzeros[1] > nonzeros[2] > nonzeros[3]


def test_a_step_is_what_group_does_to_the_stored_weights():
    model = small_cnn()
    before = model[3].weight.detach().clone()
    combiner = colcomb.torch.combine(
        model, alpha=4, gamma=0.5, example_input=EXAMPLE, prune_rate=0.5, fill_empty_cells=False)
    layer = combiner.layers[1]
    grouping = colcomb.group(before.numpy(), 4, 0.5, prune=0.5 * 3 / 4, seed=2)
    assert layer.groups == grouping.groups
    np.testing.assert_array_equal(layer.full_mask(), grouping.mask)
    pruned = before.numpy().reshape(16, 72) * (colcomb.group(
        before.numpy(), 1, prune=0.5 * 3 / 4).mask)
    np.testing.assert_array_equal(grouping.mask, combined_mask(pruned, grouping.groups))
    assert torch.equal(layer.values(), before)  # pruned ones are kept, for a later grouping
    filled = colcomb.torch.combine(small_cnn(), alpha=4, example_input=EXAMPLE)
    report = filled.report()
    assert [one.name for one in report.layers] == ["0", "3", "7"]
    assert all(one.utilization == pytest.approx(1) for one in report.layers)
    assert report.layers[1].pixels == 144 and report.layers[2].pixels == 36
    assert report.total.nonzeros == sum(one.nonzeros for one in report.layers)
    assert 0 < report.layers[1].retained_magnitude < 1
    assert "retained" in str(filled) and "<table>" in filled._repr_html_()


def test_pruned_weights_may_return_while_the_schedule_runs():
    model = small_cnn()
    combiner = colcomb.torch.combine(
        model, alpha=4, example_input=EXAMPLE, total_steps=4, until=1, steps=2)
    combiner.step(), combiner.step()
    layer = combiner.layers[1]
    lost = ~layer.mask
    assert lost.any()
    with torch.no_grad():
        layer.module.weight[layer.mask] *= 1e-3  # now the pruned ones are the largest
    combiner.step(), combiner.step()
    assert (layer.mask & lost).any()


def test_state_goes_on():
    def run(interrupted):
        model = small_cnn()
        optimizer = torch.optim.SGD(model.parameters(), 0.05)
        make = lambda m: colcomb.torch.combine(
            m, alpha=4, example_input=EXAMPLE, total_steps=8, steps=3)
        combiner = make(model)
        for i, (images, labels) in enumerate(batches(8)):
            if interrupted and i == 3:
                saved = copy.deepcopy((model.state_dict(), combiner.state_dict()))
                model = small_cnn()
                combiner = make(model)
                model.load_state_dict(saved[0])
                combiner.load_state_dict(saved[1])
                optimizer = torch.optim.SGD(model.parameters(), 0.05)
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(images), labels).backward()
            optimizer.step()
            combiner.step()
        return model, combiner

    (one, first), (other, second) = run(False), run(True)
    assert first.groups == second.groups
    for name, value in one.state_dict().items():
        assert torch.equal(value, other.state_dict()[name]), name
    with pytest.raises(colcomb.UserError) as caught:
        first.load_state_dict({"calls": 0, "done": 0, "layers": {}})
    assert caught.value.field == "state"


def test_grouped_convolutions_and_hidden_linear_layers():
    model = Separable()
    combiner = colcomb.torch.combine(model, alpha=8, gamma=0.5, example_input=EXAMPLE)
    expect_combined(combiner)
    layers = {layer.name: layer for layer in combiner.layers}
    assert list(layers) == ["stem", "depthwise", "pointwise", "hidden"]
    assert layers["depthwise"].mask.all() and len(layers["depthwise"].groups) == 9
    assert layers["hidden"].columns == 288
    packed = combiner.packed()
    for name, layer in layers.items():
        np.testing.assert_array_equal(
            colcomb.unpack(packed[name]), layer.matrix() * layer.full_mask())


def test_an_array_decides_how_many_groups(tmp_path):
    model = small_cnn()
    combiner = colcomb.torch.combine(
        model, alpha=8, array="8x8", example_input=EXAMPLE, total_steps=2, until=1, steps=2)
    combiner.step(), combiner.step()
    expect_combined(combiner)
    dense = tmp_path / "dense.onnx"
    fresh = colcomb.torch.combine(small_cnn(), alpha={"3": 1}, example_input=EXAMPLE)
    fresh.close()
    fresh.export(dense)
    wanted = colcomb.pack(
        colcomb.import_onnx(dense, mean=0, std=1, activation_limit=6), array="8x8", fit=True)
    given = [layer["groups"] for layer in wanted.allocation.values["layers"]][:-1]
    found = [len(layer.groups or range(layer.columns)) for layer in combiner.layers]
    assert found == given
    assert combiner.report().array_rows == 8


def test_layers_by_name_and_skipped_ones():
    model = small_cnn()
    combiner = colcomb.torch.combine(model, alpha={"3": 4, "12": 2}, example_input=EXAMPLE)
    assert [(layer.name, layer.alpha) for layer in combiner.layers] == [("3", 4), ("12", 2)]
    model = small_cnn()
    combiner = colcomb.torch.combine(model, skip=lambda name, module: name == "3")
    assert [layer.name for layer in combiner.layers] == ["0", "7"]
    combiner.close()
    with torch.no_grad():
        model[7].weight.fill_(1)
    model(EXAMPLE)
    assert (model[7].weight == 1).all()  # no hook is left


@pytest.mark.parametrize(
    "arguments, field",
    [
        ({"alpha": 0}, "alpha"),
        ({"alpha": 65}, "alpha"),
        ({"alpha": {"nothing": 2}}, "alpha"),
        ({"gamma": -1.0}, "gamma"),
        ({"prune_rate": 1.5}, "prune_rate"),
        ({"total_steps": -1}, "total_steps"),
        ({"steps": 0}, "steps"),
        ({"until": 0}, "until"),
        ({"policy": "best"}, "policy"),
        ({"array": "8x8"}, "example_input"),
    ],
)
def test_arguments_out_of_range(arguments, field):
    with pytest.raises(colcomb.UserError) as caught:
        colcomb.torch.combine(small_cnn(), **arguments)
    assert caught.value.field == field


def test_a_model_may_be_called_twice_before_one_backward_pass():
    model = small_cnn().train()
    model[1].eval()  # a frozen batch norm stays frozen
    combiner = colcomb.torch.combine(model, alpha=4, example_input=EXAMPLE)
    assert model.training and not model[1].training
    images = next(batches(1))[0]
    (model(images) + model(images)).sum().backward()
    layer = combiner.layers[1]
    assert (layer.module.weight.grad[~layer.mask] == 0).all()
    assert (layer.module.weight.grad[layer.mask] != 0).any()


def test_models_that_cannot_be_combined():
    with pytest.raises(colcomb.UserError, match="must have Conv2d or Linear"):
        colcomb.torch.combine(nn.Sequential(nn.ReLU()))
    model = small_cnn()
    torch.nn.utils.weight_norm(model[3])
    with pytest.raises(colcomb.UserError) as caught:
        colcomb.torch.combine(model, example_input=EXAMPLE)
    assert caught.value.field == "3.weight"
