#pragma once

#include <torch/torch.h>

#include <string>
#include <vector>

#include "colcomb/allocation/importance.hpp"
#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/network/cnn.hpp"

namespace colcomb::training {

/// Running means of each weight's |gradient| or squared gradient, for the importances that are
/// estimated from them: of the last hundred steps or so, and for a pruned weight, which has no
/// gradient, of those before it was pruned.
class GradientStatistics {
 public:
  /// Requires: importance needs gradients.
  GradientStatistics(network::Cnn network, allocation::Importance importance);

  /// Takes in the gradients of the last backward pass. Weights without one are passed over.
  void update();

  /// Per layer, N x M, the classifier last.
  [[nodiscard]] std::vector<Matrix<float>> means() const;

  [[nodiscard]] std::vector<NamedTensor> state() const;
  /// Takes its tensors out of `state`. Requires: they are there.
  void take_state(std::vector<NamedTensor>& state);

 private:
  network::Cnn network_;
  bool squared_;
  std::vector<torch::Tensor> means_;  // per layer, of its weight's shape; undefined: no step yet
};

}  // namespace colcomb::training
