"""Column combining of single matrices, and packing (docs/reference/combining.md)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Optional, Union, overload

import numpy as np
import numpy.typing as npt

from . import _core
from ._types import PathLike
from .errors import UserError
from .networks import Network, pack_network
from .results import Grouping, LayerReport, Packed, PackedLayer, groups_of


def _matrix(array: Any, name: str, dtype: Any = np.float32) -> npt.NDArray[Any]:
    """The array as N x M, row by row; N x C x k x k as N x C * k * k."""
    values = np.asarray(array)
    if values.dtype.kind not in "fiub":
        raise UserError.of_argument(name, values.dtype, "must be numbers")
    if values.ndim not in (2, 4):
        shape = " x ".join(str(extent) for extent in values.shape)
        raise UserError.of_argument(name, shape or "a number", "must be N x M or N x C x k x k")
    return np.ascontiguousarray(values.reshape(len(values), -1), dtype=dtype)


def expanded(matrix: npt.NDArray[Any], conv_groups: int) -> npt.NDArray[Any]:
    """The full matrix of a convolution in groups, with zeros between them, of the same type."""
    if conv_groups == 1:
        return matrix
    rows = np.ascontiguousarray(matrix, dtype=np.float32)
    full = _core.expand_grouped(rows, _count(conv_groups, "conv_groups"))
    return full.astype(matrix.dtype, copy=False)


def group(
    weights: npt.ArrayLike,
    alpha: int = 8,
    gamma: float = 1.75,
    *,
    policy: str = "search",
    prune: float = 0.0,
    mask: Optional[npt.ArrayLike] = None,
    importance: Optional[npt.ArrayLike] = None,
    start: Optional[Sequence[Sequence[int]]] = None,
    objective: str = "magnitude",
    groups_target: int = 0,
    tiles_target: int = 0,
    array: str = "32x32",
    fill_empty_cells: bool = False,
    bound: bool = False,
    conv_groups: int = 1,
    seed: int = 1,
    steps: int = 0,
    seconds: float = 0.0,
    name: str = "matrix",
) -> Grouping:
    """Decide which columns of a filter matrix share a column of the array, and which weights survive.

    Prunes by magnitude, groups the columns and prunes the conflicts (paper, Algorithms 1 to 3): of
    each row and group one weight survives. What ``colcomb pack`` does to one matrix.

    Args:
        weights: N x M, or the N x C x k x k of a convolution, as N x C * k * k; finite.
        alpha: most columns in a group, 1 to 64.
        gamma: most conflicts per row of a group, on average.
        policy: "search", "pairwise" or "dense-first".
        prune: part of the weights that magnitude pruning removes first, 0 to 1.
        mask: N x M; where it is 0 a weight is gone for good, and prune counts among the others.
        importance: N x M, not negative: what keeping each weight is worth, in place of ``|w|``.
        start: groups that the search starts from beside its own, e.g. those of the last call.
        objective: what the search retains most of: "magnitude" ``|w|`` or "square" ``w^2``.
        groups_target: search: at most this many groups, gamma giving way; 0: no such limit.
        tiles_target: the same by tiles of `array`; 0: no such limit.
        array: "ROWSxCOLUMNS" or an array's file, for tiles_target and the report's tiles.
        fill_empty_cells: bring the largest pruned weight back into a cell left empty.
        bound: also say how far from the best any grouping could be.
        conv_groups: the weights are of a convolution in so many groups, N x C / conv_groups x k x k;
            the full matrix, with zeros between the groups, is what is grouped.
        seed: equal seeds give equal groups.
        steps: swaps and moves that the search looks at; 0: 1200 for each column.
        seconds: its budget in seconds instead, not repeatable; 0: none.
        name: of the matrix, in the report.

    Returns:
        Groups over the M columns, an N x M mask and a report.

    Raises:
        UserError: naming the argument, its value and the rule it breaks.
    """
    matrix = expanded(_matrix(weights, "weights"), conv_groups)
    kept = None
    if mask is not None:
        kept = _like(mask, "mask", matrix, np.uint8, conv_groups)
        kept = np.ascontiguousarray(kept != 0, dtype=np.uint8)
    worth = None
    if importance is not None:
        worth = _like(importance, "importance", matrix, np.float32, conv_groups)
    rows, columns, _ = _core.array_size(str(array))
    result = _core.group(
        matrix,
        mask=kept,
        importance=worth,
        start=None if start is None else [list(one) for one in start],
        name=name,
        alpha=_count(alpha, "alpha"),
        gamma=_real(gamma, "gamma"),
        policy=policy,
        prune=_real(prune, "prune"),
        seed=_count(seed, "seed"),
        objective=objective,
        groups_target=_count(groups_target, "groups_target"),
        tiles_target=_count(tiles_target, "tiles_target"),
        array_rows=rows,
        array_columns=columns,
        steps=_count(steps, "steps"),
        seconds=_real(seconds, "seconds"),
        conv_groups=conv_groups,
        fill_empty_cells=fill_empty_cells,
        bound=bound,
    )
    keep, groups, retained, gap, text = result
    report = LayerReport(**json.loads(text), gap_to_bound=gap)
    return Grouping(groups_of(groups), keep.view(np.bool_), retained, gap, report)


def _count(value: int, name: str) -> int:
    if not isinstance(value, (int, np.integer)) or value < 0:
        raise UserError.of_argument(name, value, "must be a whole number, 0 or more")
    return int(value)


def _real(value: float, name: str) -> float:
    if not isinstance(value, (int, float, np.integer, np.floating)):
        raise UserError.of_argument(name, value, "must be a number")
    return float(value)


def _like(
    values: npt.ArrayLike, name: str, matrix: npt.NDArray[Any], dtype: Any, conv_groups: int
) -> npt.NDArray[Any]:
    result = _matrix(values, name, dtype)
    if result.shape != matrix.shape:
        result = expanded(result, conv_groups)
    if result.shape != matrix.shape:
        shape = f"{result.shape[0]} x {result.shape[1]}"
        rule = f"must have the shape of the weights, {matrix.shape[0]} x {matrix.shape[1]}"
        raise UserError.of_argument(name, shape, rule)
    return result


@overload
def pack(
    weights: Union[Network, PathLike], groups: None = None, **options: Any
) -> Network: ...
@overload
def pack(
    weights: Union[npt.NDArray[Any], Sequence[Sequence[float]]],
    groups: Union[Grouping, Sequence[Sequence[int]], None] = None,
    **options: Any,
) -> Packed: ...


def pack(weights, groups=None, **options):
    """Pack a filter matrix, or combine the columns of a network's layers (``colcomb pack``).

    Args:
        weights: N x M or N x C x k x k, float or int8; or a :class:`Network`, or its file.
        groups: of a matrix: a :class:`Grouping`, whose mask is applied first; or column indices of
            each group, where each row has one nonzero a group already. None: group(weights,
            ``**options``).
        options: of a matrix without groups: those of :func:`group`. Of a network: alpha (each
            layer's own), gamma (1.75), policy, prune, prune_rate (as training's last step: times
            1 - 1 / alpha), prune_rate_alpha1, fill_empty_cells, seed, objective, groups_target,
            tiles_target, array ("32x32"), threads; fit=True or budget="interval=20000" combine for
            the array instead, with the technology that an energy budget needs.

    Returns:
        Of a matrix a :class:`Packed` with N x G values and selects; of a network a new
        :class:`Network` with masks and groups, and ``report`` of what combining did.

    Raises:
        UserError: for options out of range, groups that do not fit, conflicts that are left.
    """
    if isinstance(weights, (Network, str)) or hasattr(weights, "__fspath__"):
        if groups is not None:
            raise UserError.of_argument("groups", "given", "are of a matrix, not of a network")
        return pack_network(weights, **options)
    integers = np.asarray(weights).dtype == np.int8
    if groups is None:
        groups = group(weights, **options)
    elif options:
        name = next(iter(options))
        raise UserError.of_argument(name, options[name], "has no use where groups are given")
    matrix = _matrix(weights, "weights", np.int8 if integers else np.float32)
    if isinstance(groups, Grouping):
        matrix = expanded(matrix, max(1, groups.report.columns // max(1, matrix.shape[1])))
        if groups.mask.shape != matrix.shape:
            shape = f"{groups.mask.shape[0]} x {groups.mask.shape[1]}"
            rule = f"must be of the weights' shape, {matrix.shape[0]} x {matrix.shape[1]}"
            raise UserError.of_argument("groups", shape, rule)
        matrix = matrix * groups.mask.view(matrix.dtype if integers else np.uint8)
        groups = groups.groups
    columns = groups_of(groups)
    pack_matrix: Any = _core.pack_int8 if integers else _core.pack_float
    values, selects = pack_matrix(np.ascontiguousarray(matrix), [list(one) for one in columns])
    return Packed(values, selects, columns, matrix.shape[1])


def unpack(packed: Union[Packed, PackedLayer]) -> npt.NDArray[Any]:
    """The N x M matrix that a packed matrix, or a packed network's layer, stands for.

    Raises:
        UserError: if shapes, groups or selects do not fit together.
    """
    matrix = packed.matrix if isinstance(packed, PackedLayer) else packed
    integers = matrix.values.dtype == np.int8
    unpack_matrix: Any = _core.unpack_int8 if integers else _core.unpack_float
    values = np.ascontiguousarray(matrix.values, dtype=np.int8 if integers else np.float32)
    groups = [list(one) for one in matrix.groups]
    return unpack_matrix(values, np.ascontiguousarray(matrix.selects), groups, matrix.columns)
