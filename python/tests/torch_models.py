"""Small PyTorch models of one input of 1 x 12 x 12 pixels."""

import torch
from torch import nn


def small_cnn(batch_norm: bool = True) -> nn.Module:
    """Plain convolutions, with batch norm or biases, a pooling and a linear layer."""
    torch.manual_seed(1)

    def layer(inputs: int, outputs: int, kernel: int) -> list[nn.Module]:
        conv = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=not batch_norm)
        return [conv, *([nn.BatchNorm2d(outputs)] if batch_norm else []), nn.ReLU()]

    model = nn.Sequential(
        *layer(1, 8, 3),
        *layer(8, 16, 3),
        nn.MaxPool2d(2),
        *layer(16, 24, 1),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(24, 4),
    )
    return model


class Separable(nn.Module):
    """A depthwise convolution, a residual addition, and a hidden linear layer."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(2)
        self.stem = nn.Conv2d(1, 8, 3, padding=1)
        self.depthwise = nn.Conv2d(8, 8, 3, padding=1, groups=8)
        self.pointwise = nn.Conv2d(8, 8, 1)
        self.hidden = nn.Linear(8 * 6 * 6, 20)
        self.classifier = nn.Linear(20, 4)

    def forward(self, image):
        first = torch.relu(self.stem(image))
        hidden = torch.relu(self.depthwise(first))
        hidden = torch.relu(self.pointwise(hidden) + first)
        hidden = torch.max_pool2d(hidden, 2).flatten(1)
        return self.classifier(torch.relu(self.hidden(hidden)))


def batches(count: int, size: int = 16):
    """Random images and labels."""
    draw = torch.Generator().manual_seed(3)
    for _ in range(count):
        yield torch.randn(size, 1, 12, 12, generator=draw), torch.randint(
            4, (size,), generator=draw
        )
