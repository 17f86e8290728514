#include "colcomb/backprop/kernels.hpp"

#if defined(__x86_64__)

#define COLCOMB_VECTOR_BYTES 32
#define COLCOMB_BLOCK_ROWS 4
#define COLCOMB_TILE 1
#define COLCOMB_SPARSE_TILE 4
#define COLCOMB_STREAM(to, v) __builtin_ia32_movntps256(reinterpret_cast<float*>(to), v)
#define COLCOMB_STREAMS_END() __builtin_ia32_sfence()
#define COLCOMB_KEEP(v)
#include "colcomb/backprop/vector_kernels.inl"

namespace colcomb::backprop {

const Kernels& avx2_kernels() {
  static const Kernels kernels = kernels_named(
      "avx2", [] { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); });
  return kernels;
}

}  // namespace colcomb::backprop

#else

namespace colcomb::backprop {

const Kernels& avx2_kernels() {
  static const Kernels kernels{"avx2", [] { return false; }};
  return kernels;
}

}  // namespace colcomb::backprop

#endif
