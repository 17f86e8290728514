// AVX-512 with its instructions for bfloat16 dot products.
#include "colcomb/backprop/kernels/kernels.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#include "colcomb/backprop/kernels/avx512_registers.inl"

namespace colcomb::backprop {
namespace {

struct Isa : Avx512Registers {
  using HalfWords [[gnu::vector_size(64)]] = short;
  static constexpr bool kHasBf16 = true;

  static Register bf16_dot(const Register& sum, const Register& a, const Register& b) {
#if defined(__clang__)  // Clang 16 crashes where vectors of bfloat16 change their type
    Register total = sum;
    asm("vdpbf16ps %2, %1, %0" : "+v"(total) : "v"(a), "v"(b));
    return total;
#else
    return _mm512_dpbf16_ps(sum, reinterpret_cast<__m512bh>(a), reinterpret_cast<__m512bh>(b));
#endif
  }
  static Register bf16_pack(const Register& low, const Register& high) {
    // All lower halves, then all upper ones.
#if defined(__clang__)
    HalfWords halves;
    asm("vcvtne2ps2bf16 %1, %2, %0" : "=v"(halves) : "v"(low), "v"(high));
#else
    const auto halves = reinterpret_cast<HalfWords>(_mm512_cvtne2ps_pbh(high, low));
#endif
    const HalfWords pairs =
        __builtin_shufflevector(halves, halves, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7,
                                23, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    return reinterpret_cast<Register>(pairs);
  }
};

}  // namespace
}  // namespace colcomb::backprop

#include "colcomb/backprop/kernels/table.inl"

namespace colcomb::backprop {

const Kernels& avx512_bf16_kernels() {
  static const Kernels kernels = kernels_of_isa("avx512-bf16", [] {
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
