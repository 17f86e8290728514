#include "colcomb/inference/kernel.hpp"

#include <vector>

namespace colcomb::inference {

std::span<const Kernel* const> supported_kernels() {
  static const std::vector<const Kernel*> supported = [] {
    std::vector<const Kernel*> kernels;
#define COLCOMB_KERNEL(name) \
  if (name##_kernel().supported()) kernels.push_back(&name##_kernel());
#include "colcomb/inference/kernels.def"
#undef COLCOMB_KERNEL
    return kernels;
  }();
  return supported;
}

}  // namespace colcomb::inference
