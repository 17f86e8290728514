#include "colcomb/cli/network_report.hpp"

#include <vector>

#include "colcomb/combining/analysis.hpp"

namespace colcomb::cli {

CombiningReport report_network(const FloatNetwork& network, std::size_t array_rows,
                               std::size_t array_cols) {
  const std::size_t count = network.layer_count();
  // Reserved so that the references CombinedLayer holds stay valid.
  std::vector<Matrix<std::uint8_t>> masks(count);
  std::vector<ColumnGroups> groups(count);
  std::vector<combining::CombinedLayer> layers;
  layers.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const LayerDescription& description = network.description.layer(i);
    const FloatLayer& layer = network.layer(i);
    masks[i] = layer.mask.empty()
                   ? Matrix<std::uint8_t>(layer.weights.rows(), layer.weights.cols(), 1)
                   : layer.mask;
    groups[i] = layer.groups ? *layer.groups : singleton_groups(layer.weights.cols());
    layers.push_back({description.name, layer.weights, masks[i], groups[i], description.alpha,
                      description.out_height() * description.out_width(), description.conv_groups});
  }
  return combining::report_layers(layers, array_rows, array_cols);
}

}  // namespace colcomb::cli
