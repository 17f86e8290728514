#include "colcomb/combining/analysis.hpp"

#include <algorithm>

#include "colcomb/base/arithmetic.hpp"
#include "colcomb/combining/bound.hpp"
#include "colcomb/combining/magnitude.hpp"

namespace colcomb::combining {
namespace {

double share_of_magnitude(double surviving, double before) {
  return before > 0 ? surviving / before : 1;
}

std::size_t count_nonzero_columns(const Matrix<float>& matrix) {
  std::vector<bool> nonzero(matrix.cols());
  for (std::size_t r = 0; r < matrix.rows(); ++r) {
    for (std::size_t c = 0; c < matrix.cols(); ++c)
      if (matrix(r, c) != 0.0F) nonzero[c] = true;
  }
  return static_cast<std::size_t>(std::ranges::count(nonzero, true));
}

std::size_t count_nonempty_rows(const Matrix<float>& matrix) {
  std::size_t count = 0;
  for (std::size_t r = 0; r < matrix.rows(); ++r) {
    const auto row = matrix.row(r);
    count += std::any_of(row.begin(), row.end(), [](float w) { return w != 0.0F; }) ? 1 : 0;
  }
  return count;
}

/// Most columns of a layer whose bound is computed: it takes 8 bytes for each pair of them.
constexpr std::size_t kMostBounded = 5'000;

/// `retained`: the share that the layer's groups keep, below which the sums' rounding may bring it.
std::optional<double> bound_share(const CombinedLayer& layer, double retained) {
  if (retained >= 1) return retained;  // nothing is lost: the sums would take minutes to say so
  if (layer.stored.cols() > kMostBounded) return std::nullopt;
  if (count_nonzero_columns(layer.stored) > layer.groups.size() * layer.alpha) return std::nullopt;
  const double bound = retained_magnitude_bound(layer.stored, layer.groups.size(), layer.alpha);
  return std::max(retained, std::min(1.0, share_of_magnitude(bound, magnitude_of(layer.stored))));
}

void add(const LayerReport& layer, std::size_t& cells, LayerReport& total) {
  total.rows += layer.rows;
  total.columns += layer.columns;
  total.alpha = std::max(total.alpha, layer.alpha);
  total.nonzeros_before += layer.nonzeros_before;
  total.nonzeros += layer.nonzeros;
  total.nonempty_rows += layer.nonempty_rows;
  total.groups += layer.groups;
  total.tiles_before += layer.tiles_before;
  total.tiles += layer.tiles;
  total.pixels += layer.pixels;
  total.macs_before += layer.macs_before;
  total.macs += layer.macs;
  cells += layer.nonempty_rows * layer.groups;
}

}  // namespace

double utilization_efficiency(std::size_t nonzeros, std::size_t nonempty_rows, std::size_t groups) {
  const std::size_t cells = nonempty_rows * groups;
  return cells == 0 ? 0 : static_cast<double>(nonzeros) / static_cast<double>(cells);
}

std::size_t count_tiles(std::size_t rows, std::size_t groups, std::size_t array_rows,
                        std::size_t array_cols) {
  COLCOMB_CHECK(array_rows > 0 && array_cols > 0, "array without cells");
  return ceil_divide(rows, array_rows) * ceil_divide(groups, array_cols);
}

std::vector<std::size_t> further_maps(const LayerDescription& layer) {
  std::size_t columns = 0;
  for (const InputPart& input : layer.more_inputs) {
    const Window window = input.window.value_or(Window{input.kernel, input.kernel});
    columns += input.channels * window.kernel_height * window.kernel_width;
  }
  std::vector<std::size_t> result;
  std::size_t first = layer.columns.size() - columns;
  for (const InputPart& input : layer.more_inputs) {
    result.push_back(first);
    const Window window = input.window.value_or(Window{input.kernel, input.kernel});
    first += input.channels * window.kernel_height * window.kernel_width;
  }
  return result;
}

std::size_t count_tiles(std::size_t rows, const ColumnGroups& groups,
                        const std::vector<std::size_t>& further_maps, std::size_t array_rows,
                        std::size_t array_cols) {
  std::vector<std::size_t> of_map(further_maps.size() + 1);
  for (const auto& group : groups.groups) {
    const auto behind = std::ranges::upper_bound(further_maps, group.front());
    ++of_map[static_cast<std::size_t>(behind - further_maps.begin())];
  }
  std::size_t tiles = 0;
  for (const std::size_t count : of_map) tiles += count_tiles(rows, count, array_rows, array_cols);
  return tiles;
}

LayerReport report_layer(const CombinedLayer& layer, std::size_t array_rows,
                         std::size_t array_cols) {
  const Matrix<float> surviving = masked(layer.stored, layer.mask);
  LayerReport report;
  report.name = layer.name;
  report.rows = layer.stored.rows();
  report.columns = layer.stored.cols();
  report.alpha = layer.alpha;
  report.nonzeros_before = count_nonzeros(layer.stored);
  report.nonzeros = count_nonzeros(surviving);
  report.nonempty_rows = count_nonempty_rows(surviving);
  report.groups = layer.groups.size();
  report.utilization = utilization_efficiency(report.nonzeros, report.nonempty_rows, report.groups);
  report.retained_magnitude =
      share_of_magnitude(magnitude_of(surviving), magnitude_of(layer.stored));
  report.retained_magnitude_bound = bound_share(layer, report.retained_magnitude);
  report.tiles_before = count_tiles(report.rows, singleton_groups(report.columns),
                                    layer.further_maps, array_rows, array_cols);
  report.tiles = count_tiles(report.rows, layer.groups, layer.further_maps, array_rows, array_cols);
  report.pixels = layer.pixels;
  report.macs_before = report.rows * report.columns / layer.conv_groups * layer.pixels;
  report.macs = report.rows * report.groups * layer.pixels;
  return report;
}

CombiningReport report_layers(std::span<const CombinedLayer> layers, std::size_t array_rows,
                              std::size_t array_cols) {
  CombiningReport report;
  report.array_rows = array_rows;
  report.array_cols = array_cols;
  report.total.name = "total";
  report.total.pixels = 0;
  std::size_t cells = 0;
  double before = 0;
  double surviving = 0;
  double bound = 0;
  bool bounded = true;
  for (const CombinedLayer& layer : layers) {
    report.layers.push_back(report_layer(layer, array_rows, array_cols));
    add(report.layers.back(), cells, report.total);
    const double magnitude = magnitude_of(layer.stored);
    before += magnitude;
    const auto& share = report.layers.back().retained_magnitude_bound;
    bounded = bounded && share;
    bound += magnitude * share.value_or(0);
    surviving += magnitude_of(masked(layer.stored, layer.mask));
  }
  report.total.utilization = utilization_efficiency(report.total.nonzeros, cells, 1);
  report.total.retained_magnitude = share_of_magnitude(surviving, before);
  if (bounded) report.total.retained_magnitude_bound = share_of_magnitude(bound, before);
  return report;
}

}  // namespace colcomb::combining
