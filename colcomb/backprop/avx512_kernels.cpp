#include "colcomb/backprop/kernels.hpp"

#if defined(__x86_64__)

#define COLCOMB_VECTOR_BYTES 64
#define COLCOMB_BLOCK_ROWS 8
#define COLCOMB_TILE 3
#define COLCOMB_SPARSE_TILE 8
#define COLCOMB_STREAM(to, v) __builtin_ia32_movntps512(reinterpret_cast<float*>(to), v)
#define COLCOMB_STREAMS_END() __builtin_ia32_sfence()
#define COLCOMB_KEEP(v) asm("" : "+v"(v))
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
