// Quantization-aware training by the native CPU backend: backprop::Pass on the integer-valued
// network.
#include "colcomb/backprop/pass.hpp"
#include "colcomb/training/dropout.hpp"
#include "colcomb/training/native_runner.hpp"
#include "colcomb/training/pass_tensors.hpp"
#include "colcomb/training/quantized_step.hpp"

namespace colcomb::training {
namespace {

using quantization::IntegerGradient;
using quantization::IntegerLayer;

/// The description of the integer-valued network: biases in place of batch norm, and inputs that
/// are pixel - padding, so that the padding outside the map is 0.
NetworkDescription integer_description(NetworkDescription network,
                                       const std::vector<IntegerLayer>& whole) {
  constexpr double kPixelScale = 1 / 255.0;
  InputDescription& input = network.input;
  const std::size_t reshaped = input.reshape_stride * input.reshape_stride;
  for (std::size_t c = 0; c < input.channels; ++c) {
    input.mean[c] = whole.front().padding[c * reshaped] * kPixelScale;
    input.std[c] = kPixelScale;
  }
  for (LayerDescription& layer : network.all()) layer.batch_norm = false;
  return network;
}

class QuantizedNativeRunner final : public Runner {
 public:
  QuantizedNativeRunner(network::Cnn network, const quantization::QuantizeOptions& options,
                        std::size_t threads)
      : network_(network),
        step_(std::move(network), options),
        pass_(integer_description(network_->description(), step_.layers()), {threads, ""}) {
    QuantizedNativeRunner::masks_changed();
  }

  torch::Tensor forward(const dataset::Batch& batch, Random dropout) override {
    const NetworkDescription& network = network_->description();
    dropout_ = draw_dropout(network, batch, dropout);
    logits_ = scaled(pass_.forward(batch.pixels, batch.count, parameters(), dropout_), batch.count);
    logits_.requires_grad_(true);
    return logits_;
  }

  void backward(const torch::Tensor& loss) override {
    loss.backward();
    const auto by_logits = (logits_.grad() * step_.logit_scale()).contiguous();
    std::vector<IntegerGradient> gradients;
    std::vector<backprop::LayerGradients> targets;
    for (const IntegerLayer& layer : step_.layers()) {
      gradients.push_back({Matrix<float>(layer.weights.rows(), layer.weights.cols()),
                           std::vector<float>(layer.bias.size())});
    }
    for (IntegerGradient& gradient : gradients)
      targets.push_back({gradient.weights.values().data(), nullptr, nullptr, gradient.bias.data()});
    pass_.backward({by_logits.data_ptr<float>(), static_cast<std::size_t>(by_logits.numel())},
                   targets);
    through_padding(gradients.front());
    step_.end(gradients);
  }

  torch::Tensor infer(const dataset::Batch& batch) override {
    return scaled(pass_.infer(batch.pixels, batch.count, parameters()), batch.count);
  }

  void masks_changed() override { set_masks(pass_, network_); }

 private:
  /// Rounds the network's present parameters to integers and points the pass's parameters there.
  std::vector<backprop::LayerParameters> parameters() {
    step_.begin();
    backprop::IntegerScales scales;
    scales.pooling_fraction_bits = step_.options().pooling_fraction_bits;
    std::vector<backprop::LayerParameters> result;
    first_bias_ = step_.layers().front().bias;
    add_padding(first_bias_);
    for (const IntegerLayer& layer : step_.layers()) {
      scales.fraction_bits.push_back(layer.fraction_bits);
      backprop::LayerParameters parameters;
      parameters.weights = layer.weights.values().data();
      parameters.bias = result.empty() ? first_bias_.data() : layer.bias.data();
      result.push_back(parameters);
    }
    pass_.set_integer_scales(std::move(scales));
    return result;
  }

  /// Calls body(n, m, padding of column m) for the first layer.
  template <class Body>
  void each_padding(Body body) const {
    const IntegerLayer& layer = step_.layers().front();
    const auto& columns = network_->description().hidden.front().columns;
    for (std::size_t n = 0; n < layer.weights.rows(); ++n) {
      for (std::size_t m = 0; m < columns.size(); ++m)
        body(n, m, layer.padding[static_cast<std::size_t>(columns[m].channel)]);
    }
  }

  /// Adds what the padding contributes: w * pixel = w * (pixel - padding) + w * padding.
  void add_padding(std::vector<float>& bias) const {
    const IntegerLayer& layer = step_.layers().front();
    each_padding([&](std::size_t n, std::size_t m, float padding) {
      bias[n] += layer.weights(n, m) * padding;
    });
  }
  void through_padding(IntegerGradient& gradient) const {
    each_padding([&](std::size_t n, std::size_t m, float padding) {
      gradient.weights(n, m) += gradient.bias[n] * padding;
    });
  }

  [[nodiscard]] torch::Tensor scaled(std::span<const float> logits, std::size_t count) const {
    return tensor_of(logits, count, network_->description()) * step_.logit_scale();
  }

  network::Cnn network_;
  QuantizedStep step_;
  backprop::Pass pass_;
  std::vector<float> first_bias_;
  std::vector<float> dropout_;
  torch::Tensor logits_;
};

}  // namespace

std::unique_ptr<Runner> make_quantized_native_runner(network::Cnn network,
                                                     const quantization::QuantizeOptions& options,
                                                     std::size_t threads) {
  return std::make_unique<QuantizedNativeRunner>(std::move(network), options, threads);
}

}  // namespace colcomb::training
