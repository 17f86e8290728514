#include "colcomb/page/worked_example.hpp"

#include <algorithm>

namespace colcomb::page {
namespace {

QuantizedLayer layer_of(LayerDescription& description, const Matrix<std::int8_t>& weights,
                        const ColumnGroups& groups) {
  for (const auto& group : groups.groups)
    description.alpha = std::max(description.alpha, group.size());
  QuantizedLayer layer;
  layer.weights = pack(weights, groups);
  layer.bias.assign(weights.rows(), 0);
  layer.padding.assign(weights.cols(), 0);
  return layer;
}

}  // namespace

QuantizedNetwork worked_network() {
  QuantizedNetwork network;
  NetworkDescription& description = network.description;
  description.input = {5, 1, 3, std::vector<double>(5, 0.5), std::vector<double>(5, 0.25), 1};
  description.classes = 2;
  LayerDescription first;
  first.name = "first";
  first.in_channels = 5;
  first.out_channels = 3;
  first.columns = convolution_columns(5, 1);
  first.in_height = 1;
  first.in_width = 3;
  network.hidden.push_back(layer_of(first,
                                    Matrix<std::int8_t>(3, 5,
                                                        {3, 0, -2, 0, 1,  //
                                                         0, 5, 0, 1, 0,   //
                                                         -1, 0, 0, 2, 4}),
                                    {{{0, 1}, {2, 3}, {4}}}));
  description.hidden.push_back(first);
  description.classifier = make_classifier(3, 2);
  network.classifier = layer_of(description.classifier,
                                Matrix<std::int8_t>(2, 3,
                                                    {1, 0, 1,  //
                                                     0, 2, -1}),
                                {{{0, 1}, {2}}});
  return network;
}

ArrayConfig worked_array() {
  ArrayConfig config;
  config.name = "worked";
  config.rows = config.columns = config.alpha = 2;
  config.data_bytes = config.input_bytes = 200;
  config.residual_bytes = config.residual_input_bytes = 0;
  config.output_bytes = 40;
  config.weight_bytes = config.partial_sum_bytes = 24;
  config.bank_ports = 1;
  config.dram_bytes_per_clock = 2;
  config.dram_burst_bytes = 4;
  config.dram_latency = 3;
  return config;
}

std::vector<std::uint8_t> worked_image() {
  return {10, 20, 30, 1, 2, 3, 4, 0, 5, 7, 7, 7, 2, 50, 100};
}

}  // namespace colcomb::page
