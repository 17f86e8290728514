#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "colcomb/artifacts/network_description.hpp"

namespace colcomb::backprop {

/// What training multiplies in and keeps; sums are floats always, and so is all of an evaluation.
enum class Precision : std::uint8_t {
  kFloat,
  /// Eight bits of mantissa: what wide dense products multiply, and what is kept of a map from the
  /// forward pass to the backward one. Half as many bytes to move, and faster products where
  /// processors have them.
  kBfloat16,
};

struct PassOptions {
  /// Threads, the caller's included; 0: all processors this process may use. Numbers do not depend
  /// on it.
  std::size_t threads = 0;
  /// One of kernel_names(); empty: the fastest. Leave it alone but for tests and measurements.
  std::string kernel;
  /// Adds up these numbers over all passes that compute shares of one batch, each in a process of
  /// its own, and leaves the sums in place: with it, batch norm's statistics and their gradients
  /// are those of the whole batch. forward() and backward() call it on the caller's thread, once
  /// per layer with batch norm. Empty: the batch is all there is.
  std::function<void(std::span<double>)> sum_over_shares = nullptr;
  Precision precision = Precision::kFloat;
  /// Layers are worked on in strips whose part of the input map takes about so many bytes; at least
  /// one row. Changes no more than the order of sums. Leave it alone but for tests and
  /// measurements.
  std::size_t strip_bytes = std::size_t{2} << 20;
};

/// Instruction sets this processor can run, fastest first.
[[nodiscard]] std::vector<std::string> kernel_names();

/// Where one layer's numbers lie; the caller's memory. N rows, M columns.
struct LayerNumbers {
  const float* weights = nullptr;      // N x M stored values, column order of the description
  const float* norm_weight = nullptr;  // N; layers with batch norm
  const float* norm_bias = nullptr;
  float* norm_mean = nullptr;  // N running statistics: updated by forward()
  float* norm_variance = nullptr;
  const float* bias = nullptr;  // N; layers without batch norm
};

/// Where one layer's gradients go: overwritten. Pruned weights have the gradient 0. Null pointers
/// where the layer has no such numbers; fixed layers need no gradient at all.
struct LayerGradients {
  float* weights = nullptr;
  float* norm_weight = nullptr;
  float* norm_bias = nullptr;
  float* bias = nullptr;
};

/// The steps of a network of whole numbers, as QuantizedNetwork has them.
struct Integers {
  std::vector<std::uint32_t> fraction_bits;  // f per layer
  std::uint32_t pool_bits = 0;               // k
};

/// Forward and backward pass of a network on the CPU: (shifted) products, batch norm, ReLU6,
/// residual additions, global pooling and the linear layer, in float32, as LibTorch's autograd
/// gives them but for the order of sums. Layers of whose weights enough are pruned compute only
/// with the surviving ones.
class Pass {
 public:
  /// Requires: validate(network) passes. Errors: UserError for a kernel that is not one of
  /// kernel_names() and for maps too large to address.
  explicit Pass(const NetworkDescription& network, const PassOptions& options = {});
  Pass(Pass&&) noexcept;
  Pass& operator=(Pass&&) noexcept;
  ~Pass();

  /// Which of layer `layer`'s weights count: N x M of 0 and 1; empty: all.
  void set_mask(std::size_t layer, std::span<const float> mask);
  [[nodiscard]] bool sparse(std::size_t layer) const;

  /// From now on hidden layer l gives clamp(floor((sum of weights * inputs + bias) * 2^-f +
  /// residual + 1/2), 0, 255) and pooling clamp(floor(mean * 2^k + 1/2), 0, 255): with whole
  /// weights, biases and inputs the integer network, exactly as long as no sum reaches 2^24.
  /// Gradients pass through the floor unchanged (the straight-through estimator) but end where an
  /// output is 0 or 255. Requires: no layer has batch norm, f for every layer.
  void set_integers(Integers integers);

  /// Training: batch statistics, running ones updated with `momentum`. `images`: raw bytes, count x
  /// C x H x W, which must stay until backward(). `dropout`: factors on the pooled map, count x
  /// channels, or empty. Gives the logits, count x classes, valid until the next call.
  /// Requires: count >= 1, or 0 where sum_over_shares is given and another pass has images of the
  /// batch; numbers of every layer.
  std::span<const float> forward(std::span<const std::uint8_t> images, std::size_t count,
                                 std::span<const LayerNumbers> numbers,
                                 std::span<const float> dropout = {}, double momentum = 0.1);
  /// From the loss's gradient by logits, count x classes. With sum_over_shares the gradients are
  /// this share's part: their sum over the shares is the batch's. Requires: the last call was
  /// forward(), the weights have not changed since.
  void backward(std::span<const float> logit_gradients, std::span<const LayerGradients> gradients);

  /// Evaluation: running statistics. Logits as for forward().
  std::span<const float> infer(std::span<const std::uint8_t> images, std::size_t count,
                               std::span<const LayerNumbers> numbers);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace colcomb::backprop
