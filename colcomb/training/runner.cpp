#include "colcomb/training/runner.hpp"

#include <fmt/format.h>

#include "colcomb/base/error.hpp"
#include "colcomb/training/lanes_runner.hpp"
#include "colcomb/training/meter.hpp"

namespace colcomb::training {
namespace {

class AutogradRunner final : public Runner {
 public:
  AutogradRunner(network::Cnn network, torch::Device device, network::SumOverShares sum)
      : network_(std::move(network)), device_(device) {
    network_->share.sum = std::move(sum);
  }

  torch::Tensor forward(const dataset::Batch& batch, Random dropout) override {
    torch::manual_seed(dropout.bits());
    network_->share.before = static_cast<std::int64_t>(batch.before);
    network_->share.after = static_cast<std::int64_t>(batch.after);
    empty_ = batch.count == 0;
    if (empty_) return forward_nothing();
    network_->train();
    return network_->forward(images_of(batch, device_));
  }

  void backward(const torch::Tensor& loss) override {
    if (!empty_) return loss.backward();
    auto& layers = network_->layers();
    for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) {
      const torch::Tensor& mean = (*layer)->norm_mean;
      if (mean.defined()) network::empty_shared_norm_backward(mean.size(0), network_->share.sum);
    }
  }

  torch::Tensor infer(const dataset::Batch& batch) override {
    const torch::NoGradGuard no_grad;
    network_->eval();
    return network_->forward(images_of(batch, device_));
  }

  void masks_changed() override {}

 private:
  /// What other workers' batch norms wait for from one without images.
  torch::Tensor forward_nothing() {
    for (network::Layer& layer : network_->layers()) {
      if (layer->norm_mean.defined())
        network::empty_shared_norm(layer->norm_mean, layer->norm_variance,
                                   network::kBatchNormMomentum, network_->share.sum);
    }
    const auto classes = static_cast<std::int64_t>(network_->description().classes);
    return torch::zeros({0, classes}, torch::TensorOptions(device_).requires_grad(true));
  }

  network::Cnn network_;
  torch::Device device_;
  bool empty_ = false;  // the last forward()'s batch
};

}  // namespace

torch::Device device_of(const std::string& name, const WorkerPlace& place) {
  if (name != "cuda" || place.size == 1) return name;
  if (!place.local_rank)
    throw usage_error("LOCAL_RANK", "", "must say which CUDA device is this worker's");
  const std::size_t devices = torch::cuda::device_count();
  if (*place.local_rank >= devices)
    throw usage_error(
        "LOCAL_RANK", fmt::to_string(*place.local_rank),
        fmt::format("each worker needs a CUDA device of its own, and this machine has "
                    "{}: start fewer workers, or use --device cpu",
                    devices));
  return {torch::kCUDA, static_cast<torch::DeviceIndex>(*place.local_rank)};
}

std::string resolve_backprop(const std::string& name, torch::Device device) {
  if (name == "auto") return device.is_cpu() ? "lanes" : "autograd";
  if (name == "lanes" && !device.is_cpu())
    throw usage_error("--backprop", name, "runs on the CPU alone: use autograd with this --device");
  return name;
}

std::unique_ptr<Runner> make_runner(const std::string& backprop, network::Cnn network,
                                    torch::Device device, std::size_t threads,
                                    network::SumOverShares sum) {
  if (backprop == "lanes") return make_lanes_runner(std::move(network), threads, std::move(sum));
  return std::make_unique<AutogradRunner>(std::move(network), device, std::move(sum));
}

}  // namespace colcomb::training
