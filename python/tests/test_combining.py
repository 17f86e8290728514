"""group, pack, unpack against plain definitions."""

import numpy as np
import pytest
from oracles import combined_mask, conflicts, unpacked

import colcomb

SHAPES = [(1, 1), (7, 13), (16, 31), (33, 5), (2, 64)]


def sparse(shape, density=0.3, seed=1):
    draw = np.random.default_rng(seed)
    matrix = draw.normal(size=shape) * (draw.random(shape) < density)
    return matrix.astype(np.float32)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("policy", ["search", "pairwise", "dense-first"])
def test_groups_obey_alpha_and_gamma_and_keep_the_largest_weights(shape, policy):
    matrix = sparse(shape)
    grouping = colcomb.group(matrix, alpha=4, gamma=0.5, policy=policy)
    columns = [column for group in grouping.groups for column in group]
    assert sorted(columns) == [c for c in range(shape[1]) if matrix[:, c].any()]
    for group in grouping.groups:
        assert 1 <= len(group) <= 4
        assert conflicts(matrix, group) <= 0.5 * shape[0]
    np.testing.assert_array_equal(grouping.mask, combined_mask(matrix, grouping.groups))
    kept = np.abs(matrix[grouping.mask].astype(float)).sum()
    total = np.abs(matrix.astype(float)).sum()
    assert grouping.retained_magnitude == pytest.approx(kept / total if total else 1)
    assert grouping.report.groups == len(grouping) and grouping.report.rows == shape[0]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", [np.float32, np.int8])
def test_unpack_gives_back_what_was_packed(shape, dtype):
    matrix = (sparse(shape, seed=3) * 20).astype(dtype)
    grouping = colcomb.group(matrix.astype(np.float32), alpha=8)
    packed = colcomb.pack(matrix, grouping)
    assert packed.values.dtype == dtype and packed.shape == (shape[0], len(grouping))
    expected = matrix * grouping.mask
    np.testing.assert_array_equal(colcomb.unpack(packed), expected)
    oracle = unpacked(packed.values, packed.selects, packed.groups, packed.columns)
    np.testing.assert_array_equal(oracle, expected)


def test_pack_by_options_is_group_and_pack():
    matrix = sparse((20, 40))
    packed = colcomb.pack(matrix, alpha=4, gamma=0.5, prune=0.5)
    grouping = colcomb.group(matrix, alpha=4, gamma=0.5, prune=0.5)
    assert packed.groups == grouping.groups
    np.testing.assert_array_equal(colcomb.unpack(packed), matrix * grouping.mask)


def test_options_of_the_search():
    matrix = sparse((32, 48), density=0.2, seed=5)
    wide = colcomb.group(matrix, alpha=8, gamma=0.5)
    narrow = colcomb.group(matrix, alpha=8, groups_target=6)
    assert len(narrow) <= 6 < len(wide)
    tiles = colcomb.group(matrix, alpha=8, tiles_target=2, array="16x8")
    assert len(tiles) <= 8 and tiles.report.tiles <= 2
    again = colcomb.group(matrix, alpha=8, gamma=0.5, start=wide.groups)
    assert again.retained_magnitude >= wide.retained_magnitude
    bounded = colcomb.group(matrix, alpha=8, bound=True)
    assert 0 <= bounded.gap_to_bound <= 1
    filled = colcomb.group(matrix, alpha=8, prune=0.5, fill_empty_cells=True)
    assert filled.mask.sum() >= colcomb.group(matrix, alpha=8, prune=0.5).mask.sum()
    importance = np.where(matrix != 0, 1.0 / (np.abs(matrix) + 1e-3), 0)
    other = colcomb.group(matrix, alpha=8, gamma=4, importance=importance)
    assert other.retained_magnitude < colcomb.group(matrix, alpha=8, gamma=4).retained_magnitude


def test_a_mask_prunes_for_good():
    matrix = sparse((16, 16), density=0.9)
    gone = np.zeros((16, 16), bool)
    gone[::2] = True
    grouping = colcomb.group(matrix, alpha=4, mask=~gone)
    assert not grouping.mask[gone].any() and grouping.mask.any()


def test_convolutions_and_grouped_convolutions():
    draw = np.random.default_rng(4)
    weights = draw.normal(size=(8, 4, 3, 3)).astype(np.float32)
    grouping = colcomb.group(weights, alpha=4)
    assert grouping.mask.shape == (8, 36)
    depthwise = draw.normal(size=(8, 1, 3, 3)).astype(np.float32)
    grouping = colcomb.group(depthwise, alpha=8, conv_groups=8)
    assert grouping.mask.shape == (8, 72) and grouping.mask.sum() == 72
    assert len(grouping) == 9  # without a conflict: a column of each channel in turn
    packed = colcomb.pack(depthwise, grouping)
    full = colcomb.unpack(packed)
    for n in range(8):
        np.testing.assert_array_equal(full[n, 9 * n : 9 * n + 9], depthwise[n, 0].ravel())


def test_results_print_and_show_as_html():
    grouping = colcomb.group(sparse((8, 12)))
    assert "8 x 12 into" in str(grouping) and "<table>" in grouping._repr_html_()
    packed = colcomb.pack(sparse((8, 12)))
    assert "of 8 x 12" in str(packed) and "<table>" in packed._repr_html_()
    assert repr(grouping) == f"<colcomb.Grouping: {grouping}>" and len(repr(packed)) < 200
    named = colcomb.group(sparse((8, 12)), name="<b>")
    assert "<b>" not in named._repr_html_() and "&lt;b&gt;" in named._repr_html_()
