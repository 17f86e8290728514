"""A ResNet-18 of a quarter of the width for CIFAR-10, trained in PyTorch alone and exported as ONNX:
what docs/user/own-resnet.md carries on with.

    python3 resnet18_cifar10.py --data FOLDER [--images N] [--epochs N] [--width F] [--out FILE.onnx]

Needs PyTorch and NumPy (Debian: python3-torch), and CIFAR-10: its binary release
(cifar-10-batches-bin below FOLDER) or its Python one (cifar-10-batches-py).
"""

import argparse
import json
import pickle
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn

# Of pixel / 255, per channel: what `colcomb import --dataset cifar10` takes too.
MEAN = torch.tensor([0.4914, 0.4822, 0.4465]).view(1, 3, 1, 1)
STD = torch.tensor([0.247, 0.243, 0.261]).view(1, 3, 1, 1)


def load(root: Path, split: str) -> tuple[torch.Tensor, torch.Tensor]:
    """All images of a split, uint8, count x 3 x 32 x 32, and their labels."""
    names = [f"data_batch_{i}" for i in range(1, 6)] if split == "train" else ["test_batch"]
    pixels, labels = [], []
    for name in names:
        binary = root / "cifar-10-batches-bin" / f"{name}.bin"
        if binary.exists():
            records = np.fromfile(binary, np.uint8).reshape(-1, 3073)
            pixels.append(records[:, 1:])
            labels.append(records[:, 0])
        else:
            with open(root / "cifar-10-batches-py" / name, "rb") as file:
                batch = pickle.load(file, encoding="bytes")
            pixels.append(batch[b"data"])
            labels.append(np.asarray(batch[b"labels"]))
    images = torch.from_numpy(np.concatenate(pixels).reshape(-1, 3, 32, 32))
    return images, torch.from_numpy(np.concatenate(labels).astype(np.int64))


class Block(nn.Module):
    """ResNet's basic block; where size or width change, the shortcut is a 1 x 1 convolution."""

    def __init__(self, inputs: int, outputs: int, stride: int):
        super().__init__()
        self.product = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs),
            nn.ReLU(), nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs))
        self.shortcut = nn.Sequential()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        return torch.relu(self.product(x) + self.shortcut(x))


def resnet18(width: float = 1.0, classes: int = 10) -> nn.Module:
    """He et al. 2015 with the 3 x 3 first convolution that 32 x 32 pixels ask for."""
    filters = [max(4, int(width * c)) for c in (64, 128, 256, 512)]
    layers = [nn.Conv2d(3, filters[0], 3, 1, 1, bias=False), nn.BatchNorm2d(filters[0]), nn.ReLU()]
    inputs = filters[0]
    for stage, outputs in enumerate(filters):
        layers.append(Block(inputs, outputs, 1 if stage == 0 else 2))
        layers.append(Block(outputs, outputs, 1))
        inputs = outputs
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, classes)]
    return nn.Sequential(*layers)


def normalized(images: torch.Tensor) -> torch.Tensor:
    return (images.float() / 255 - MEAN) / STD


def augmented(images: torch.Tensor) -> torch.Tensor:
    """Mirrored in half of the cases, and moved by up to 4 pixels; black around them."""
    if torch.rand(()) < 0.5:
        images = images.flip(3)
    y, x = torch.randint(9, (2,)).tolist()
    return nn.functional.pad(images, (4, 4, 4, 4))[:, :, y : y + 32, x : x + 32]


def train(model, images, labels, epochs, rate, batch) -> None:
    optimizer = torch.optim.SGD(model.parameters(), rate, momentum=0.9, weight_decay=5e-4)
    batches = len(images) // batch
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=epochs * batches)
    for epoch in range(epochs):
        model.train()
        order = torch.randperm(len(images))
        start, total = time.monotonic(), 0.0
        for i in range(batches):
            chosen = order[i * batch : (i + 1) * batch]
            loss = nn.functional.cross_entropy(
                model(normalized(augmented(images[chosen]))), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch + 1}: loss {total / batches:.4f}, "
              f"{time.monotonic() - start:.0f} s", flush=True)


def accuracy(model, images, labels) -> float:
    model.eval()
    right = 0
    with torch.no_grad():
        for i in range(0, len(images), 250):
            found = model(normalized(images[i : i + 250])).argmax(1)
            right += int((found == labels[i : i + 250]).sum())
    return right / len(images)


def export(model, path: Path) -> None:
    """Batch norm stays a node of its own (PRESERVE), so that colcomb can go on training with it."""
    model.eval()
    torch.onnx.export(model, torch.zeros(1, 3, 32, 32), str(path), opset_version=13,
                      training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of CIFAR-10")
    parser.add_argument("--images", type=int, default=50000, help="training images, the first ones")
    parser.add_argument("--test-images", type=int, default=10000, help="test images")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--rate", type=float, default=0.1, help="largest learning rate")
    parser.add_argument("--batch", type=int, default=128, help="images a step")
    parser.add_argument("--width", type=float, default=0.25, help="of the published widths")
    parser.add_argument("--out", type=Path, default="resnet18.onnx", help="the exported model")
    given = parser.parse_args()
    torch.manual_seed(1)
    images, labels = load(given.data, "train")
    model = resnet18(given.width)
    print(f"{sum(p.numel() for p in model.parameters())} parameters", flush=True)
    train(model, images[: given.images], labels[: given.images], given.epochs, given.rate,
          given.batch)
    test_images, test_labels = load(given.data, "test")
    found = accuracy(model, test_images[: given.test_images], test_labels[: given.test_images])
    export(model, given.out)
    given.out.with_suffix(".json").write_text(json.dumps({"test_accuracy": found}))
    print(f"test accuracy {found:.4f}; written: {given.out}")


if __name__ == "__main__":
    main()
