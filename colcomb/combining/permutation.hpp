#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/quantized_network.hpp"

namespace colcomb::combining {

/// How a layer's groups read their channels.
struct LayerRouting {
  std::size_t groups = 0;  // of the layer
  /// Groups whose channels are consecutive, so that one base index says which they are.
  std::size_t contiguous_groups = 0;

  /// Whether some group's channels lie apart, so that a switchbox must route them.
  [[nodiscard]] bool needs_switchbox() const { return contiguous_groups < groups; }
  bool operator==(const LayerRouting&) const = default;
};

/// A network with its filters in another order.
struct PermutedNetwork {
  QuantizedNetwork network;           // whose logits are the same
  std::vector<LayerRouting> routing;  // per layer
  /// Per layer: the filter of the given network that each row now holds.
  std::vector<std::vector<std::uint32_t>> filters;
};

/// Row permutation (paper, section 3.5): reorders each layer's filters so that the groups of the
/// layers that read them find their channels next to each other, and need no switchbox. The logits
/// stay the same.
///
/// Channels move with their columns: column descriptors are renumbered and a group's columns are
/// put in the order of their channels, but no column changes its index or its group. Layers that a
/// residual addition connects share one order; where their readers want different ones, the order
/// serves the most readers it can and the others are left with a switchbox. So are k x k layers, of
/// which each channel is in several groups. The image's channels and the logits keep their places,
/// and so do the filters of layers that residual additions connect with layers of other widths:
/// channel n of the narrower is added to row n of the wider. A grouped convolution whose rows or
/// channels move has conv_groups 1 afterwards: its weights stay, but no longer lie in blocks.
/// Requires: validate(network) passes.
[[nodiscard]] PermutedNetwork permute_rows(const QuantizedNetwork& network);

/// Routing of the network as it is.
[[nodiscard]] std::vector<LayerRouting> routing_of(const QuantizedNetwork& network);

}  // namespace colcomb::combining
