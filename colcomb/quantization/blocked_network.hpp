#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/base/matrix.hpp"
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

  /// Logits, images x classes, of raw images of C * H * W bytes, one after the other, as training
  /// gives them. An image's do not depend on the others. May be called by several threads at once.
  [[nodiscard]] Matrix<float> run(std::span<const std::uint8_t> images) const;

  /// How many images to run at once: enough that those of small maps fill blocks, few enough that
  /// all their maps stay small.
  [[nodiscard]] std::size_t images_at_once() const;

 private:
  using RealMap = semantics::BasicMap<float>;

  /// All that an image gives on its way.
  struct Trace {
    RealMap pixels;
    std::vector<RealMap> outputs;  // of the hidden layers so far
  };

  /// What the parts of layer `layer` read of each image.
  [[nodiscard]] std::vector<semantics::RealProducts::Inputs> inputs_of(
      std::size_t layer, const std::vector<Trace>& images) const;
  /// A hidden layer's output from its products.
  [[nodiscard]] RealMap hidden_output(std::size_t layer, const std::vector<RealMap>& outputs,
                                      RealMap sums) const;

  NetworkDescription description_;
  std::vector<std::vector<LayerPart>> parts_;    // of each layer
  std::vector<semantics::RealProducts> layers_;  // in units of the activation scale
};

}  // namespace colcomb::quantization
