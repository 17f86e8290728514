#pragma once

#include <cstddef>
#include <cstdint>

namespace colcomb::combining {

/// out[k] = number of rows that bitset `one` shares with bitset k of `many`; each has `words`
/// words.
void count_overlaps(const std::uint64_t* one, const std::uint64_t* many, std::size_t words,
                    std::size_t count, std::uint32_t* out);

/// Index of the first largest element. Requires: count > 0.
[[nodiscard]] std::size_t first_largest(const std::uint32_t* values, std::size_t count);

}  // namespace colcomb::combining
