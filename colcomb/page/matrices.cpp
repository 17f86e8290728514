#include "colcomb/page/matrices.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "colcomb/base/arithmetic.hpp"

namespace colcomb::page {
namespace {

/// Most blocks along a side of a matrix that is not shown whole.
constexpr std::size_t kMostBlocks = 128;

std::vector<std::uint8_t> values_of(const PackedMatrix<std::int8_t>& packed) {
  std::vector<std::uint8_t> bytes;
  for (const std::int8_t value : packed.values.values())
    bytes.push_back(static_cast<std::uint8_t>(value));
  return bytes;
}

std::vector<std::uint8_t> selects_of(const PackedMatrix<std::int8_t>& packed) {
  const auto& selects = packed.selects.values();
  return {selects.begin(), selects.end()};
}

/// Share of nonzeros in each block of side x side entries, 0 to 255 of all.
Json blocks_of(const Matrix<std::int8_t>& matrix, std::size_t side, Document& document) {
  const std::size_t rows = ceil_divide(matrix.rows(), side);
  const std::size_t columns = ceil_divide(matrix.cols(), side);
  std::vector<std::uint32_t> nonzeros(rows * columns);
  std::vector<std::uint32_t> entries(rows * columns);
  for (std::size_t r = 0; r < matrix.rows(); ++r) {
    for (std::size_t c = 0; c < matrix.cols(); ++c) {
      const std::size_t block = r / side * columns + c / side;
      ++entries[block];
      nonzeros[block] += matrix(r, c) != 0 ? 1 : 0;
    }
  }
  std::vector<std::uint8_t> shares(rows * columns);
  for (std::size_t i = 0; i < shares.size(); ++i)
    shares[i] = static_cast<std::uint8_t>(
        std::lround(255.0 * static_cast<double>(nonzeros[i]) / static_cast<double>(entries[i])));
  Json json = document.add(shares);
  json["rows"] = rows;
  json["columns"] = columns;
  return json;
}

Json describe_matrix(const QuantizedNetwork& network, std::size_t index) {
  const LayerDescription& description = network.description.layer(index);
  const PackedMatrix<std::int8_t>& packed = network.layer(index).weights;
  Json columns = Json::array();
  for (const Column& column : description.columns)
    columns.push_back({column.channel, column.dy, column.dx});
  return {{"name", description.name},       {"kind", kind_name(network.description, index)},
          {"rows", packed.rows()},          {"columns", packed.columns},
          {"groups", packed.groups.groups}, {"channels", columns}};
}

}  // namespace

void add_matrices(const QuantizedNetwork& network, std::size_t most_bytes, Document& document) {
  const std::size_t count = network.layer_count();
  std::vector<std::size_t> sizes(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto& packed = network.layer(i).weights;
    sizes[i] = deflated(values_of(packed)).size() + deflated(selects_of(packed)).size();
  }
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&sizes](std::size_t i) { return sizes[i]; });
  std::vector<bool> whole(count);
  std::size_t used = 0;
  for (const std::size_t i : order) {
    used += sizes[i];
    whole[i] = used <= most_bytes;
  }
  Json matrices = Json::array();
  for (std::size_t i = 0; i < count; ++i) {
    const auto& packed = network.layer(i).weights;
    Json json = describe_matrix(network, i);
    if (whole[i]) {
      json["values"] = document.add(values_of(packed));
      json["selects"] = document.add(selects_of(packed));
    } else {
      const std::size_t side = ceil_divide(std::max(packed.rows(), packed.columns), kMostBlocks);
      json["block"] = side;
      json["before_blocks"] = blocks_of(unpack(packed), side, document);
      json["after_blocks"] = blocks_of(packed.values, side, document);
      json.erase("groups");
      json["group_count"] = packed.groups.size();
      json.erase("channels");
    }
    matrices.push_back(std::move(json));
  }
  document.json["matrices"] = matrices;
}

}  // namespace colcomb::page
