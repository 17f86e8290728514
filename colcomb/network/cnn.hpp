#pragma once

#include <torch/torch.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/network/sharded_batch_norm.hpp"
#include "colcomb/network/shift_by_index.hpp"

namespace colcomb::network {

/// One layer: (shift,) convolution or linear product with masked weights, batch norm or bias,
/// ReLU6 or activation table, pooling windows.
class LayerImpl : public torch::nn::Module {
 public:
  LayerImpl(LayerDescription description, bool classifier, std::uint64_t seed, std::uint64_t index);

  /// Inputs B x C x H x W, one for each map that the layer reads (classifier: B x M values, in the
  /// columns' order); `residual`, of the sums' shape, is added before ReLU6 if defined;
  /// `all_reduce` as in BatchShard.
  torch::Tensor forward(const std::vector<torch::Tensor>& inputs, const torch::Tensor& residual,
                        const AllReduce& all_reduce = nullptr);
  torch::Tensor forward(const torch::Tensor& input, const torch::Tensor& residual,
                        const AllReduce& all_reduce = nullptr) {
    return forward(std::vector<torch::Tensor>{input}, residual, all_reduce);
  }

  [[nodiscard]] const LayerDescription& description() const { return description_; }
  [[nodiscard]] bool is_classifier() const { return classifier_; }
  /// Takes over other shifts of the same shape, e.g. those of a pretrained network.
  void set_columns(std::vector<Column> columns);

  /// N x C x k x k (classifier, and layers that read several maps: N x M): stored values, pruned
  /// ones included.
  torch::Tensor weight;
  torch::Tensor mask;  // same shape, 0 or 1 (0 between conv_groups), undefined: all 1
  torch::Tensor bias;  // layers without batch norm
  torch::Tensor norm_weight, norm_bias, norm_mean, norm_variance;  // batch norm
  /// What lies around each map that the layer reads; empty: 0 around all.
  std::vector<double> input_zeros;

 private:
  [[nodiscard]] torch::Tensor effective_weight() const;
  [[nodiscard]] torch::Tensor shifted(const torch::Tensor& input);
  /// Of one map, around which lies `zero`.
  [[nodiscard]] torch::Tensor product_of(const torch::Tensor& input, double zero);
  [[nodiscard]] torch::Tensor normalized(const torch::Tensor& product, const AllReduce& all_reduce);

  LayerDescription description_;
  bool classifier_;
  std::optional<ShiftByIndex> shift_by_index_;  // made at the first pass off the CPU
};
TORCH_MODULE(Layer);

inline constexpr double kBatchNormMomentum = 0.1;

/// A network built from its description. Reads raw unsigned 8-bit images.
class CnnImpl : public torch::nn::Module {
 public:
  /// Weights start normal(0, sqrt(2 / (k * k * N / conv_groups))), those between the groups of a
  /// grouped convolution 0, masked; the same for equal seeds on every platform.
  CnnImpl(NetworkDescription description, std::uint64_t seed);

  /// images: uint8 B x C x H x W. Gives logits, float B x classes.
  torch::Tensor forward(const torch::Tensor& images);

  [[nodiscard]] const NetworkDescription& description() const { return description_; }
  /// The hidden layers, then the classifier.
  [[nodiscard]] std::vector<Layer>& layers() { return layers_; }
  [[nodiscard]] const std::vector<Layer>& layers() const { return layers_; }

  /// Masks and groups of the artifact, which is this network's; everything else stays.
  void take_combining(const FloatNetwork& artifact);

  /// Parameters, buffers and masks.
  void move_to(torch::Device device);

  /// Numbers of every layer; `groups` are those of the last combining and travel with them.
  [[nodiscard]] FloatNetwork to_artifact() const;
  /// Requires: the artifact's description equals this network's, but for alpha and columns.
  void from_artifact(const FloatNetwork& artifact);

  /// Groups of the last combining, per layer; absent before.
  std::vector<std::optional<ColumnGroups>> groups;

  /// Which shard of a batch the next forward passes of training compute; by default all of it.
  /// Batch norm reads it again in the backward pass.
  BatchShard shard;

 private:
  NetworkDescription description_;
  std::vector<Layer> layers_;
  torch::Tensor input_scale_, input_offset_;  // 1 x C x 1 x 1: pixel * scale + offset
};
TORCH_MODULE(Cnn);

}  // namespace colcomb::network
