#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/base/check.hpp"

namespace colcomb::simulation {

/// A clock that never comes: not written yet.
inline constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

/// The inter-layer buffer of one map: channels x pixels bytes, and the clock in which each was
/// written.
struct InterLayerMap {
  InterLayerMap(std::size_t channels, std::size_t map_pixels)
      : pixels(map_pixels), values(channels * map_pixels), written(channels * map_pixels, kNever) {}

  void write(std::size_t channel, std::size_t pixel, std::uint8_t value, std::uint64_t clock) {
    values[channel * pixels + pixel] = value;
    written[channel * pixels + pixel] = clock;
  }
  [[nodiscard]] std::uint8_t read(std::size_t channel, std::size_t pixel,
                                  std::uint64_t clock) const {
    const std::size_t at = channel * pixels + pixel;
    COLCOMB_CHECK(written[at] < clock, "channel " + std::to_string(channel) + ", pixel " +
                                           std::to_string(pixel) + " is read before it is written");
    return values[at];
  }

  std::size_t pixels;
  std::vector<std::uint8_t> values;    // channels x pixels
  std::vector<std::uint64_t> written;  // clock of the write
};

/// An in-flight image of a cross-layer pipeline: its maps between the layers' arrays, and when each
/// value was written.
struct InFlightImage {
  explicit InFlightImage(const NetworkDescription& network)
      : image(network.hidden.front().in_channels,
              network.hidden.front().in_height * network.hidden.front().in_width),
        arrived(image.pixels, kNever),
        pooled(network.global_pooling ? network.classifier.in_channels : 0, 1) {
    for (const LayerDescription& layer : network.all()) {
      const WordGrid words = layer.words();
      outputs.emplace_back(layer.out_channels, words.outputs());
      results.emplace_back(words.outputs(), kNever);
      begins.emplace_back(words.words(), kNever);
      ended.push_back(kNever);
    }
  }

  InterLayerMap image;
  std::vector<std::uint64_t> arrived;  // per pixel of the image: last clock of its transfer
  std::uint64_t begin = kNever;        // first clock of the image's transfer
  std::vector<InterLayerMap> outputs;  // of each layer; the linear one's stays empty
  std::vector<std::vector<std::uint64_t>>
      results;  // per layer and output pixel: the last row's write
  std::vector<std::vector<std::uint64_t>> begins;  // per layer and word: first bit at cell (0, 0)
  std::vector<std::uint64_t> ended;  // per layer: the last row's byte of the last word
  InterLayerMap pooled;
  std::size_t means = 0;        // written so far
  std::uint64_t last_mean = 0;  // clock of the last write
};

}  // namespace colcomb::simulation
