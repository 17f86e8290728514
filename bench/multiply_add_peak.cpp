#include "bench/multiply_add_peak.hpp"

#include <algorithm>
#include <chrono>
#include <limits>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace colcomb {
namespace {

constexpr int kRounds = 200'000;
constexpr int kChains = 16;  // independent accumulations, to hide the latency

template <class Run>
double best_seconds(Run run) {
  double best = std::numeric_limits<double>::max();
  for (int i = 0; i < 15; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    run();
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begin;
    best = std::min(best, spent.count());
  }
  return best;
}

#if defined(__x86_64__)

volatile int sink = 0;

__attribute__((target("avx512f,avx512vnni"))) void multiply_quads() {
  __m512i acc[kChains];
#pragma GCC unroll 16
  for (int k = 0; k < kChains; ++k) {
    acc[k] = _mm512_setzero_si512();
    asm volatile("" : "+v"(acc[k]));  // or the compiler would make one chain of equal ones
  }
  __m512i bytes = _mm512_set1_epi32(sink);
  for (int i = 0; i < kRounds; ++i) {
#pragma GCC unroll 16
    for (int k = 0; k < kChains; ++k) acc[k] = _mm512_dpbusd_epi32(acc[k], bytes, bytes);
    asm volatile("" : "+v"(bytes));  // another round, not the same one again
  }
#pragma GCC unroll 16
  for (const __m512i& a : acc) sink = sink + _mm_cvtsi128_si32(_mm512_castsi512_si128(a));
}

// The sums are part of the accumulation: twelve chains of vpmaddwd and vpaddd.
__attribute__((target("avx2"))) void multiply_pairs() {
  constexpr int kFew = 12;
  __m256i acc[kFew];
#pragma GCC unroll 12
  for (int k = 0; k < kFew; ++k) {
    acc[k] = _mm256_setzero_si256();
    asm volatile("" : "+x"(acc[k]));
  }
  __m256i words = _mm256_set1_epi32(sink);
  for (int i = 0; i < kRounds; ++i) {
#pragma GCC unroll 12
    for (int k = 0; k < kFew; ++k) {
      acc[k] = _mm256_add_epi32(acc[k], _mm256_madd_epi16(words, words));
      asm volatile("" : "+x"(words));  // another product, not the same one again
    }
  }
#pragma GCC unroll 12
  for (const __m256i& a : acc) sink = sink + _mm256_extract_epi32(a, 0);
}

#endif

}  // namespace

MultiplyAddPeak multiply_add_peak(const std::string& kernel) {
#if defined(__x86_64__)
  if (kernel == "avx512")
    return {"vpdpbusd", 64.0 * kChains * kRounds / best_seconds(multiply_quads)};
  if (__builtin_cpu_supports("avx2"))
    return {"vpmaddwd", 16.0 * 12 * kRounds / best_seconds(multiply_pairs)};
#endif
  static_cast<void>(kernel);
  return {"unknown", 0};
}

}  // namespace colcomb
