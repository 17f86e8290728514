#include "colcomb/tiling/placement.hpp"

#include <fmt/format.h>

#include "colcomb/tiling/layer_error.hpp"

namespace colcomb::tiling {
namespace {

/// Bytes of one image's maps.
class MapBytes {
 public:
  explicit MapBytes(const NetworkDescription& network) : network_(network) {}

  [[nodiscard]] std::uint64_t image() const { return network_.input.size(); }

  /// Of hidden layer `layer`. The last one's bytes go to the pooling block.
  [[nodiscard]] std::uint64_t output(std::size_t layer) const {
    return network_.is_pooled(layer) ? 0 : network_.hidden[layer].output_size();
  }

  /// Residual sources that hidden layer `layer` or a later one reads, but for its own input map.
  [[nodiscard]] std::uint64_t sources(std::size_t layer) const {
    std::uint64_t bytes = 0;
    for (std::size_t source = 0; source + 1 < layer; ++source) {
      for (std::size_t reader = layer; reader < network_.hidden.size(); ++reader) {
        if (network_.hidden[reader].residual != source) continue;
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
  const MapBytes bytes(network);
  Placement placement{std::vector<std::uint8_t>(network.layer_count()),
                      std::vector<std::uint8_t>(network.layer_count())};
  std::uint64_t images = bytes.image();
  for (std::size_t layer = 0; layer < network.hidden.size(); ++layer) {
    const std::uint64_t needed =
        network.hidden[layer].input_size() + bytes.output(layer) + bytes.sources(layer) + images;
    placement.streamed[layer] = config.batch * needed > config.data_bytes ? 1 : 0;
    if (layer == 0 && placement.streamed[0] != 0) images = 0;
  }
  const std::uint64_t pooled = config.batch * network.classifier.input_size();
  if (pooled > config.data_bytes) {
    throw layer_error(
        config, network.classifier, "pooled bytes", fmt::to_string(pooled),
        fmt::format("must fit the data buffer's {} bytes (buffers.data_bytes)", config.data_bytes));
  }
  for (std::size_t layer = 0; layer < network.hidden.size(); ++layer) {
    if (placement.streamed[layer] == 0) continue;
    if (bytes.output(layer) > 0) placement.output_in_dram[layer] = 1;
    if (layer > 0) placement.output_in_dram[layer - 1] = 1;
    const auto& residual = network.hidden[layer].residual;
    if (residual) placement.output_in_dram[*residual] = 1;
  }
  return placement;
}

}  // namespace colcomb::tiling
