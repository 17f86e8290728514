#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/artifacts/quantization_check.hpp"
#include "colcomb/quantization/quantize.hpp"
#include "colcomb/quantization/real_network.hpp"

namespace colcomb::quantization {

/// Compares one scale for each layer with one for each row, on images one by one.
class ScalesCheck {
 public:
  /// Requires and errors: as RealNetwork.
  ScalesCheck(const FloatNetwork& network, const QuantizeOptions& options);

  /// What rounding costs the weights; of the logits nothing yet.
  [[nodiscard]] std::vector<LayerScales> weights() const;

  /// Adds one image's part. Requires: `real` is its trace with no layer rounded; to.scales has a
  /// value per hidden layer.
  void add_image(std::span<const std::uint8_t> image, const RealTrace& real,
                 QuantizationCheck& to) const;

 private:
  std::vector<LayerScales> weights_;
  RealNetwork layer_;    // with one scale for each layer
  RealNetwork channel_;  // with one for each row
};

/// The part of a check that add_image makes.
void add_scales(QuantizationCheck& to, const QuantizationCheck& from);

}  // namespace colcomb::quantization
