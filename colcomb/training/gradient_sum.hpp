#pragma once

#include "colcomb/network/cnn.hpp"
#include "colcomb/training/workers.hpp"

namespace colcomb::training {

/// Adds up the workers' gradients: one message per step, in host memory on every device.
class GradientSum {
 public:
  /// Requires: `workers` outlives it.
  GradientSum(network::Cnn network, Workers& workers);

  /// Leaves the sum of all workers' gradients in each parameter, whose own gradient may be
  /// undefined, for 0. Returns the sum of the workers' losses.
  double add_up(double loss);

 private:
  network::Cnn network_;
  Workers& workers_;
  torch::Tensor flat_;  // every parameter's gradient, then the loss
};

/// Replaces the running statistics of every batch norm by their means over the workers.
void average_running_statistics(network::Cnn& network, Workers& workers);

}  // namespace colcomb::training
