#include "colcomb/combining/kernels.hpp"

#include <algorithm>
#include <bit>

// A portable x86-64 build has neither popcnt nor AVX2, so these loops are compiled for newer
// processors too and picked when the program is loaded. Sanitizers cannot run before that point.
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define COLCOMB_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define COLCOMB_CLONES
#endif

namespace colcomb::combining {

COLCOMB_CLONES void count_overlaps(const std::uint64_t* one, const std::uint64_t* many,
                                   std::size_t words, std::size_t count, std::uint32_t* out) {
  for (std::size_t k = 0; k < count; ++k) {
    const std::uint64_t* other = many + k * words;
    std::uint32_t shared = 0;
    for (std::size_t w = 0; w < words; ++w)
      shared += static_cast<std::uint32_t>(std::popcount(one[w] & other[w]));
    out[k] = shared;
  }
}

COLCOMB_CLONES std::size_t first_largest(const std::uint32_t* values, std::size_t count) {
  std::uint32_t largest = 0;
  for (std::size_t k = 0; k < count; ++k) largest = std::max(largest, values[k]);
  std::size_t k = 0;
  while (values[k] != largest) ++k;
  return k;
}

}  // namespace colcomb::combining
