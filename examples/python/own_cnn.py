"""One's own PyTorch CNN on Fashion-MNIST: combined while it is retrained, then run as integers on the
CPU and on a simulated systolic array. Beside it what magnitude pruning alone gives at the same packed
size: pruned and retrained as long, then packed into as many columns, where conflicts are lost.

    python3 own_cnn.py [--images N] [--epochs N] [--retrain N] [--out FOLDER]

Needs PyTorch (Debian: python3-torch) and the data set (Debian: dataset-fashion-mnist).
"""

import argparse
import copy
import gzip
import json
from pathlib import Path

import numpy as np
import torch
from torch import nn

import colcomb
import colcomb.torch

MEAN, STD = 0.286, 0.353  # of pixel / 255
ALPHA, GAMMA, RATE = 8, 0.5, 0.8


def load(root: Path, split: str, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The first images of a split, uint8, count x 1 x 28 x 28, and their labels."""
    images = gzip.open(root / f"{split}-images-idx3-ubyte.gz").read()
    labels = gzip.open(root / f"{split}-labels-idx1-ubyte.gz").read()
    pixels = np.frombuffer(images, np.uint8, offset=16).reshape(-1, 1, 28, 28)
    return pixels[:count], np.frombuffer(labels, np.uint8, offset=8)[:count]


def make_model() -> nn.Module:
    """Any chain of convolutions will do; this one has 24,000 weights."""

    def block(inputs: int, outputs: int) -> list[nn.Module]:
        conv = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
        return [conv, nn.BatchNorm2d(outputs), nn.ReLU()]

    return nn.Sequential(
        *block(1, 16),
        nn.MaxPool2d(2),
        *block(16, 32),
        nn.MaxPool2d(2),
        *block(32, 64),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(64, 10),
    )


def normalized(images: np.ndarray) -> torch.Tensor:
    return (torch.from_numpy(images.astype(np.float32)) / 255 - MEAN) / STD


def train(model, images, labels, epochs, rate, batch=64, combiner=None) -> None:
    """The user's own loop: one line of it is colcomb's."""
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), rate, momentum=0.9, weight_decay=1e-4)
    batches = len(images) // batch
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=epochs * batches)
    targets = torch.from_numpy(labels.astype(np.int64))
    for _ in range(epochs):
        order = torch.randperm(len(images))
        for i in range(batches):
            chosen = order[i * batch : (i + 1) * batch]
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(normalized(images[chosen])), targets[chosen]).backward()
            optimizer.step()
            schedule.step()
            if combiner is not None:
                combiner.step()


def renew_statistics(model, images, batches=50, batch=64) -> None:
    """Batch norm's running statistics of the model as it is now; its weights stay."""
    model.train()
    with torch.no_grad():
        for i in range(min(batches, len(images) // batch)):
            model(normalized(images[i * batch : (i + 1) * batch]))


def integers(combiner, file: Path, images: np.ndarray, labels: np.ndarray):
    """Exported, imported and quantized."""
    combiner.export(file)
    network = colcomb.import_onnx(file, mean=MEAN, std=STD, images=images[:256])
    return colcomb.quantize(network, images=images[:256], labels=labels[:256])


def accuracy(logits: np.ndarray, labels: np.ndarray) -> float:
    return float((logits.argmax(axis=1) == labels).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default="/usr/share/datasets/fashion-mnist",
                        help="folder of the data set's IDX files")
    parser.add_argument("--images", type=int, default=60000, help="training images")
    parser.add_argument("--test-images", type=int, default=10000, help="test images")
    parser.add_argument("--epochs", type=int, default=4, help="of the dense network")
    parser.add_argument("--retrain", type=int, default=4, help="epochs while it is combined")
    parser.add_argument("--array", default="32x32", help="systolic array that is simulated")
    parser.add_argument("--out", type=Path, default=".", help="folder of the files")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(1)
    images, labels = load(given.data, "train", given.images)
    test_images, test_labels = load(given.data, "t10k", given.test_images)
    example = normalized(images[:1])
    calls = given.retrain * (len(images) // 64)

    model = make_model()
    train(model, images, labels, given.epochs, 0.1)

    # Combined: columns share a column of the array while training goes on.
    ours = copy.deepcopy(model)
    combiner = colcomb.torch.combine(
        ours, ALPHA, GAMMA, example_input=example, total_steps=calls, prune_rate=RATE)
    train(ours, images, labels, given.retrain, 0.05, combiner=combiner)
    print(combiner.report())

    # Magnitude pruning alone: as many weights pruned, as long retrained, then packed as small.
    theirs = copy.deepcopy(model)
    sizes = {name: len(groups) for name, groups in combiner.groups.items()}
    plain = colcomb.torch.combine(
        theirs, {name: 1 for name in list(sizes)[1:]}, example_input=example, total_steps=calls,
        prune_rate_alpha1=RATE * (1 - 1 / ALPHA))
    train(theirs, images, labels, given.retrain, 0.05, combiner=plain)
    plain.close()
    packed_later = colcomb.torch.combine(theirs, ALPHA, groups=sizes, example_input=example)
    renew_statistics(theirs, images)

    packed = integers(combiner, given.out / "combined.onnx", images, labels)
    baseline = integers(packed_later, given.out / "magnitude.onnx", images, labels)
    packed.save(given.out / "combined.packed")
    found = {
        "combined": accuracy(packed.run(test_images), test_labels),
        "magnitude": accuracy(baseline.run(test_images), test_labels),
        "groups": [layer.matrix.shape[1] for layer in packed.layers],
        "baseline_groups": [layer.matrix.shape[1] for layer in baseline.layers],
    }
    machine = colcomb.simulate(packed, given.array)
    found["clocks_per_image"] = machine.interval
    print(machine)
    print(f"packed columns: combined {found['groups']}, magnitude {found['baseline_groups']}")
    print(f"test accuracy in integers: column combining {found['combined']:.4f}, magnitude pruning "
          f"alone at the same packed size {found['magnitude']:.4f}")
    (given.out / "own_cnn.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main()
