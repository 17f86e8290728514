#include "colcomb/interchange/import_groups.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/artifacts/packed_matrix.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/interchange/import_values.hpp"

namespace colcomb::interchange {
namespace {

using Json = nlohmann::json;

const std::string kField = std::string("metadata ") + kGroupsKey;
const char* const kAdvice = "export the model again from what combined it";

bool is_column(const Json& value) {
  return value.is_number_unsigned() &&
         value.get<std::uint64_t>() <= std::numeric_limits<std::uint32_t>::max();
}

bool is_grouping(const Json& value) {
  return value.is_array() && std::ranges::all_of(value, [](const Json& group) {
           return group.is_array() && std::ranges::all_of(group, is_column);
         });
}

std::set<std::string> weights_of(const OnnxGraph& graph) {
  std::set<std::string> names;
  for (const OnnxNode& node : graph.nodes) {
    const bool product = node.op == "Conv" || node.op == "Gemm" || node.op == "MatMul";
    if (product && node.inputs.size() > 1) names.insert(node.inputs[1]);
  }
  return names;
}

/// The group of each of M columns; G where it is in none.
std::vector<std::size_t> group_of_columns(const ColumnGroups& groups, std::size_t columns) {
  std::vector<std::size_t> result(columns, groups.size());
  for (std::size_t g = 0; g < groups.size(); ++g) {
    for (const std::uint32_t column : groups.groups[g]) result[column] = g;
  }
  return result;
}

}  // namespace

GroupsByWeights read_groups(const OnnxGraph& graph, const std::string& file) {
  const auto found = graph.metadata.find(kGroupsKey);
  if (found == graph.metadata.end()) return {};
  const Json json = Json::parse(found->second, nullptr, false);
  if (!json.is_object())
    throw file_error(file, kField, "", "must be a JSON object of groups by the weights' names");
  const std::set<std::string> known = weights_of(graph);
  GroupsByWeights result;
  for (const auto& [name, value] : json.items()) {
    if (!known.contains(name)) {
      throw file_error(file, kField, printable(name),
                       "must name the weights of a Conv, Gemm or MatMul: export without folding "
                       "batch norm into them");
    }
    if (!is_grouping(value))
      throw file_error(file, kField, printable(name), "must be lists of column indices");
    for (const Json& group : value)
      result[name].groups.push_back(group.get<std::vector<std::uint32_t>>());
  }
  return result;
}

void require_combined(const ColumnGroups& groups, const Matrix<float>& weights) {
  const std::string broken = invalid_grouping(groups, weights.cols(), kMaxAlpha);
  if (!broken.empty()) throw Unsupported{fmt::format("{}: {}", kGroupsKey, broken), kAdvice};
  const std::vector<std::size_t> group_of = group_of_columns(groups, weights.cols());
  std::vector<std::size_t> last_row(groups.size(), weights.rows());  // whose nonzero was seen
  for (std::size_t row = 0; row < weights.rows(); ++row) {
    for (std::size_t column = 0; column < weights.cols(); ++column) {
      if (weights(row, column) == 0) continue;
      const std::size_t group = group_of[column];
      if (group == groups.size()) {
        throw Unsupported{fmt::format("{}: column {} has a nonzero weight in row {} and is in no "
                                      "group",
                                      kGroupsKey, column, row),
                          kAdvice};
      }
      if (last_row[group] == row) {
        throw Unsupported{
            fmt::format("{}: row {} has two nonzero weights in group {}", kGroupsKey, row, group),
            kAdvice};
      }
      last_row[group] = row;
    }
  }
}

std::optional<ColumnGroups> groups_side_by_side(const std::optional<ColumnGroups>& first,
                                                std::size_t first_columns,
                                                const std::optional<ColumnGroups>& second,
                                                std::size_t second_columns) {
  if (!first && !second) return std::nullopt;
  ColumnGroups result = first ? *first : singleton_groups(first_columns);
  const ColumnGroups behind = second ? *second : singleton_groups(second_columns);
  for (std::vector<std::uint32_t> group : behind.groups) {
    for (std::uint32_t& column : group) column += static_cast<std::uint32_t>(first_columns);
    result.groups.push_back(std::move(group));
  }
  return result;
}

ColumnGroups groups_within_parts(const ColumnGroups& groups, const LayerDescription& layer) {
  ColumnGroups result;
  for (const auto& group : groups.groups) {
    std::map<std::size_t, std::vector<std::uint32_t>> by_part;
    for (const std::uint32_t column : group) {
      const auto channel = static_cast<std::size_t>(layer.columns[column].channel);
      by_part[part_of_channel(layer, channel)].push_back(column);
    }
    for (auto& [part, columns] : by_part) result.groups.push_back(std::move(columns));
  }
  return result;
}

}  // namespace colcomb::interchange
