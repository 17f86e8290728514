#include "bench/float_peak.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace colcomb {
namespace {

constexpr int kRounds = 4'000'000;
constexpr int kChains = 12;  // independent accumulations, to hide the latency

volatile float sink = 0;

#if defined(__x86_64__)

__attribute__((target("avx512f"))) double multiply_wide() {
  __m512 acc[kChains];
#pragma GCC unroll 12
  for (__m512& a : acc) a = _mm512_set1_ps(sink);
  __m512 x = _mm512_set1_ps(0.5F);
  for (int i = 0; i < kRounds; ++i) {
#pragma GCC unroll 12
    for (__m512& a : acc) a = _mm512_fmadd_ps(a, x, x);
    asm volatile("" : "+v"(x));  // another round, not the same one again
  }
#pragma GCC unroll 12
  for (const __m512& a : acc) sink = sink + _mm512_cvtss_f32(a);
  return 32.0 * kChains * kRounds;
}

__attribute__((target("avx2,fma"))) double multiply_half() {
  __m256 acc[kChains];
#pragma GCC unroll 12
  for (__m256& a : acc) a = _mm256_set1_ps(sink);
  __m256 x = _mm256_set1_ps(0.5F);
  for (int i = 0; i < kRounds; ++i) {
#pragma GCC unroll 12
    for (__m256& a : acc) a = _mm256_fmadd_ps(a, x, x);
    asm volatile("" : "+x"(x));
  }
#pragma GCC unroll 12
  for (const __m256& a : acc) sink = sink + _mm256_cvtss_f32(a);
  return 16.0 * kChains * kRounds;
}

#endif

double multiply() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return multiply_wide();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return multiply_half();
#endif
  float acc[kChains] = {};
  for (int i = 0; i < kRounds; ++i)
    for (float& a : acc) a = a * 0.5F + sink;
  for (const float a : acc) sink = sink + a;
  return 2.0 * kChains * kRounds;
}

}  // namespace

double float_peak(std::size_t threads) {
  double best = 0;
  for (int i = 0; i < 3; ++i) {
    std::vector<double> operations(threads);
    const auto begin = std::chrono::steady_clock::now();
    {
      std::vector<std::jthread> team;
      for (double& done : operations) team.emplace_back([&done] { done = multiply(); });
    }
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begin;
    double sum = 0;
    for (const double done : operations) sum += done;
    best = std::max(best, sum / spent.count());
  }
  return best;
}

}  // namespace colcomb
