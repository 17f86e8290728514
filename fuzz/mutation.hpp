#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "colcomb/base/files.hpp"
#include "colcomb/base/random.hpp"

namespace colcomb::fuzzing {

/// What a file is like, which decides the edits that get past a reader's first test.
enum class Form {
  kContainer,  // a header with payload size and checksum before FlatBuffers
  kBinary,
  kText,  // lines of keys and values
};

/// Makes the header's payload size and checksum those of the bytes behind it, which would otherwise
/// hide everything from the reader. Leaves content shorter than a header as it is.
void seal(Bytes& content);

/// Replaces the little-endian 32-bit number at `at`. Requires: at + 4 <= content.size().
void put_word(Bytes& content, std::size_t at, std::uint32_t value);
[[nodiscard]] std::uint32_t word_at(const Bytes& content, std::size_t at);

/// Numbers that lengths and offsets should not have: zero, one off, huge, the sign bit, the
/// file's size.
[[nodiscard]] std::vector<std::uint32_t> hostile_words(const Bytes& content, std::size_t at);

/// One of `seeds` after one to eight edits: bits, bytes, words, moved and removed ranges; in text
/// one or two, mostly values in place of others. Containers are mostly sealed. Equal random states
/// give equal results. Requires: a seed.
[[nodiscard]] Bytes mutate(std::span<const Bytes> seeds, Form form, Random& random);

}  // namespace colcomb::fuzzing
