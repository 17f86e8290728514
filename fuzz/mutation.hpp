#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "colcomb/base/files.hpp"
#include "colcomb/base/random.hpp"

namespace colcomb::fuzzing {

/// Makes the header's payload size and checksum those of the bytes behind it, which would otherwise
/// hide everything from the reader. Leaves content shorter than a header as it is.
void seal(Bytes& content);

/// Replaces the little-endian 32-bit number at `at`. Requires: at + 4 <= content.size().
void put_word(Bytes& content, std::size_t at, std::uint32_t value);
[[nodiscard]] std::uint32_t word_at(const Bytes& content, std::size_t at);

/// Numbers that lengths and offsets should not have: zero, one off, huge, the sign bit, the
/// file's size.
[[nodiscard]] std::vector<std::uint32_t> hostile_words(const Bytes& content, std::size_t at);

/// One of `seeds` after one to eight edits (bits, bytes, words, moved and removed ranges), mostly
/// sealed. Equal random states give equal results. Requires: a seed.
[[nodiscard]] Bytes mutate(std::span<const Bytes> seeds, Random& random);

}  // namespace colcomb::fuzzing
