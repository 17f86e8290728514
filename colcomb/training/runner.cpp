#include "colcomb/training/runner.hpp"

#include <optional>

#include "colcomb/base/error.hpp"
#include "colcomb/network/fake_quantized.hpp"
#include "colcomb/training/lanes_runner.hpp"
#include "colcomb/training/meter.hpp"
#include "colcomb/training/quantized_step.hpp"

namespace colcomb::training {
namespace {

class AutogradRunner final : public Runner {
 public:
  AutogradRunner(network::Cnn network, torch::Device device)
      : network_(std::move(network)), device_(device) {}

  torch::Tensor forward(const dataset::Batch& batch, Random dropout) override {
    torch::manual_seed(dropout.bits());
    network_->train();
    return network_->forward(images_of(batch, device_));
  }

  void backward(const torch::Tensor& loss) override { loss.backward(); }

  torch::Tensor infer(const dataset::Batch& batch) override {
    const torch::NoGradGuard no_grad;
    network_->eval();
    return network_->forward(images_of(batch, device_));
  }

  void masks_changed() override {}

 private:
  network::Cnn network_;
  torch::Device device_;
};

/// The fake-quantized network, which is slow but says what every faster one must compute.
class QuantizedAutogradRunner final : public Runner {
 public:
  QuantizedAutogradRunner(network::Cnn network, torch::Device device,
                          const quantization::QuantizeOptions& options)
      : dropout_(network->description().dropout),
        step_(std::move(network), options),
        device_(device) {}

  torch::Tensor forward(const dataset::Batch& batch, Random dropout) override {
    torch::manual_seed(dropout.bits());
    return logits(batch, dropout_);
  }

  void backward(const torch::Tensor& loss) override {
    loss.backward();
    std::vector<quantization::WholeGradient> gradients;
    for (std::size_t i = 0; i < step_.whole().size(); ++i) {
      const quantization::WholeLayer& layer = step_.whole()[i];
      gradients.push_back({Matrix<float>(layer.weights.rows(), layer.weights.cols(),
                                         values_of(fake_->weights()[i].grad())),
                           values_of(fake_->biases()[i].grad())});
    }
    step_.end(gradients);
  }

  torch::Tensor infer(const dataset::Batch& batch) override {
    const torch::NoGradGuard no_grad;
    return logits(batch, 0);
  }

  void masks_changed() override {}

 private:
  torch::Tensor logits(const dataset::Batch& batch, double dropout) {
    step_.begin();
    fake_.emplace(step_.stored(), step_.options().pool_bits, step_.options().weights, device_);
    const auto whole = fake_->forward(images_of(batch, device_), dropout);
    return (whole * step_.logit_step()).to(torch::kFloat);
  }

  static std::vector<float> values_of(const torch::Tensor& tensor) {
    const auto flat = tensor.to(torch::kCPU, torch::kFloat).contiguous();
    return {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()};
  }

  double dropout_;
  QuantizedStep step_;
  torch::Device device_;
  std::optional<network::FakeQuantized> fake_;
};

}  // namespace

std::string resolve_backprop(const std::string& name, torch::Device device) {
  if (name == "auto") return device.is_cpu() ? "lanes" : "autograd";
  if (name == "lanes" && !device.is_cpu())
    throw usage_error("--backprop", name, "runs on the CPU alone: use autograd with this --device");
  return name;
}

std::unique_ptr<Runner> make_runner(const std::string& backprop, network::Cnn network,
                                    torch::Device device, std::size_t threads) {
  if (backprop == "lanes") return make_lanes_runner(std::move(network), threads);
  return std::make_unique<AutogradRunner>(std::move(network), device);
}

std::unique_ptr<Runner> make_quantized_runner(const std::string& backprop, network::Cnn network,
                                              torch::Device device,
                                              const quantization::QuantizeOptions& options,
                                              std::size_t threads) {
  if (backprop == "lanes") return make_quantized_lanes_runner(std::move(network), options, threads);
  return std::make_unique<QuantizedAutogradRunner>(std::move(network), device, options);
}

}  // namespace colcomb::training
