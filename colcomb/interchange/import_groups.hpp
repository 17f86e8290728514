#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "colcomb/artifacts/column_groups.hpp"
#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/base/matrix.hpp"
#include "colcomb/interchange/onnx_reader.hpp"

// Internal to the room: which columns of its filter matrices a model's maker has combined.
namespace colcomb::interchange {

/// Key of the model's metadata (metadata_props) whose value is a JSON object: by the name of the
/// initializer that a Conv, Gemm or MatMul reads as its weights, the groups of the filter matrix's
/// columns, e.g. {"conv2.weight": [[0, 9, 17], [1, 12]]}.
inline constexpr char kGroupsKey[] = "colcomb.groups";

using GroupsByWeights = std::map<std::string, ColumnGroups>;

/// What the model's metadata says; empty where it says nothing.
/// Errors: UserError naming the file for a text that is no such object, and for weights that no
/// Conv, Gemm or MatMul reads.
[[nodiscard]] GroupsByWeights read_groups(const OnnxGraph& graph, const std::string& file);

/// Errors: Unsupported unless the groups are valid for the N x M matrix, hold every column with a
/// nonzero, and leave each row one nonzero a group at most.
void require_combined(const ColumnGroups& groups, const Matrix<float>& weights);

/// Groups of two matrices' columns side by side, the second's behind the `first_columns` of the
/// first; each column of a matrix without groups is one of its own. Absent where neither has any.
[[nodiscard]] std::optional<ColumnGroups> groups_side_by_side(
    const std::optional<ColumnGroups>& first, std::size_t first_columns,
    const std::optional<ColumnGroups>& second, std::size_t second_columns);

/// The groups cut where they have columns of several maps, which no group of a layer may have.
/// Requires: valid groups of the layer's columns.
[[nodiscard]] ColumnGroups groups_within_parts(const ColumnGroups& groups,
                                               const LayerDescription& layer);

}  // namespace colcomb::interchange
