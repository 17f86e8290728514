#pragma once

#include <string>
#include <vector>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/network/cnn.hpp"

namespace colcomb::training {

/// Stochastic gradient descent with momentum, weight decay and an L1 penalty on convolution weights
/// (as a subgradient). Pruned weights keep their stored value: gradient, decay and momentum are
/// masked with the weight, which the library's optimizer cannot do. Each operation takes the
/// tensors of all parameters at once, which CUDA runs as a few kernels.
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
  struct Parameter {
    std::string name;
    torch::Tensor value;
    torch::Tensor momentum;
    const network::LayerImpl* layer = nullptr;  // of which it is the weight
  };

  network::Cnn network_;
  Options options_;
  std::vector<Parameter> parameters_;
};

}  // namespace colcomb::training
