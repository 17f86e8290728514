#include "colcomb/tiling/baselines.hpp"

namespace colcomb::tiling {
namespace {

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
  return regrouped(network, nonzero_columns<std::int8_t>);
}

QuantizedNetwork dense(const QuantizedNetwork& network) {
  return regrouped(network,
                   [](const Matrix<std::int8_t>& full) { return singleton_groups(full.cols()); });
}

}  // namespace colcomb::tiling
