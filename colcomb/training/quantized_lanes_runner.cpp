// Quantization-aware training on the CPU: backprop::Pass on the integers.
#include "colcomb/backprop/pass.hpp"
#include "colcomb/training/dropout.hpp"
#include "colcomb/training/lanes.hpp"
#include "colcomb/training/lanes_runner.hpp"
#include "colcomb/training/quantized_step.hpp"

namespace colcomb::training {
namespace {

using quantization::WholeGradient;
using quantization::WholeLayer;

/// The network of whole numbers: biases in place of batch norm, pixels less the padding as they
/// are, so that what lies outside the map is 0.
NetworkDescription whole_description(NetworkDescription network,
                                     const std::vector<WholeLayer>& whole) {
  constexpr double kPixelStep = 1 / 255.0;
  InputDescription& input = network.input;
  const std::size_t reshaped = input.reshape_stride * input.reshape_stride;
  for (std::size_t c = 0; c < input.channels; ++c) {
    input.mean[c] = whole.front().padding[c * reshaped] * kPixelStep;
    input.std[c] = kPixelStep;
  }
  for (LayerDescription& layer : network.all()) layer.batch_norm = false;
  return network;
}

class QuantizedLanesRunner final : public Runner {
 public:
  QuantizedLanesRunner(network::Cnn network, const quantization::QuantizeOptions& options,
                       std::size_t threads)
      : network_(network),
        step_(std::move(network), options),
        pass_(whole_description(network_->description(), step_.whole()), {threads, ""}) {
    QuantizedLanesRunner::masks_changed();
  }

  torch::Tensor forward(const dataset::Batch& batch, Random dropout) override {
    const NetworkDescription& network = network_->description();
    dropout_ = draw_dropout(network, batch, dropout);
    logits_ = scaled(pass_.forward(batch.pixels, batch.count, numbers(), dropout_), batch.count);
    logits_.requires_grad_(true);
    return logits_;
  }

  void backward(const torch::Tensor& loss) override {
    loss.backward();
    const auto by_logits = (logits_.grad() * step_.logit_step()).contiguous();
    std::vector<WholeGradient> gradients;
    std::vector<backprop::LayerGradients> targets;
    for (const WholeLayer& layer : step_.whole()) {
      gradients.push_back({Matrix<float>(layer.weights.rows(), layer.weights.cols()),
                           std::vector<float>(layer.bias.size())});
    }
    for (WholeGradient& gradient : gradients)
      targets.push_back({gradient.weights.values().data(), nullptr, nullptr, gradient.bias.data()});
    pass_.backward({by_logits.data_ptr<float>(), static_cast<std::size_t>(by_logits.numel())},
                   targets);
    through_padding(gradients.front());
    step_.end(gradients);
  }

  torch::Tensor infer(const dataset::Batch& batch) override {
    return scaled(pass_.infer(batch.pixels, batch.count, numbers()), batch.count);
  }

  void masks_changed() override { set_masks(pass_, network_); }

 private:
  /// The integers of the parameters as they are now.
  std::vector<backprop::LayerNumbers> numbers() {
    step_.begin();
    backprop::Integers integers;
    integers.pool_bits = step_.options().pool_bits;
    std::vector<backprop::LayerNumbers> result;
    first_bias_ = step_.whole().front().bias;
    add_padding(first_bias_);
    for (const WholeLayer& layer : step_.whole()) {
      integers.fraction_bits.push_back(layer.fraction_bits);
      backprop::LayerNumbers numbers;
      numbers.weights = layer.weights.values().data();
      numbers.bias = result.empty() ? first_bias_.data() : layer.bias.data();
      result.push_back(numbers);
    }
    pass_.set_integers(std::move(integers));
    return result;
  }

  /// Calls body(n, m, padding of column m) for the first layer.
  template <class Body>
  void each_padding(Body body) const {
    const WholeLayer& layer = step_.whole().front();
    const auto& columns = network_->description().hidden.front().columns;
    for (std::size_t n = 0; n < layer.weights.rows(); ++n) {
      for (std::size_t m = 0; m < columns.size(); ++m)
        body(n, m, layer.padding[static_cast<std::size_t>(columns[m].channel)]);
    }
  }

  /// The product of pixels is that of pixels less the padding plus this.
  void add_padding(std::vector<float>& bias) const {
    const WholeLayer& layer = step_.whole().front();
    each_padding([&](std::size_t n, std::size_t m, float padding) {
      bias[n] += layer.weights(n, m) * padding;
    });
  }
  void through_padding(WholeGradient& gradient) const {
    each_padding([&](std::size_t n, std::size_t m, float padding) {
      gradient.weights(n, m) += gradient.bias[n] * padding;
    });
  }

  [[nodiscard]] torch::Tensor scaled(std::span<const float> logits, std::size_t count) const {
    return tensor_of(logits, count, network_->description()) * step_.logit_step();
  }

  network::Cnn network_;
  QuantizedStep step_;
  backprop::Pass pass_;
  std::vector<float> first_bias_;
  std::vector<float> dropout_;
  torch::Tensor logits_;
};

}  // namespace

std::unique_ptr<Runner> make_quantized_lanes_runner(network::Cnn network,
                                                    const quantization::QuantizeOptions& options,
                                                    std::size_t threads) {
  return std::make_unique<QuantizedLanesRunner>(std::move(network), options, threads);
}

}  // namespace colcomb::training
