#include "colcomb/backprop/kernels/kernels.hpp"

#if defined(__x86_64__)

#include "colcomb/backprop/kernels/avx512_registers.inl"

namespace colcomb::backprop {
namespace {

struct Isa : Avx512Registers {
  static constexpr bool kHasBf16 = false;
};

}  // namespace
}  // namespace colcomb::backprop

#include "colcomb/backprop/kernels/table.inl"

namespace colcomb::backprop {

const Kernels& avx512_kernels() {
  static const Kernels kernels =
      kernels_of_isa("avx512", [] { return (__builtin_cpu_supports("avx512f")) != 0; });
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
