#include <vector>

#include "colcomb/combining/analysis.hpp"
#include "colcomb/combining/combine_network.hpp"

namespace colcomb::combining {

CombiningReport report_network(const FloatNetwork& network, std::size_t array_rows,
                               std::size_t array_cols) {
  const std::size_t count = network.layer_count();
  // CombinedLayer refers to these; neither vector changes its size.
  std::vector<Matrix<std::uint8_t>> masks(count);
  std::vector<ColumnGroups> groups(count);
  std::vector<CombinedLayer> layers;
  for (std::size_t i = 0; i < count; ++i) {
    const LayerDescription& description = network.description.layer(i);
    const FloatLayer& layer = network.layer(i);
    masks[i] = layer.mask.empty()
                   ? Matrix<std::uint8_t>(layer.weights.rows(), layer.weights.cols(), 1)
                   : layer.mask;
    groups[i] = layer.groups ? *layer.groups : singleton_groups(layer.weights.cols());
    layers.push_back({description.name, layer.weights, masks[i], groups[i], description.alpha,
                      description.sum_pixels(), description.conv_groups,
                      further_maps(description)});
  }
  return report_layers(layers, array_rows, array_cols);
}

}  // namespace colcomb::combining
