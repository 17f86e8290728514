#pragma once

#include <torch/torch.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/network/sharded_batch_norm.hpp"
#include "colcomb/quantization/folding.hpp"
#include "colcomb/quantization/quantize.hpp"

namespace colcomb::network {

/// The folded network in floating point with weights and activations rounded to the steps the
/// integers have: the fake quantizer of training, as a network of its own. Activations are held in
/// units of their step, so every number is whole (of rows with exponents weights and sums are
/// multiples of a power of two) and every operation exact: its logits are the
/// integer network's accumulations, bit for bit. Works on the unpacked filter matrices by the
/// library's convolution, and shares with the integer network only folding and the rounding of
/// weights.
class FakeQuantized {
 public:
  /// Errors: UserError naming a layer whose weights no step can hold.
  FakeQuantized(const FloatNetwork& network, const quantization::QuantizeOptions& options,
                torch::Device device = torch::kCPU);

  /// images: uint8 B x C x H x W, on the device. Gives logits in units of logit_step, float64 B x
  /// classes, whole numbers. Where gradients are on they reach weights() and biases(), unchanged by
  /// rounding, but end where an activation is 0 or 255. `dropout`: fraction of the pooled values
  /// that is dropped, for training on this shard of a batch.
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& images, double dropout = 0,
                                      const BatchShard& shard = {}) const;

  /// Each layer's weights and biases, float64, in the layer's units as IntegerLayer has them: N x C
  /// x k x k or N x M, and N values in any shape.
  [[nodiscard]] std::vector<torch::Tensor> weights() const;
  [[nodiscard]] std::vector<torch::Tensor> biases() const;

 private:
  struct Layer {
    LayerDescription description;
    bool classifier = false;
    torch::Tensor weight;   // in units of 2^-f, N x C x k x k or N x M
    torch::Tensor bias;     // in units of the accumulator, 1 x N x 1 x 1 or N
    torch::Tensor padding;  // 1 x C x 1 x 1, defined if the map is padded with another value than 0
    std::vector<double> input_zeros;  // around each map that the layer reads
    double scale = 1;                 // 2^f
    bool exact_floats = false;        // no sum of products needs more than float32's 24 bits
    std::size_t residual_stride = 1;
  };

  [[nodiscard]] static Layer make_layer(const NetworkDescription& network, std::size_t index,
                                        const quantization::FoldedLayer& folded,
                                        const quantization::QuantizeOptions& options,
                                        torch::Device device);
  [[nodiscard]] static torch::Tensor accumulate(const Layer& layer,
                                                const std::vector<torch::Tensor>& inputs);
  [[nodiscard]] torch::Tensor pool(const torch::Tensor& input) const;

  std::vector<Layer> layers_;
  bool global_pooling_;
  std::int64_t reshape_stride_;
  double pool_scale_;  // 2^k
};

}  // namespace colcomb::network
