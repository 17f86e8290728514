#include "colcomb/tiling/baselines.hpp"

namespace colcomb::tiling {
namespace {

ColumnGroups nonzero_columns(const Matrix<std::int8_t>& matrix) {
  ColumnGroups groups;
  for (std::size_t column = 0; column < matrix.cols(); ++column) {
    bool nonzero = false;
    for (std::size_t row = 0; row < matrix.rows(); ++row)
      nonzero = nonzero || matrix(row, column) != 0;
    if (nonzero) groups.groups.push_back({static_cast<std::uint32_t>(column)});
  }
  return groups;
}

template <class ChooseGroups>
QuantizedNetwork regrouped(QuantizedNetwork network, const ChooseGroups& choose) {
  for (LayerDescription& description : network.description.all()) description.alpha = 1;
  for (QuantizedLayer& layer : network.all()) {
    const Matrix<std::int8_t> full = unpack(layer.weights);
    layer.weights = pack(full, choose(full));
  }
  return network;
}

}  // namespace

QuantizedNetwork without_combining(const QuantizedNetwork& network) {
  return regrouped(network, nonzero_columns);
}

QuantizedNetwork dense(const QuantizedNetwork& network) {
  return regrouped(network,
                   [](const Matrix<std::int8_t>& full) { return singleton_groups(full.cols()); });
}

}  // namespace colcomb::tiling
