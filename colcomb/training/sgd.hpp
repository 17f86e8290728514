#pragma once

#include <optional>
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
    /// One parameter after the other, all operations in one pass over its numbers; or operation by
    /// operation, each on the tensors of all parameters at once, which CUDA runs as a few kernels.
    /// Absent: fused on the CPU, the other way elsewhere, where it is the only one.
    std::optional<bool> fused = std::nullopt;
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

  void step_one_by_one(double learning_rate, double l1_penalty);
  void step_together(double learning_rate, double l1_penalty);

  network::Cnn network_;
  Options options_;
  std::vector<Parameter> parameters_;
};

}  // namespace colcomb::training
