#pragma once

#include <memory>

#include "colcomb/base/random.hpp"
#include "colcomb/dataset/batch_loader.hpp"
#include "colcomb/network/cnn.hpp"
#include "colcomb/quantization/quantize.hpp"
#include "colcomb/training/options.hpp"
#include "colcomb/training/precision.hpp"
#include "colcomb/training/resident_images.hpp"
#include "colcomb/training/worker_place.hpp"

namespace colcomb::training {

/// Runs a network and its gradients. Two ways give the same numbers but for rounding: LibTorch's
/// autograd on any device, and the passes of backprop/ on the CPU, several times faster.
class Runner {
 public:
  Runner() = default;
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;
  virtual ~Runner() = default;

  /// Training mode: logits, B x classes, on the runner's device, to build a loss on. `dropout` is
  /// the whole batch's own stream. The batch must stay until backward(); it may be empty where its
  /// images lie in other workers' shares and batch norm is over all of them.
  virtual torch::Tensor forward(const dataset::Batch& batch, Random dropout) = 0;
  /// Leaves each parameter's gradient in it, or none for an empty batch. Requires: `loss` comes
  /// from the last forward()'s logits.
  virtual void backward(const torch::Tensor& loss) = 0;
  /// Evaluation mode: logits.
  virtual torch::Tensor infer(const dataset::Batch& batch) = 0;
  /// To be called when masks of the network have changed.
  virtual void masks_changed() = 0;
};

/// The device that a worker of this place computes on: of the CUDA devices, the one of its local
/// rank. Errors: UserError if that is not known or there is none such.
[[nodiscard]] torch::Device device_of(const std::string& name, const WorkerPlace& place);

/// The backprop that `name` (auto, lanes, autograd) means on this device: "lanes" or "autograd".
/// Errors: UserError if lanes is asked for and the device is not the CPU.
[[nodiscard]] std::string resolve_backprop(const std::string& name, torch::Device device);

struct RunnerOptions {
  Precision precision = Precision::kFloat;  // of training's passes; evaluation is in float
  /// Where batches of placements find their pixels, with autograd; without it batches must bring
  /// them.
  std::shared_ptr<const ResidentImages> resident;
};

/// A runner of `network`, which it keeps; `backprop` is a result of resolve_backprop. With `sum`,
/// batch norm's statistics are those of all shares of a batch: see BatchShare.
[[nodiscard]] std::unique_ptr<Runner> make_runner(const std::string& backprop, network::Cnn network,
                                                  torch::Device device, std::size_t threads,
                                                  network::SumOverShares sum = nullptr,
                                                  RunnerOptions options = {});

/// One that computes with the integers the network is quantized to: infer() gives the integer
/// network's logits times their step, and gradients go to the parameters as if no rounding were
/// there (the straight-through estimator). Batch norm is a constant of its running statistics.
/// Both ways give equal logits as long as no sum reaches 2^24.
[[nodiscard]] std::unique_ptr<Runner> make_quantized_runner(
    const std::string& backprop, network::Cnn network, torch::Device device,
    const quantization::QuantizeOptions& options, std::size_t threads,
    std::shared_ptr<const ResidentImages> resident = nullptr);

}  // namespace colcomb::training
