#include "colcomb/training/runner.hpp"

#include <fmt/format.h>

#include <optional>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/network/fake_quantized.hpp"
#include "colcomb/training/meter.hpp"
#include "colcomb/training/native_runner.hpp"
#include "colcomb/training/quantized_step.hpp"

namespace colcomb::training {
namespace {

torch::Tensor device_images(const dataset::Batch& batch, torch::Device device,
                            const DeviceImageCache* image_cache) {
  return image_cache != nullptr && !batch.placements.empty() ? image_cache->images(batch)
                                                             : images_of(batch, device);
}

class AutogradRunner final : public Runner {
 public:
  AutogradRunner(network::Cnn network, torch::Device device, network::AllReduce sum,
                 RunnerOptions options)
      : network_(std::move(network)), device_(device), options_(std::move(options)) {
    network_->shard.all_reduce = std::move(sum);
  }

  torch::Tensor forward(const dataset::Batch& batch, Random dropout) override {
    torch::manual_seed(dropout.bits());
    network_->shard.before = static_cast<std::int64_t>(batch.before);
    network_->shard.after = static_cast<std::int64_t>(batch.after);
    empty_ = batch.count == 0;
    if (empty_) return forward_nothing();
    network_->train();
    const auto images = device_images(batch, device_, options_.image_cache.get());
    const ComputeIn precision(options_.precision, device_);
    return network_->forward(images).to(torch::kFloat);
  }

  void backward(const torch::Tensor& loss) override {
    if (!empty_) return loss.backward();
    auto& layers = network_->layers();
    for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) {
      const torch::Tensor& mean = (*layer)->norm_mean;
      if (mean.defined())
        network::empty_shard_batch_norm_backward(mean.size(0), network_->shard.all_reduce);
    }
  }

  torch::Tensor infer(const dataset::Batch& batch) override {
    const torch::NoGradGuard no_grad;
    network_->eval();
    return network_->forward(device_images(batch, device_, options_.image_cache.get()));
  }

  void masks_changed() override {}

 private:
  /// What other workers' batch norms wait for from one without images.
  torch::Tensor forward_nothing() {
    for (network::Layer& layer : network_->layers()) {
      if (layer->norm_mean.defined())
        network::empty_shard_batch_norm(layer->norm_mean, layer->norm_variance,
                                        network::kBatchNormMomentum, network_->shard.all_reduce);
    }
    const auto classes = static_cast<std::int64_t>(network_->description().classes);
    return torch::zeros({0, classes}, torch::TensorOptions(device_).requires_grad(true));
  }

  network::Cnn network_;
  torch::Device device_;
  RunnerOptions options_;
  bool empty_ = false;  // the last forward()'s batch
};

/// The fake-quantized network, which is slow but says what every faster one must compute.
class QuantizedAutogradRunner final : public Runner {
 public:
  QuantizedAutogradRunner(network::Cnn network, torch::Device device,
                          const quantization::QuantizeOptions& options,
                          std::shared_ptr<const DeviceImageCache> image_cache)
      : dropout_(network->description().dropout),
        step_(std::move(network), options),
        device_(device),
        image_cache_(std::move(image_cache)) {}

  torch::Tensor forward(const dataset::Batch& batch, Random dropout) override {
    torch::manual_seed(dropout.bits());
    return logits(batch, dropout_);
  }

  void backward(const torch::Tensor& loss) override {
    loss.backward();
    std::vector<quantization::IntegerGradient> gradients;
    for (std::size_t i = 0; i < step_.layers().size(); ++i) {
      const quantization::IntegerLayer& layer = step_.layers()[i];
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
    fake_.emplace(step_.stored(), step_.options(), device_);
    const auto whole = fake_->forward(
        device_images(batch, device_, image_cache_.get()), dropout,
        {static_cast<std::int64_t>(batch.before), static_cast<std::int64_t>(batch.after), nullptr});
    return (whole * step_.logit_scale()).to(torch::kFloat);
  }

  static std::vector<float> values_of(const torch::Tensor& tensor) {
    const auto flat = tensor.to(torch::kCPU, torch::kFloat).contiguous();
    return {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()};
  }

  double dropout_;
  QuantizedStep step_;
  torch::Device device_;
  std::shared_ptr<const DeviceImageCache> image_cache_;
  std::optional<network::FakeQuantized> fake_;
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
                    "{}: start fewer workers, or use the device cpu",
                    devices));
  return {torch::kCUDA, static_cast<torch::DeviceIndex>(*place.local_rank)};
}

std::string resolve_backend(const std::string& name, torch::Device device,
                            const NetworkDescription& network) {
  if (name == "auto") return device.is_cpu() && !has_tables(network) ? "native" : "autograd";
  if (name == "native") require_no_tables(network, "the native backend");
  if (name == "native" && !device.is_cpu())
    throw option_error("backend", name, "runs on the CPU only: use autograd with this `device`");
  return name;
}

std::unique_ptr<Runner> make_runner(const std::string& backend, network::Cnn network,
                                    torch::Device device, std::size_t threads,
                                    network::AllReduce sum, RunnerOptions options) {
  if (backend == "native") {
    const bool half = options.precision == Precision::kBf16;
    return make_native_runner(std::move(network), threads, std::move(sum),
                              half ? backprop::Precision::kBfloat16 : backprop::Precision::kFloat);
  }
  return std::make_unique<AutogradRunner>(std::move(network), device, std::move(sum),
                                          std::move(options));
}

std::unique_ptr<Runner> make_quantized_runner(const std::string& backend, network::Cnn network,
                                              torch::Device device,
                                              const quantization::QuantizeOptions& options,
                                              std::size_t threads,
                                              std::shared_ptr<const DeviceImageCache> image_cache) {
  if (backend == "native")
    return make_quantized_native_runner(std::move(network), options, threads);
  return std::make_unique<QuantizedAutogradRunner>(std::move(network), device, options,
                                                   std::move(image_cache));
}

}  // namespace colcomb::training
