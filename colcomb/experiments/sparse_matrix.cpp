#include <fmt/format.h>

#include "colcomb/artifacts/packed_matrix.hpp"
#include "colcomb/experiments/experiment.hpp"
#include "colcomb/experiments/settings.hpp"

namespace colcomb::experiments {
namespace {

std::vector<Settings> sparse_matrix_points(const Plan& plan) {
  return {point_of(plan, plan.last(), Setting::kCombinePrune)};
}

/// The hidden layer with the largest filter matrix, the first of several.
std::size_t largest_layer(const FloatNetwork& network) {
  const auto cells = [&](std::size_t layer) {
    return network.hidden[layer].weights.rows() * network.hidden[layer].weights.cols();
  };
  std::size_t largest = 0;
  for (std::size_t layer = 1; layer < network.hidden.size(); ++layer) {
    if (cells(layer) > cells(largest)) largest = layer;
  }
  return largest;
}

Line line_of(const char* setting, std::size_t filters, std::size_t columns, std::size_t nonzeros) {
  const double cells = static_cast<double>(filters) * static_cast<double>(columns);
  return {
      setting,
      {static_cast<double>(filters), static_cast<double>(columns), static_cast<double>(nonzeros),
       value_of(ratio(100 * static_cast<double>(nonzeros), cells))}};
}

void add_layer(const FloatNetwork& network, Result& result) {
  const std::size_t layer = largest_layer(network);
  const auto matrix = effective_filter(network, layer).weights;
  const std::optional<ColumnGroups>& groups = network.hidden[layer].groups;
  const auto packed = pack(matrix, groups ? *groups : nonzero_columns(matrix));
  const std::size_t nonzeros = count_nonzeros(matrix);
  result.lines = {
      line_of("before packing", matrix.rows(), nonzero_columns(matrix).size(), nonzeros),
      line_of("packed", matrix.rows(), packed.groups.size(), nonzeros)};
  report::ChartSeries before{"before packing", {}, false};
  report::ChartSeries after{"packed", {}, false};
  // Side by side, four columns apart; row 0 on top.
  const auto shift = static_cast<double>(matrix.cols() + 4);
  for (std::size_t row = 0; row < matrix.rows(); ++row) {
    const double y = -static_cast<double>(row);
    for (std::size_t column = 0; column < matrix.cols(); ++column) {
      if (matrix(row, column) != 0) before.points.push_back({static_cast<double>(column), y});
    }
    for (std::size_t group = 0; group < packed.groups.size(); ++group) {
      if (packed.values(row, group) != 0)
        after.points.push_back({shift + static_cast<double>(group), y});
    }
  }
  result.chart.series = {std::move(before), std::move(after)};
  result.notes.push_back(
      fmt::format("layer {} of the network; columns without a weight are left out",
                  network.description.hidden[layer].name));
}

void fill_sparse_matrix(const Plan& plan, const Store& store, Result& result) {
  result.columns = {{"filters", "filters", "", 0},
                    {"columns", "columns", "", 0},
                    {"nonzeros", "weights", "", 0},
                    {"density", "of all cells", "%", 1}};
  result.notes.push_back(
      fmt::format("{}, alpha {}, gamma {}", plan.last().shown(), kAlpha, kGamma));
  if (const auto trained = store.trained(sparse_matrix_points(plan).front()))
    add_layer(trained->network, result);
  result.chart.title =
      fmt::format("{}, {}: a filter matrix and the same packed", plan.last().shown(), plan.dataset);
  result.chart.x_label = "column; to the right, of the packed matrix";
  result.chart.y_label = "filter, from 0 down";
}

}  // namespace

Experiment sparse_matrix() {
  return {"", "", sparse_matrix_points, fill_sparse_matrix};
}

}  // namespace colcomb::experiments
