#include <fmt/format.h>

#include "colcomb/artifacts/filter_matrix.hpp"
#include "colcomb/artifacts/packed_matrix.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/combining/analysis.hpp"
#include "colcomb/combining/combine.hpp"
#include "colcomb/combining/combine_network.hpp"
#include "colcomb/combining/conflicts.hpp"
#include "colcomb/combining/magnitude.hpp"
#include "colcomb/report/combining_table.hpp"
#include "colcomb/report/json.hpp"
#include "python/src/core.hpp"

namespace colcomb::python {
namespace {

using Groups = std::vector<std::vector<std::uint32_t>>;

combining::Objective objective_of(const std::string& name) {
  if (name == "magnitude") return combining::Objective::kMagnitude;
  if (name == "square") return combining::Objective::kSquare;
  throw option_error("objective", name, "must be magnitude or square");
}

/// What `group` takes beside the weights; the same defaults as colcomb/group.
struct GroupArguments {
  std::size_t alpha, groups_target, tiles_target, array_rows, array_columns, conv_groups;
  double gamma, prune, seconds;
  std::string policy, objective;
  std::uint64_t seed, steps;
  bool fill_empty_cells, bound;
};

combining::CombineOptions options_of(const GroupArguments& given, std::size_t rows) {
  combining::CombineOptions options;
  options.prune_fraction = given.prune;
  options.fill_empty_cells = given.fill_empty_cells;
  options.bound = given.bound;
  combining::GroupingOptions& grouping = options.grouping;
  grouping.alpha = given.alpha;
  grouping.gamma = combining::gamma_of_grouped(given.gamma, given.alpha, given.conv_groups);
  grouping.policy = combining::parse_policy(given.policy);
  grouping.objective = objective_of(given.objective);
  grouping.seed = given.seed;
  grouping.search_steps = given.steps;
  grouping.search_seconds = given.seconds;
  grouping.groups_target = given.tiles_target == 0
                               ? given.groups_target
                               : combining::groups_for_tiles(given.tiles_target, rows,
                                                             given.array_rows, given.array_columns);
  return options;
}

/// (mask, groups, retained magnitude, gap or None, the layer's report as JSON).
py::tuple group_columns(const Array<float>& weights,
                        const std::optional<Array<std::uint8_t>>& remaining,
                        const std::optional<Array<float>>& importance,
                        const std::optional<Groups>& start, const std::string& name,
                        const GroupArguments& given) {
  const Matrix<float> stored = matrix_of(weights);
  std::optional<Matrix<std::uint8_t>> kept;
  if (remaining) kept = matrix_of(*remaining);
  std::optional<Matrix<float>> worth;
  if (importance) worth = matrix_of(*importance);
  std::optional<ColumnGroups> from;
  if (start) from = ColumnGroups{*start};
  combining::Combined combined;
  LayerReport report;
  {
    const py::gil_scoped_release release;
    combining::CombineOptions options = options_of(given, stored.rows());
    combining::check(options.grouping);
    if (from) {
      const std::string broken = invalid_grouping(*from, stored.cols(), kMaxAlpha);
      if (!broken.empty()) throw option_error("start", "", broken);
      options.grouping.start = &*from;
    }
    if (worth) options.grouping.importance = &*worth;
    combined = kept ? combining::combine_columns(stored, *kept, options)
                    : combining::combine_columns(stored, options);
    report = combining::report_layer(
        {name, stored, combined.mask, combined.groups, given.alpha, 1, given.conv_groups},
        given.array_rows, given.array_columns);
  }
  return py::make_tuple(array_of(combined.mask), combined.groups.groups,
                        combined.retained_magnitude, combined.gap_to_bound,
                        report::to_json(report).dump());
}

/// A matrix, its mask, groups and what else a report needs of a layer.
using LayerArguments = std::tuple<std::string, Array<float>, Array<std::uint8_t>, Groups,
                                  std::size_t, std::uint64_t, std::size_t>;

/// What combining did to layers of (name, weights, mask, groups, alpha, pixels, conv_groups).
Report report_layers(const std::vector<LayerArguments>& layers, std::size_t array_rows,
                     std::size_t array_columns) {
  std::vector<Matrix<float>> weights;
  std::vector<Matrix<std::uint8_t>> masks;
  std::vector<ColumnGroups> groups;
  for (const auto& [name, stored, mask, columns, alpha, pixels, conv_groups] : layers) {
    weights.push_back(matrix_of(stored));
    masks.push_back(matrix_of(mask));
    groups.push_back({columns});
  }
  const py::gil_scoped_release release;
  std::vector<combining::CombinedLayer> combined;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    combined.push_back({std::get<0>(layers[i]), weights[i], masks[i], groups[i],
                        std::get<4>(layers[i]), std::get<5>(layers[i]), std::get<6>(layers[i])});
  }
  const CombiningReport report = combining::report_layers(combined, array_rows, array_columns);
  return {report::to_json(report).dump(), report::combining_table(report)};
}

template <class T>
void require_packable(const Matrix<T>& matrix, const ColumnGroups& groups) {
  const std::string broken = invalid_grouping(groups, matrix.cols(), kMaxAlpha);
  if (!broken.empty()) throw option_error("groups", "", broken);
  std::vector<std::size_t> group_of(matrix.cols(), groups.size());
  for (std::size_t g = 0; g < groups.size(); ++g) {
    for (const std::uint32_t column : groups.groups[g]) group_of[column] = g;
  }
  std::vector<std::size_t> last_row(groups.size(), matrix.rows());  // whose weight was seen
  for (std::size_t row = 0; row < matrix.rows(); ++row) {
    for (std::size_t column = 0; column < matrix.cols(); ++column) {
      if (matrix(row, column) == T{}) continue;
      const std::size_t g = group_of[column];
      if (g == groups.size())
        throw option_error("groups", fmt::format("column {} in no group", column),
                           "must hold every column with a nonzero weight");
      if (last_row[g] == row)
        throw option_error("weights", fmt::format("two nonzeros of row {} in group {}", row, g),
                           "must have one nonzero per row and group: prune the conflicts first");
      last_row[g] = row;
    }
  }
}

template <class T>
py::tuple pack_matrix(const Array<T>& weights, const Groups& groups) {
  const Matrix<T> matrix = matrix_of(weights);
  PackedMatrix<T> packed;
  {
    const py::gil_scoped_release release;
    const ColumnGroups columns{groups};
    require_packable(matrix, columns);
    packed = pack(matrix, columns);
  }
  return py::make_tuple(array_of(packed.values), array_of(packed.selects));
}

template <class T>
py::array unpack_matrix(const Array<T>& values, const Array<std::uint8_t>& selects,
                        const Groups& groups, std::size_t columns) {
  PackedMatrix<T> packed{matrix_of(values), matrix_of(selects), {groups}, columns};
  const std::string broken = invalid_grouping(packed.groups, columns, kMaxAlpha);
  if (!broken.empty()) throw option_error("groups", "", broken);
  if (packed.values.cols() != groups.size() || packed.selects.cols() != groups.size() ||
      packed.selects.rows() != packed.values.rows()) {
    throw option_error("packed", "",
                       "values and selects must be N x G, with one column for each group");
  }
  for (std::size_t row = 0; row < packed.rows(); ++row) {
    for (std::size_t g = 0; g < groups.size(); ++g) {
      if (packed.selects(row, g) >= groups[g].size()) {
        throw option_error(
            "packed", fmt::format("select {} in row {}", packed.selects(row, g), row),
            fmt::format("must be below the {} columns of group {}", groups[g].size(), g));
      }
    }
  }
  return array_of(unpack(packed));
}

}  // namespace

