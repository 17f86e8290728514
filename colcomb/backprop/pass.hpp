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

/// What training multiplies in and keeps. Sums are float always, and so is all of an evaluation.
enum class Precision : std::uint8_t {
  kFloat,
  /// Eight bits of mantissa, for the operands of wide dense products and for the maps kept from the
  /// forward pass to the backward one. Half the memory traffic, and faster products on processors
  /// with bfloat16 instructions.
  kBfloat16,
};

/// How a pass computes.
struct PassOptions {
  /// Threads, the caller's included; 0: all processors this process may use. Results do not depend
  /// on it.
  std::size_t threads = 0;
  /// Instruction set: one of kernel_names(); empty: the fastest. Set it in tests and measurements
  /// only.
  std::string kernel;
  /// Where several processes each compute a shard of one batch: replaces these numbers by their
  /// element-wise sum over the processes (an all-reduce). Batch norm's statistics and their
  /// gradients are then those of the whole batch. forward() and backward() call it on the caller's
  /// thread, once per layer with batch norm. Null: the batch is not shared.
  std::function<void(std::span<double>)> all_reduce = nullptr;
  Precision precision = Precision::kFloat;  // of products
  /// Cache blocking: a layer is computed by tiles of output rows whose part of the input map takes
  /// at most this many bytes (one row at least). The default is about the size of a processor's
  /// second-level cache. A change only reorders sums; set it in tests and measurements only.
  std::size_t tile_bytes = std::size_t{2} << 20;
};

/// Instruction sets this processor can run, fastest first.
[[nodiscard]] std::vector<std::string> kernel_names();

/// Where the parameters of a layer of N rows and M columns lie; the caller owns the memory.
/// Pointers are null where a layer has no such parameters.
struct LayerParameters {
  /// N x M stored values, row-major, columns in the order of LayerDescription::columns.
  const float* weights = nullptr;
  const float* norm_weight = nullptr;  // N; layers with batch norm
  const float* norm_bias = nullptr;    // N
  float* norm_mean = nullptr;          // N running statistics, which forward() updates
  float* norm_variance = nullptr;      // N
  const float* bias = nullptr;         // N; layers without batch norm
};

/// Where backward() writes a layer's gradients, overwriting what is there; sizes as in
/// LayerParameters. Pruned weights get 0. Null where the layer has no such parameters or the
/// gradient is not wanted; a fixed layer's pointers are not read.
struct LayerGradients {
  float* weights = nullptr;      // N x M
  float* norm_weight = nullptr;  // N
  float* norm_bias = nullptr;    // N
  float* bias = nullptr;         // N
};

/// Scales of an integer-valued network, as in QuantizedNetwork.
struct IntegerScales {
  std::vector<std::uint32_t> fraction_bits;  // f of each layer
  std::uint32_t pooling_fraction_bits = 0;   // k
};

/// Forward and backward pass of a network on the CPU: products with the filter matrices, batch
/// norm, ReLU6, residual additions, pooling and the classifier, in float32. Equal to
/// LibTorch's autograd but for the order of sums. A layer of whose weights enough are pruned
/// multiplies with the nonzero ones only.
class Pass {
 public:
  /// Requires: validate(network) passes. Errors: UserError for a kernel that is not one of
  /// kernel_names(), for maps too large for 32-bit offsets, and for networks with activation
  /// tables.
  explicit Pass(const NetworkDescription& network, const PassOptions& options = {});
  /// Moves all buffers.
  Pass(Pass&&) noexcept;
  Pass& operator=(Pass&&) noexcept;  // moves all buffers
  ~Pass();

  /// `mask`: N x M of 0 (pruned) and 1 for layer `layer`; empty: nothing is pruned.
  void set_mask(std::size_t layer, std::span<const float> mask);
  /// Whether the layer's products visit nonzero weights only.
  [[nodiscard]] bool sparse(std::size_t layer) const;

  /// From now on hidden layer l gives clamp(floor((sum of weights * inputs + bias) * 2^-f +
  /// residual + 1/2), 0, 255), its pooling windows' means are floor(mean + 1/2), and global pooling
  /// gives clamp(floor(mean * 2^k + 1/2), 0, 255). With integer
  /// weights, biases and inputs this is the quantized network, exactly as long as no sum reaches
  /// 2^24. Gradients pass through floor unchanged (the straight-through estimator) and are 0 where
  /// an output is 0 or 255. Requires: no layer has batch norm; f for every layer.
  void set_integer_scales(IntegerScales scales);

  /// Training mode: batch norm uses the batch's statistics and moves the running ones towards them
  /// by `momentum`. `images`: count x C x H x W raw bytes, which must stay until backward().
  /// `dropout`: count x M factors on what the classifier reads; empty: none. Returns the logits,
  /// count x classes, valid until the next call. Requires: count >= 1, or 0 where all_reduce is
  /// given and another process has images of the batch; parameters of every layer.
  std::span<const float> forward(std::span<const std::uint8_t> images, std::size_t count,
                                 std::span<const LayerParameters> parameters,
                                 std::span<const float> dropout = {}, double momentum = 0.1);
  /// `logit_gradients`: the loss's gradient by the logits, count x classes. With all_reduce the
  /// results are this process's part: the batch's gradient is their sum over the processes.
  /// Requires: the last call was forward(), the weights have not changed since.
  void backward(std::span<const float> logit_gradients, std::span<const LayerGradients> gradients);

  /// Evaluation mode: batch norm uses the running statistics. Logits as for forward().
  std::span<const float> infer(std::span<const std::uint8_t> images, std::size_t count,
                               std::span<const LayerParameters> parameters);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace colcomb::backprop
