#include "colcomb/tiling/placement.hpp"

#include <fmt/format.h>

#include "colcomb/tiling/layer_error.hpp"

namespace colcomb::tiling {
namespace {

/// Bytes of one image's maps.
class MapBytes {
 public:
  explicit MapBytes(const NetworkDescription& network) : network_(network) {}

  [[nodiscard]] std::uint64_t image() const {
    return network_.input.channels * network_.input.height * network_.input.width;
  }

  /// The last hidden layer's bytes go to the pooling block, the linear layer's are logits.
  [[nodiscard]] std::uint64_t output(std::size_t layer) const {
    if (layer + 2 >= network_.layers.size()) return 0;
    const LayerDescription& description = network_.layers[layer];
    return description.out_channels * description.out_height() * description.out_width();
  }

  [[nodiscard]] std::uint64_t input(std::size_t layer) const {
    const LayerDescription& description = network_.layers[layer];
    return description.in_channels * description.in_height * description.in_width;
  }

  /// Residual sources that `layer` or a later one reads, but for its own input map.
  [[nodiscard]] std::uint64_t sources(std::size_t layer) const {
    std::uint64_t bytes = 0;
    for (std::size_t source = 0; source + 1 < layer; ++source) {
      for (std::size_t reader = layer; reader < network_.layers.size(); ++reader) {
        if (network_.layers[reader].residual != source) continue;
        bytes += output(source);
        break;
      }
    }
    return bytes;
  }

 private:
  const NetworkDescription& network_;
};

}  // namespace

Placement place_maps(const NetworkDescription& network, const ArrayConfig& config) {
  const std::size_t layers = network.layers.size();
  const MapBytes bytes(network);
  Placement placement{std::vector<std::uint8_t>(layers), std::vector<std::uint8_t>(layers)};
  std::uint64_t images = bytes.image();
  for (std::size_t layer = 0; layer + 1 < layers; ++layer) {
    const std::uint64_t needed =
        bytes.input(layer) + bytes.output(layer) + bytes.sources(layer) + images;
    placement.streamed[layer] = config.batch * needed > config.data_bytes ? 1 : 0;
    if (layer == 0 && placement.streamed[0] != 0) images = 0;
  }
  if (config.batch * bytes.input(layers - 1) > config.data_bytes) {
    throw layer_error(
        config, network.layers.back(), "pooled bytes",
        fmt::to_string(config.batch * bytes.input(layers - 1)),
        fmt::format("must fit the data buffer's {} bytes (buffers.data_bytes)", config.data_bytes));
  }
  for (std::size_t layer = 0; layer + 1 < layers; ++layer) {
    if (placement.streamed[layer] == 0) continue;
    if (bytes.output(layer) > 0) placement.output_in_dram[layer] = 1;
    if (layer > 0) placement.output_in_dram[layer - 1] = 1;
    if (network.layers[layer].residual)
      placement.output_in_dram[*network.layers[layer].residual] = 1;
  }
  return placement;
}

}  // namespace colcomb::tiling
