#include "colcomb/artifacts/conv_groups.hpp"

#include "colcomb/base/check.hpp"

namespace colcomb {

ConvGroups::ConvGroups(const LayerDescription& layer)
    : layer_(layer),
      rows_(layer.out_channels / layer.conv_groups),
      channels_(layer.in_channels / layer.conv_groups) {
  COLCOMB_CHECK(rows_ * layer.conv_groups == layer.out_channels &&
                    channels_ * layer.conv_groups == layer.in_channels,
                "convolution groups must divide rows and channels");
}

Matrix<std::uint8_t> conv_group_mask(const LayerDescription& layer) {
  const ConvGroups groups(layer);
  Matrix<std::uint8_t> mask(layer.out_channels, layer.columns.size());
  for (std::size_t n = 0; n < mask.rows(); ++n) {
    for (std::size_t m = 0; m < mask.cols(); ++m) mask(n, m) = groups.connects(n, m) ? 1 : 0;
  }
  return mask;
}

std::size_t weight_count(const LayerDescription& layer) {
  return layer.out_channels * layer.columns.size() / layer.conv_groups;
}

}  // namespace colcomb
