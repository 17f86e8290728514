#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/quantized_network.hpp"

namespace colcomb::interchange {

/// Place of each channel in a stored map, and back: order[place[c]] == c.
struct ChannelOrder {
  std::vector<std::size_t> order;  // place -> channel
  std::vector<std::size_t> place;  // channel -> place

  bool operator==(const ChannelOrder&) const = default;
};
[[nodiscard]] ChannelOrder natural_order(std::size_t channels);

/// Order in which a layer's input channels lie best: those of one offset side by side, so that each
/// offset reads one slice. Natural if a channel is read at several offsets, as by k x k layers,
/// whose taps read all channels anyway.
[[nodiscard]] ChannelOrder reading_order(const QuantizedLayer& layer,
                                         const LayerDescription& description);

/// Some neighbouring channels of a map, all seen with one offset.
struct ChannelWindow {
  std::int16_t dy = 0;
  std::int16_t dx = 0;
  std::size_t first = 0;  // place of the first channel in the stored map
  std::size_t count = 0;
};

/// A layer as a product of what its windows see, one after the other, with a dense matrix.
struct WindowedLayer {
  std::vector<ChannelWindow> windows;  // at least one
  Matrix<std::int8_t> weights;         // (sum of counts) x N, columns in the output's stored order
};

/// Windows over a map stored in the order `input`, for rows stored in the order `output`. Only
/// columns with a nonzero weight are read, and channels between them in a window, with weight 0.
[[nodiscard]] WindowedLayer windowed(const QuantizedLayer& layer,
                                     const LayerDescription& description, const ChannelOrder& input,
                                     const ChannelOrder& output);

/// The channels' padding values as far as it matters: one that never reads outside the map takes
/// any value, so it takes the first of the others, or 0.
[[nodiscard]] std::vector<std::uint8_t> padding_that_matters(const QuantizedLayer& layer,
                                                             const LayerDescription& description);

}  // namespace colcomb::interchange
