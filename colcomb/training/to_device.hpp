#pragma once

#include <torch/torch.h>

namespace colcomb::training {

/// A host tensor on `device`, itself if that is the CPU. To CUDA it goes by way of pinned memory,
/// so that the copy takes its place in the device's queue and the host does not wait for it.
[[nodiscard]] inline torch::Tensor to_device(const torch::Tensor& host, torch::Device device) {
  if (device.is_cpu()) return host;
  return (device.is_cuda() ? host.pin_memory() : host).to(device, /*non_blocking=*/true);
}

}  // namespace colcomb::training
