#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "colcomb/artifacts/network_description.hpp"

namespace colcomb::models {

/// A published network by its name, as the paper's experiments (section 5) take them: 1 x 1, 3 x 3
/// or depthwise 3 x 3 layers in the published layout, strides in place of pooling, global average
/// pooling and one linear layer in place of fully connected ones. docs/reference/networks.md
/// compares them.
struct PresetOptions {
  std::string name;  // one of preset_names()
  /// Factor of every hidden layer's channels. Other than 1 it gives multiples of 4, the nearest, at
  /// least 4.
  double width = 1;
  /// Most columns in one group, of all layers but the first convolution and the linear one, which
  /// have 1: they see few columns or few rows.
  std::size_t alpha = 8;
  std::size_t shift_kernel = 3;  // reach of the shifts, in shift networks: 3, 5, 7 or 9
  std::size_t classes = 10;      // logits
  double dropout = 0;            // probability before the linear layer
  InputDescription input;        // what the first layer reads
  std::uint64_t seed = 1;        // draws the shifts
};

[[nodiscard]] std::vector<std::string> preset_names();

/// "name (what it is)" of every preset, for help texts.
[[nodiscard]] std::vector<std::string> preset_summaries();

/// Errors: UserError naming the field that breaks a rule, "network." before it: an unknown name, a
/// width or alpha out of range, an input smaller than the product of the network's strides.
[[nodiscard]] NetworkDescription describe(const PresetOptions& options);

}  // namespace colcomb::models
