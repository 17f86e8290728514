#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/semantics/real_products.hpp"

namespace colcomb::quantization {

/// A trained network in evaluation mode, in float: what RealNetwork computes with no layer rounded,
/// many times as fast, by blocked products. The order of the sums is another, so logits differ from
/// its by rounding alone; they do not depend on threads. Any network: layers may read several maps,
/// and have activation tables.
class BlockedNetwork {
 public:
  /// Requires: validate(network) passes.
  explicit BlockedNetwork(const FloatNetwork& network);

  /// Logits of one raw image of C * H * W bytes, one per class, as training gives them. May be
  /// called by several threads at once.
  [[nodiscard]] std::vector<float> run(std::span<const std::uint8_t> image) const;

 private:
  using RealMap = semantics::BasicMap<float>;

  [[nodiscard]] RealMap hidden_output(std::size_t layer, const std::vector<RealMap>& outputs,
                                      const RealMap& pixels) const;

  NetworkDescription description_;
  std::vector<std::vector<LayerPart>> parts_;    // of each layer
  std::vector<semantics::RealProducts> layers_;  // in units of the activation scale
};

}  // namespace colcomb::quantization
