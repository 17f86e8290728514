// How much a test tries: under the sanitizers, which are slow, less than elsewhere.
#pragma once

#include <cstdint>

namespace colcomb::tests {

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif
#else
inline constexpr bool kSanitized = false;
#endif

/// `count` random cases; under the sanitizers a fifth of them, rounded up, as RapidCheck's
/// properties there (cmake/ColcombRoom.cmake).
constexpr std::uint64_t cases(std::uint64_t count) {
  return kSanitized ? (count + 4) / 5 : count;
}

}  // namespace colcomb::tests
