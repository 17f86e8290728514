#pragma once

#include <vector>

#include "colcomb/network/cnn.hpp"
#include "colcomb/quantization/straight_through.hpp"

namespace colcomb::training {

/// One step of training through the quantizer, between a network's parameters and the integers
/// that a runner computes with.
class QuantizedStep {
 public:
  /// Begins at once.
  QuantizedStep(network::Cnn network, const quantization::QuantizeOptions& options)
      : network_(std::move(network)), options_(options) {
    begin();
  }

  /// Makes integers of the parameters as they are now.
  void begin();
  [[nodiscard]] const FloatNetwork& stored() const { return stored_; }
  [[nodiscard]] const std::vector<quantization::IntegerLayer>& layers() const { return layers_; }
  [[nodiscard]] const quantization::QuantizeOptions& options() const { return options_; }
  /// Value of one unit of a logit.
  [[nodiscard]] double logit_scale() const { return layers_.back().bias_step; }
  /// Leaves each parameter's gradient in it: one gradient per layer; those of fixed layers
  /// are not read.
  void end(const std::vector<quantization::IntegerGradient>& gradients);

 private:
  network::Cnn network_;
  quantization::QuantizeOptions options_;
  FloatNetwork stored_;
  std::vector<quantization::IntegerLayer> layers_;
};

}  // namespace colcomb::training
