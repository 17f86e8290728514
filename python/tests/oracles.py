"""Plain and slow: what the library must agree with."""

from __future__ import annotations

import numpy as np


def conflicts(matrix: np.ndarray, group: tuple[int, ...]) -> int:
    """Nonzeros of the group beyond the first of each row."""
    return sum(max(0, sum(row[list(group)] != 0) - 1) for row in matrix)


def combined_mask(matrix: np.ndarray, groups) -> np.ndarray:
    """Paper, Algorithm 3: of each row and group the largest weight, the first among equals."""
    mask = np.zeros(matrix.shape, bool)
    for row in range(len(matrix)):
        for group in groups:
            best = max(group, key=lambda column: (abs(matrix[row, column]), -column))
            mask[row, best] = matrix[row, best] != 0
    return mask


def unpacked(values: np.ndarray, selects: np.ndarray, groups, columns: int) -> np.ndarray:
    """Each weight in the column that its cell selects."""
    full = np.zeros((len(values), columns), values.dtype)
    for row in range(len(values)):
        for g, group in enumerate(groups):
            if values[row, g] != 0:
                full[row, group[selects[row, g]]] = values[row, g]
    return full


def integer_layer(layer, maps: np.ndarray, padding: np.ndarray | None = None) -> np.ndarray:
    """Accumulations of a packed convolution layer: rows x height x width of one image, unpacked and
    multiplied pixel by pixel."""
    weights = unpacked(
        layer.matrix.values.astype(np.int64), layer.matrix.selects, layer.matrix.groups,
        layer.matrix.columns,
    )
    _, height, width = layer.out_shape
    result = np.zeros((len(weights), height, width), np.int64)
    for y in range(height):
        for x in range(width):
            column = np.zeros(len(layer.columns), np.int64)
            for m, (channel, dy, dx) in enumerate(layer.columns):
                row, col = y * layer.stride + dy, x * layer.stride + dx
                if 0 <= row < maps.shape[1] and 0 <= col < maps.shape[2]:
                    column[m] = maps[channel, row, col]
                elif padding is not None:
                    column[m] = padding[channel]
            result[:, y, x] = weights @ column + layer.bias
    return result
