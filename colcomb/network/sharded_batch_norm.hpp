#pragma once

#include <torch/torch.h>

#include <functional>
#include <span>

namespace colcomb::network {

/// Replaces each process's numbers by their element-wise sum over the processes that compute shards
/// of one batch (an all-reduce). All call it with spans of one size.
using AllReduce = std::function<void(std::span<double>)>;

/// Which part of a batch a process computes: images before to before + B - 1, where B is the size
/// of the tensor it is given.
struct BatchShard {
  std::int64_t before = 0;  // images of the batch that other processes have, before this shard's
  std::int64_t after = 0;   // and after them
  AllReduce all_reduce;     // null: batch norm uses the statistics of the shard alone
};

/// Dropout of a shard's pooled map, B x C: draws as torch::dropout does for the whole batch and
/// takes the shard's rows.
[[nodiscard]] torch::Tensor sharded_dropout(const torch::Tensor& pooled, double probability,
                                            const BatchShard& shard);

/// Training's batch norm with the statistics of the whole batch, forward and backward. `input`:
/// B x C x H x W, B >= 1. Moves the running statistics as torch::batch_norm does. The gradients of
/// weight and bias are this shard's part: their sum over the shards is the batch's. Calls
/// `all_reduce` twice forward and once backward, when it must still live.
[[nodiscard]] torch::Tensor sharded_batch_norm(const torch::Tensor& input,
                                               const torch::Tensor& weight,
                                               const torch::Tensor& bias,
                                               torch::Tensor& running_mean,
                                               torch::Tensor& running_variance, double momentum,
                                               double epsilon, const AllReduce& all_reduce);

/// What a shard without images does in place of one layer's sharded_batch_norm: the same calls of
/// `all_reduce`, with zeros, and the same update of the running statistics. (Some operators of
/// LibTorch refuse empty batches.)
void empty_shard_batch_norm(torch::Tensor& running_mean, torch::Tensor& running_variance,
                            double momentum, const AllReduce& all_reduce);
void empty_shard_batch_norm_backward(std::int64_t channels, const AllReduce& all_reduce);

}  // namespace colcomb::network
