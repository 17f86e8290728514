#include "colcomb/training/precision.hpp"

#include <ATen/autocast_mode.h>
#include <torch/version.h>

#include "colcomb/base/error.hpp"

namespace colcomb::training {
namespace {

// LibTorch 2.4 gave its autocast switches the device as an argument, and has since called the old
// ones deprecated.
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
void set_bf16(torch::Device device, bool on) {
  if (on) at::autocast::set_autocast_dtype(device.type(), torch::kBFloat16);
  at::autocast::set_autocast_enabled(device.type(), on);
}
#else
void set_bf16(torch::Device device, bool on) {
  if (device.is_cpu()) {
    if (on) at::autocast::set_autocast_cpu_dtype(torch::kBFloat16);
    at::autocast::set_cpu_enabled(on);
  } else {
    if (on) at::autocast::set_autocast_gpu_dtype(torch::kBFloat16);
    at::autocast::set_enabled(on);
  }
}
#endif

}  // namespace

std::vector<std::string> precision_names() {
  return {"float", "bf16"};
}

Precision parse_precision(const std::string& name) {
  if (name == "float") return Precision::kFloat;
  if (name == "bf16") return Precision::kBf16;
  throw option_error("precision", name, "must be float or bf16");
}

ComputeIn::ComputeIn(Precision precision, torch::Device device)
    : casts_(precision == Precision::kBf16), device_(device) {
  if (!casts_) return;
  at::autocast::increment_nesting();
  set_bf16(device_, true);
}

ComputeIn::~ComputeIn() {
  if (!casts_) return;
  set_bf16(device_, false);
  // Cast weights are kept for the length of one pass.
  if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
}

}  // namespace colcomb::training
