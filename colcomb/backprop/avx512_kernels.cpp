#include "colcomb/backprop/kernels.hpp"

#if defined(__x86_64__)

#include "colcomb/backprop/avx512_registers.inl"
#include "colcomb/backprop/vector_kernels.inl"

namespace colcomb::backprop {

const Kernels& avx512_kernels() {
  static const Kernels kernels =
      kernels_named("avx512", [] { return (__builtin_cpu_supports("avx512f")) != 0; });
  return kernels;
}

}  // namespace colcomb::backprop

#else

namespace colcomb::backprop {

const Kernels& avx512_kernels() {
  static const Kernels kernels{"avx512", [] { return false; }};
  return kernels;
}

}  // namespace colcomb::backprop

#endif
