#pragma once

#include <map>
#include <string>
#include <vector>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/network/cnn.hpp"

namespace colcomb::training {

/// Stochastic gradient descent with momentum, weight decay and an L1 penalty on convolution weights
/// (as a subgradient). Pruned weights keep their stored value: gradient, decay and momentum are
/// masked with the weight, which the library's optimizer cannot do.
class Sgd {
 public:
  struct Options {
    double momentum = 0.9;
    double weight_decay = 1e-4;  // on every parameter
    bool nesterov = false;
  };

  Sgd(network::Cnn network, Options options);

  /// One step down the gradients the last backward pass left, which it clears.
  void step(double learning_rate, double l1_penalty);

  [[nodiscard]] std::vector<NamedTensor> state() const;
  /// Requires: names and shapes are those of this network's parameters.
  void set_state(std::vector<NamedTensor> state);

 private:
  network::Cnn network_;
  Options options_;
  std::map<std::string, torch::Tensor> momentum_;  // by parameter name
};

}  // namespace colcomb::training
