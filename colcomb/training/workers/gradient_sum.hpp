#pragma once

#include "colcomb/network/cnn.hpp"
#include "colcomb/training/workers/workers.hpp"

namespace colcomb::training {

/// All-reduces gradients over the workers: one message per step, from host memory on every device.
class GradientSum {
 public:
  /// Requires: `workers` outlives it.
  GradientSum(network::Cnn network, Workers& workers);

  /// Sets each parameter's gradient to its sum over the workers; an undefined gradient counts as 0.
  /// Returns the sum of the workers' losses.
  double add_up(double loss);

 private:
  network::Cnn network_;
  Workers& workers_;
  torch::Tensor flat_;  // every parameter's gradient, then the loss
};

/// Sets the running statistics of every batch norm to their means over the workers.
void average_running_statistics(network::Cnn& network, Workers& workers);

}  // namespace colcomb::training
