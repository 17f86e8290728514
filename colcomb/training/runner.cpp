#include "colcomb/training/runner.hpp"

#include "colcomb/base/error.hpp"
#include "colcomb/training/lanes_runner.hpp"
#include "colcomb/training/meter.hpp"

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

}  // namespace colcomb::training
