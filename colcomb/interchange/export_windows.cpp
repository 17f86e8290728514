#include "colcomb/interchange/export_windows.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "colcomb/artifacts/packed_matrix.hpp"

namespace colcomb::interchange {
namespace {

/// Columns that some row has a nonzero weight for.
std::vector<std::size_t> used_columns(const QuantizedLayer& layer) {
  const PackedMatrix<std::int8_t>& weights = layer.weights;
  std::vector<bool> used(weights.columns);
  for (std::size_t n = 0; n < weights.rows(); ++n) {  // row by row, as they lie in memory
    for (std::size_t g = 0; g < weights.groups.size(); ++g) {
      if (weights.values(n, g) != 0) used[weights.groups.groups[g][weights.selects(n, g)]] = true;
    }
  }
  std::vector<std::size_t> result;
  for (std::size_t m = 0; m < used.size(); ++m) {
    if (used[m]) result.push_back(m);
  }
  return result;
}

std::size_t channel_of(const LayerDescription& description, std::size_t column) {
  return static_cast<std::size_t>(description.columns[column].channel);
}

/// Which row of the windows' weights a column becomes.
struct ColumnRow {
  std::size_t column = 0, row = 0;
};

/// `rows` x N, with 0 where no column is. A block of filters at a time, column by column as they
/// lie in memory: the whole of a filter matrix is far beyond any cache where it is that of a large
/// classifier.
Matrix<std::int8_t> transposed(const Matrix<std::int8_t>& full, std::vector<ColumnRow> columns,
                               std::size_t rows, const ChannelOrder& output) {
  constexpr std::size_t kBlock = 64;
  std::ranges::sort(columns, {}, &ColumnRow::column);
  Matrix<std::int8_t> result(rows, full.rows());
  for (std::size_t first = 0; first < full.rows(); first += kBlock) {
    const std::size_t last = std::min(first + kBlock, full.rows());
    for (const ColumnRow& column : columns) {
      for (std::size_t n = first; n < last; ++n)
        result(column.row, output.place[n]) = full(n, column.column);
    }
  }
  return result;
}

}  // namespace

ChannelOrder natural_order(std::size_t channels) {
  ChannelOrder order;
  order.order.resize(channels);
  std::iota(order.order.begin(), order.order.end(), 0U);
  order.place = order.order;
  return order;
}

ChannelOrder reading_order(const QuantizedLayer& layer, const LayerDescription& description) {
  ChannelOrder result = natural_order(description.in_channels);
  std::vector<std::optional<Column>> seen(description.in_channels);
  for (const std::size_t m : used_columns(layer)) {
    auto& column = seen[channel_of(description, m)];
    if (column) return result;
    column = description.columns[m];
  }
  const auto key = [&seen](std::size_t c) {
    return seen[c] ? std::tuple(0, seen[c]->dy, seen[c]->dx)
                   : std::tuple(1, std::int16_t{0}, std::int16_t{0});
  };
  std::ranges::stable_sort(result.order, {}, key);
  for (std::size_t p = 0; p < result.order.size(); ++p) result.place[result.order[p]] = p;
  return result;
}

WindowedLayer windowed(const QuantizedLayer& layer, const LayerDescription& description,
                       const ChannelOrder& input, const ChannelOrder& output) {
  // A file may hold the same column twice: the second goes into a window of its own, since the sum
  // of two weights may need more than 8 bits.
  std::map<Column, int> copies;
  std::map<std::tuple<std::int16_t, std::int16_t, int>, std::vector<std::size_t>> columns;
  for (const std::size_t m : used_columns(layer)) {
    const Column& column = description.columns[m];
    columns[{column.dy, column.dx, copies[column]++}].push_back(m);
  }
  WindowedLayer result;
  std::size_t total = 0;
  for (const auto& [key, members] : columns) {
    ChannelWindow window{std::get<0>(key), std::get<1>(key), input.place.size(), 0};
    std::size_t last = 0;
    for (const std::size_t m : members) {
      const std::size_t place = input.place[channel_of(description, m)];
      window.first = std::min(window.first, place);
      last = std::max(last, place);
    }
    window.count = last - window.first + 1;
    total += window.count;
    result.windows.push_back(window);
  }
  if (result.windows.empty()) {  // a product needs an operand, if only to multiply it by 0
    result.windows.push_back({0, 0, 0, 1});
    total = 1;
  }
  std::vector<ColumnRow> rows;
  std::size_t begin = 0;
  std::size_t w = 0;
  for (const auto& [key, members] : columns) {
    const ChannelWindow& window = result.windows[w++];
    for (const std::size_t m : members)
      rows.push_back({m, begin + input.place[channel_of(description, m)] - window.first});
    begin += window.count;
  }
  result.weights = transposed(unpack(layer.weights), std::move(rows), total, output);
  return result;
}

std::vector<std::uint8_t> padding_that_matters(const QuantizedLayer& layer,
                                               const LayerDescription& description) {
  std::vector<bool> matters(description.in_channels);
  const auto leaves = [&description](int offset, std::size_t out, std::size_t in) {
    const auto last = static_cast<std::ptrdiff_t>((out - 1) * description.stride) + offset;
    return offset < 0 || last >= static_cast<std::ptrdiff_t>(in);
  };
  for (const std::size_t m : used_columns(layer)) {
    const Column& column = description.columns[m];
    if (leaves(column.dy, description.sum_height(), description.in_height) ||
        leaves(column.dx, description.sum_width(), description.in_width)) {
      matters[channel_of(description, m)] = true;
    }
  }
  const auto first = std::ranges::find(matters, true);
  const std::uint8_t other = first == matters.end()
                                 ? std::uint8_t{0}
                                 : layer.padding[static_cast<std::size_t>(first - matters.begin())];
  std::vector<std::uint8_t> result(description.in_channels, other);
  for (std::size_t c = 0; c < matters.size(); ++c) {
    if (matters[c]) result[c] = layer.padding[c];
  }
  return result;
}

}  // namespace colcomb::interchange
