#pragma once

#include <cstddef>
#include <vector>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/combining/combine.hpp"

// Internal to the room.
namespace colcomb::combining {

/// combine_columns for a layer that reads several maps: no group has columns of two parts, since
/// no column tile of the array reads two maps. Each part is pruned and grouped by itself, so
/// prune_fraction is of each part's weights; groups_target is shared out so that the parts' groups
/// hold about equally many columns. With one part the same as combine_columns; with several
/// gap_to_bound is absent.
/// Requires: as combine_columns; `parts` are those of the layer whose weights these are.
/// Errors: as combine_columns.
[[nodiscard]] Combined combine_parts(const std::vector<LayerPart>& parts,
                                     const Matrix<float>& stored,
                                     const Matrix<std::uint8_t>& remaining,
                                     const CombineOptions& options);

}  // namespace colcomb::combining
