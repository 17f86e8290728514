// AVX2 with fused multiply-add: 16 registers of 32 bytes.
#include "colcomb/backprop/kernels/kernels.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

namespace colcomb::backprop {
namespace {

struct Isa {
  static constexpr int kRegisterBytes = 32;
  static constexpr int kBlockRows = 4;
  static constexpr int kBlockPixels = 1;
  static constexpr int kSparsePixels = 4;
  static constexpr bool kHasBf16 = false;
  using Register [[gnu::vector_size(32), gnu::may_alias]] = float;

  static void store_non_temporal(Register* to, const Register& v) {
    _mm256_stream_ps(reinterpret_cast<float*>(to), v);
  }
  static void fence() { _mm_sfence(); }
  static void keep_in_register(Register& /*v*/) {}
};

}  // namespace
}  // namespace colcomb::backprop

#include "colcomb/backprop/kernels/table.inl"

namespace colcomb::backprop {

const Kernels& avx2_kernels() {
  static const Kernels kernels = kernels_of_isa(
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
