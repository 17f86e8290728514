#include "colcomb/backprop/kernels.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#include "colcomb/backprop/avx512_registers.inl"

namespace colcomb::backprop {
namespace {

using HalfWords [[gnu::vector_size(64)]] = short;
using Floats [[gnu::vector_size(64)]] = float;

inline Floats pair_dot(const Floats& sum, const Floats& a, const Floats& b) {
  return _mm512_dpbf16_ps(sum, reinterpret_cast<__m512bh>(a), reinterpret_cast<__m512bh>(b));
}
inline Floats pair(const Floats& low, const Floats& high) {
  // All lower halves, then all upper ones.
  const auto halves = reinterpret_cast<HalfWords>(_mm512_cvtne2ps_pbh(high, low));
  const HalfWords turns = {0, 16, 1, 17, 2,  18, 3,  19, 4,  20, 5,  21, 6,  22, 7,  23,
                           8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31};
  const HalfWords pairs = __builtin_shuffle(halves, turns);
  return reinterpret_cast<Floats>(pairs);
}

}  // namespace
}  // namespace colcomb::backprop

#define COLCOMB_PAIR_DOT(sum, a, b) pair_dot(sum, a, b)
#define COLCOMB_PAIR(low, high) pair(low, high)
#include "colcomb/backprop/vector_kernels.inl"

namespace colcomb::backprop {

const Kernels& avx512_bf16_kernels() {
  static const Kernels kernels = kernels_named("avx512-bf16", [] {
    return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
           __builtin_cpu_supports("avx512bf16") != 0;
  });
  return kernels;
}

}  // namespace colcomb::backprop

#else

namespace colcomb::backprop {

const Kernels& avx512_bf16_kernels() {
  static const Kernels kernels{"avx512-bf16", [] { return false; }};
  return kernels;
}

}  // namespace colcomb::backprop

#endif
