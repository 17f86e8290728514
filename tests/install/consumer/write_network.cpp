// Writes the worked example of docs/reference/quantization.md: its packed network and its image.
// usage: write_network NETWORK IMAGE
#include <fstream>

#include "colcomb/artifacts/quantized_network.hpp"

namespace {

colcomb::LayerDescription hidden_layer() {
  colcomb::LayerDescription layer;
  layer.name = "conv0";
  layer.in_channels = layer.out_channels = 1;
  layer.columns = colcomb::convolution_columns(1, 1);
  layer.in_height = 1;
  layer.in_width = 2;
  return layer;
}

colcomb::QuantizedLayer one_column(std::vector<std::int8_t> weights, std::vector<std::int32_t> bias,
                                   std::uint32_t fraction_bits) {
  const std::size_t rows = weights.size();
  return {colcomb::pack(colcomb::Matrix<std::int8_t>(rows, 1, std::move(weights)),
                        colcomb::singleton_groups(1)),
          std::move(bias),
          fraction_bits,
          {0}};
}

}  // namespace

int main(int, char** argv) {
  colcomb::QuantizedNetwork network;
  network.description.input = {1, 1, 2, {0.5}, {0.25}, 1};
  network.description.classes = 2;
  network.description.hidden = {hidden_layer()};
  network.description.classifier = colcomb::make_classifier(1, 2);
  network.hidden = {one_column({86}, {-2603}, 8)};
  network.classifier = one_column({127, -64}, {1365, -1365}, 7);
  network.pooling.fraction_bits = 1;
  colcomb::save_packed_network(network, argv[1]);
  const char image[] = {static_cast<char>(200), 100};
  std::ofstream(argv[2], std::ios::binary).write(image, sizeof image);
}
