#include "colcomb/backprop/kernels/kernels.hpp"

#include <vector>

namespace colcomb::backprop {

std::span<const Kernels* const> supported_kernels() {
  static const std::vector<const Kernels*> supported = [] {
    std::vector<const Kernels*> kernels;
#define COLCOMB_KERNELS(name) \
  if (name##_kernels().supported()) kernels.push_back(&name##_kernels());
#include "colcomb/backprop/kernels/kernels.def"
#undef COLCOMB_KERNELS
    return kernels;
  }();
  return supported;
}

}  // namespace colcomb::backprop
