#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/base/matrix.hpp"

namespace colcomb {

/// Where the filter matrix of a layer in LayerDescription::conv_groups groups may hold weights: row
/// n those of columns whose channel is in the same conv_groups-th part of the input channels as n
/// is of the rows. Everything between the groups is 0 for good. Depthwise: row n on channel n
/// alone.
/// Requires, as all below: conv_groups divides rows and input channels.
class ConvGroups {
 public:
  /// Of the layer's filters and channels.
  explicit ConvGroups(const LayerDescription& layer);

  /// Whether the filter and the column are of one convolution group.
  [[nodiscard]] bool connects(std::size_t row, std::size_t column) const {
    return row / rows_ == static_cast<std::size_t>(layer_.columns[column].channel) / channels_;
  }

 private:
  const LayerDescription& layer_;
  std::size_t rows_;      // of one group
  std::size_t channels_;  // of one group
};

/// N x M, 1 where the layer may hold a weight and 0 between its groups.
[[nodiscard]] Matrix<std::uint8_t> conv_group_mask(const LayerDescription& layer);

/// Weights of the layer before any pruning: N x M / conv_groups.
[[nodiscard]] std::size_t weight_count(const LayerDescription& layer);

}  // namespace colcomb