void bind_combining(py::module_& module) {
  module.def(
      "group",
      [](const Array<float>& weights, const std::optional<Array<std::uint8_t>>& mask,
         const std::optional<Array<float>>& importance, const std::optional<Groups>& start,
         const std::string& name, std::size_t alpha, double gamma, const std::string& policy,
         double prune, std::uint64_t seed, const std::string& objective, std::size_t groups_target,
         std::size_t tiles_target, std::size_t array_rows, std::size_t array_columns,
         std::uint64_t steps, double seconds, std::size_t conv_groups, bool fill_empty_cells,
         bool bound) {
        return group_columns(
            weights, mask, importance, start, name,
            {alpha, groups_target, tiles_target, array_rows, array_columns, conv_groups, gamma,
             prune, seconds, policy, objective, seed, steps, fill_empty_cells, bound});
      },
      py::arg("weights"), py::kw_only(), py::arg("mask"), py::arg("importance"), py::arg("start"),
      py::arg("name"), py::arg("alpha"), py::arg("gamma"), py::arg("policy"), py::arg("prune"),
      py::arg("seed"), py::arg("objective"), py::arg("groups_target"), py::arg("tiles_target"),
      py::arg("array_rows"), py::arg("array_columns"), py::arg("steps"), py::arg("seconds"),
      py::arg("conv_groups"), py::arg("fill_empty_cells"), py::arg("bound"));
  module.def("report_layers", &report_layers);
  module.def("expand_grouped", [](const Array<float>& weights, std::size_t conv_groups) {
    const Matrix<float> matrix = matrix_of(weights);
    if (conv_groups == 0 || matrix.rows() % conv_groups != 0) {
      throw option_error("conv_groups", fmt::to_string(conv_groups),
                         fmt::format("must divide the {} filters", matrix.rows()));
    }
    return array_of(expand_grouped_convolution(matrix, conv_groups));
  });
  module.def("pack_float", &pack_matrix<float>);
  module.def("pack_int8", &pack_matrix<std::int8_t>);
  module.def("unpack_float", &unpack_matrix<float>);
  module.def("unpack_int8", &unpack_matrix<std::int8_t>);
}

}  // namespace colcomb::python
