#pragma once

#include <torch/torch.h>

#include <functional>
#include <span>

namespace colcomb::network {

/// Adds up numbers over the processes that compute shares of one batch, in place.
using SumOverShares = std::function<void(std::span<double>)>;

/// The batch that a forward pass computes a share of.
struct BatchShare {
  std::int64_t before = 0;  // images of it in other shares, before and after this one's
  std::int64_t after = 0;
  SumOverShares sum;  // empty: each share has batch norm statistics of its own
};

/// Dropout of a share's pooled map, B x C: torch::dropout with the draws that these images have in
/// the whole batch.
[[nodiscard]] torch::Tensor shared_dropout(const torch::Tensor& pooled, double probability,
                                           const BatchShare& share);

/// Training's batch norm with the statistics of the whole batch, forward and backward. `input`:
/// B x C x H x W, B >= 1. Moves the running statistics as torch::batch_norm does. The gradients of
/// weight and bias are this share's part: their sum over the shares is the batch's. Calls `sum`
/// twice forward and once backward, when it must still live.
[[nodiscard]] torch::Tensor shared_norm(const torch::Tensor& input, const torch::Tensor& weight,
                                        const torch::Tensor& bias, torch::Tensor& running_mean,
                                        torch::Tensor& running_variance, double momentum,
                                        double epsilon, const SumOverShares& sum);

/// The part of a share without images in one layer's batch norm: the same calls of `sum`, with
/// zeros, and the same running statistics. (Some operators of LibTorch refuse empty batches.)
void empty_shared_norm(torch::Tensor& running_mean, torch::Tensor& running_variance,
                       double momentum, const SumOverShares& sum);
void empty_shared_norm_backward(std::int64_t channels, const SumOverShares& sum);

}  // namespace colcomb::network
