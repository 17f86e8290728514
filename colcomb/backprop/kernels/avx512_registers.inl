// What AVX-512 with and without BF16 have in common: 32 registers of 64 bytes.
#pragma once

#include <immintrin.h>

namespace colcomb::backprop {
namespace {

struct Avx512Registers {
  static constexpr int kRegisterBytes = 64;
  static constexpr int kBlockRows = 8;
  static constexpr int kBlockPixels = 3;
  static constexpr int kSparsePixels = 8;
  using Register [[gnu::vector_size(64), gnu::may_alias]] = float;

  static void store_non_temporal(Register* to, const Register& v) {
    _mm512_stream_ps(reinterpret_cast<float*>(to), v);
  }
  static void fence() { _mm_sfence(); }
  /// Without this the compiler loads `v` again for each of its uses.
  static void keep_in_register(Register& v) { asm("" : "+v"(v)); }
};

}  // namespace
}  // namespace colcomb::backprop
