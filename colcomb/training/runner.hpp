#pragma once

#include <memory>

#include "colcomb/base/random.hpp"
#include "colcomb/dataset/batch_loader.hpp"
#include "colcomb/network/cnn.hpp"
#include "colcomb/quantization/quantize.hpp"
#include "colcomb/training/device_image_cache.hpp"
#include "colcomb/training/options.hpp"
#include "colcomb/training/precision.hpp"
#include "colcomb/training/workers/worker_place.hpp"

namespace colcomb::training {

/// Computes a network's logits and gradients. Two backends, equal but for rounding: LibTorch's
/// autograd on any device, and the native one (backprop/) on the CPU, several times faster.
class Runner {
 public:
  Runner() = default;
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;
  virtual ~Runner() = default;

  /// Training mode: logits, B x classes, on the runner's device, from which to compute a loss.
  /// `dropout`: random stream of the whole batch. The batch must stay until backward(). B may be 0
  /// if other workers have images of the batch and batch norm is over all of them.
  virtual torch::Tensor forward(const dataset::Batch& batch, Random dropout) = 0;
  /// Sets the gradient of every parameter; of none if the batch is empty. Requires: `loss` was
  /// computed from the logits of the last forward().
  virtual void backward(const torch::Tensor& loss) = 0;
  /// Evaluation mode: logits, B x classes.
  virtual torch::Tensor infer(const dataset::Batch& batch) = 0;
  /// Call it when masks of the network have changed.
  virtual void masks_changed() = 0;
};

/// The device that the worker at this place computes on: with CUDA, the device whose index is its
/// local rank. Errors: UserError if the local rank is unknown or there is no such device.
[[nodiscard]] torch::Device device_of(const std::string& name, const WorkerPlace& place);

/// The backend that `name` (auto, native, autograd) means on this device and for this network:
/// "native" or "autograd". Errors: UserError if native is asked for and the device is not the CPU,
/// or the network has activation tables.
[[nodiscard]] std::string resolve_backend(const std::string& name, torch::Device device,
                                          const NetworkDescription& network);

struct RunnerOptions {
  Precision precision = Precision::kFloat;  // of training's passes; evaluation is in float
  /// With autograd: where batches that carry placements find their pixels. Null: batches carry
  /// pixels.
  std::shared_ptr<const DeviceImageCache> image_cache;
};

/// A runner of `network`, which it keeps; `backend` is a result of resolve_backend. With
/// `all_reduce`, batch norm uses the statistics of the whole batch: see network::BatchShard.
[[nodiscard]] std::unique_ptr<Runner> make_runner(const std::string& backend, network::Cnn network,
                                                  torch::Device device, std::size_t threads,
                                                  network::AllReduce all_reduce = nullptr,
                                                  RunnerOptions options = {});

/// A runner of the quantized network: logits are the integer network's accumulations times the
/// logit scale, and gradients pass through every rounding unchanged (the straight-through
/// estimator). Batch norm uses its running statistics, as constants. Both backends give equal
/// logits as long as no sum reaches 2^24.
[[nodiscard]] std::unique_ptr<Runner> make_quantized_runner(
    const std::string& backend, network::Cnn network, torch::Device device,
    const quantization::QuantizeOptions& options, std::size_t threads,
    std::shared_ptr<const DeviceImageCache> image_cache = nullptr);

}  // namespace colcomb::training
