#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/network_description.hpp"

namespace colcomb::models {

enum class BlockLayerType { kShift, kVgg };

/// A network as the paper's experiments describe one: a first convolution, blocks of equal layers,
/// global average pooling and a linear layer. The vectors have one entry per block.
struct BlockNetworkOptions {
  BlockLayerType layer_type = BlockLayerType::kShift;  // how columns read the input
  std::vector<std::size_t> filters;                    // output channels of the block's layers
  std::vector<std::size_t> layers;                     // layers in the block
  std::vector<std::size_t> strides;  // stride of the block's first layer; the others have 1
  /// alpha of the block's layers; its first layer has the alpha of the block before (its input
  /// channels come from there), the first convolution alpha 1.
  std::vector<std::size_t> groups;
  std::size_t shift_kernel = 3;  // reach of the shifts: 3, 5, 7 or 9
  std::size_t classes = 10;      // logits
  double dropout = 0;            // probability before the linear layer
  InputDescription input;        // what the first layer reads
  std::uint64_t seed = 1;        // draws the shifts
};

/// Errors: UserError naming the field that breaks a rule, "network." before it.
[[nodiscard]] NetworkDescription describe(const BlockNetworkOptions& options);

/// One offset (dy, dx) per channel, each axis from the paper's categorical distribution, which
/// favours the centre. Requires: kernel is 3, 5, 7 or 9.
[[nodiscard]] std::vector<Column> draw_shifts(std::size_t channels, std::size_t kernel,
                                              std::uint64_t seed, std::uint64_t layer);

}  // namespace colcomb::models
