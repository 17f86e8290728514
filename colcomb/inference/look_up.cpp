#include "colcomb/inference/look_up.hpp"

#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace colcomb::inference {
namespace {

void look_up_bytes(const TableBytes& table, std::uint8_t* bytes, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) bytes[i] = table[bytes[i]];
}

void look_up_one_by_one(const TableBytes& table, const ByteRuns& runs) {
  for (std::size_t r = 0; r < runs.runs; ++r)
    look_up_bytes(table, runs.first + static_cast<std::ptrdiff_t>(r) * runs.step, runs.bytes);
}

#if defined(__x86_64__)

/// Two instructions choose from 128 bytes each, the top bit between them.
[[gnu::target("avx512f,avx512bw,avx512vbmi")]] void look_up_avx512(const TableBytes& table,
                                                                   const ByteRuns& runs) {
  const __m512i first = _mm512_loadu_si512(table.data());
  const __m512i second = _mm512_loadu_si512(table.data() + 64);
  const __m512i third = _mm512_loadu_si512(table.data() + 128);
  const __m512i fourth = _mm512_loadu_si512(table.data() + 192);
  for (std::size_t r = 0; r < runs.runs; ++r) {
    std::uint8_t* const bytes = runs.first + static_cast<std::ptrdiff_t>(r) * runs.step;
    for (std::size_t i = 0; i < runs.bytes; i += 64) {
      const std::size_t left = runs.bytes - i;
      const __mmask64 taken = left >= 64 ? ~__mmask64{0} : (__mmask64{1} << left) - 1;
      const __m512i x = _mm512_maskz_loadu_epi8(taken, bytes + i);
      const __m512i low = _mm512_permutex2var_epi8(first, x, second);
      const __m512i high = _mm512_permutex2var_epi8(third, x, fourth);
      const __m512i found = _mm512_mask_blend_epi8(_mm512_movepi8_mask(x), low, high);
      _mm512_mask_storeu_epi8(bytes + i, taken, found);
    }
  }
}

/// 16 shuffles, each of 16 entries: that of entry 16 k on gives 0 where x - 16 k is not 0 to 15,
/// since adding 112 with saturation sets the top bit of all others.
[[gnu::target("avx2")]] void look_up_avx2(const TableBytes& table, const ByteRuns& runs) {
  __m256i parts[16];
  for (std::size_t k = 0; k < 16; ++k) {
    parts[k] = _mm256_broadcastsi128_si256(
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(table.data() + 16 * k)));
  }
  const __m256i sixteen = _mm256_set1_epi8(16);
  const __m256i raise = _mm256_set1_epi8(112);
  for (std::size_t r = 0; r < runs.runs; ++r) {
    std::uint8_t* const bytes = runs.first + static_cast<std::ptrdiff_t>(r) * runs.step;
    std::size_t i = 0;
    for (; i + 32 <= runs.bytes; i += 32) {
      auto* const at = reinterpret_cast<__m256i*>(bytes + i);
      __m256i x = _mm256_loadu_si256(at);
      __m256i found = _mm256_setzero_si256();
      for (const __m256i& part : parts) {
        found = _mm256_or_si256(found, _mm256_shuffle_epi8(part, _mm256_adds_epu8(x, raise)));
        x = _mm256_sub_epi8(x, sixteen);
      }
      _mm256_storeu_si256(at, found);
    }
    look_up_bytes(table, bytes + i, runs.bytes - i);
  }
}

#endif

std::vector<LookUp> look_ups() {
  std::vector<LookUp> found;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vbmi"))
    found.push_back({"avx512", look_up_avx512});
  if (__builtin_cpu_supports("avx2")) found.push_back({"avx2", look_up_avx2});
#endif
  found.push_back({"portable", look_up_one_by_one});
  return found;
}

}  // namespace

void look_up_by_row(std::span<const TableBytes> tables, const ByteRuns& runs) {
  for (std::size_t r = 0; r < runs.runs; ++r) {
    std::uint8_t* const bytes = runs.first + static_cast<std::ptrdiff_t>(r) * runs.step;
    for (std::size_t i = 0; i < runs.bytes; ++i) bytes[i] = tables[i][bytes[i]];
  }
}

std::span<const LookUp> supported_look_ups() {
  static const std::vector<LookUp> found = look_ups();
  return found;
}

}  // namespace colcomb::inference
