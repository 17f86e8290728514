#include "fuzz/mutation.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "colcomb/artifacts/sealed_file.hpp"

namespace colcomb::fuzzing {
namespace {

constexpr std::size_t kSizeOffset = 16;
constexpr std::size_t kChecksumOffset = 24;

template <class T>
void put(Bytes& content, std::size_t at, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i)
    content[at + i] = static_cast<std::byte>(value >> (8 * i) & 0xff);
}

auto place(Bytes& content, std::size_t at) {
  return content.begin() + static_cast<std::ptrdiff_t>(at);
}

/// Mostly a multiple of four, where lengths and offsets stand.
std::size_t some_word(const Bytes& content, Random& random) {
  const std::size_t at = random.below(content.size() - 3);
  return random.below(8) == 0 ? at : at / 4 * 4;
}

/// Requires: at least 8 bytes.
void edit(Bytes& content, Random& random) {
  const std::size_t at = random.below(content.size());
  const std::size_t length = 1 + random.below(std::min<std::size_t>(content.size() - at, 16));
  switch (random.below(7)) {
    case 0:
      content[at] ^= static_cast<std::byte>(1U << random.below(8));
      return;
    case 1:
      content[at] = static_cast<std::byte>(random.below(256));
      return;
    case 2: {
      const std::size_t word = some_word(content, random);
      const auto values = hostile_words(content, word);
      return put_word(content, word, values[random.below(values.size())]);
    }
    case 3:  // one vector or table takes another's place
      return put_word(content, some_word(content, random),
                      word_at(content, some_word(content, random)));
    case 4: {
      const std::size_t word = some_word(content, random);
      const auto change = static_cast<std::uint32_t>(random.below(64));
      return put_word(content, word, word_at(content, word) + change - 32);
    }
    case 5:
      content.erase(place(content, at), place(content, at + length));
      return;
    default: {
      const Bytes copied(place(content, at), place(content, at + length));
      content.insert(place(content, random.below(content.size())), copied.begin(), copied.end());
    }
  }
}

bool ends_value(std::byte b) {
  const auto c = std::to_integer<char>(b);
  return c == '\n' || c == ',' || c == ']' || c == '=' || c == '[' || c == ' ';
}

/// Puts something else in place of what stands between two separators. Requires: not empty.
void edit_value(Bytes& content, Random& random) {
  static constexpr std::array<std::string_view, 22> kValues = {"0",
                                                               "-1",
                                                               "1",
                                                               "65",
                                                               "1025",
                                                               "1e308",
                                                               "0.5",
                                                               "4294967296",
                                                               "-2147483649",
                                                               "9223372036854775807",
                                                               "9223372036854775808",
                                                               "inf",
                                                               "nan",
                                                               "true",
                                                               "\"\"",
                                                               "\"layer\"",
                                                               "'x'",
                                                               "[]",
                                                               "[[]]",
                                                               "{}",
                                                               "{a=1}",
                                                               "1979-05-27"};
  const std::size_t at = random.below(content.size());
  auto begin = place(content, at);
  while (begin != content.begin() && !ends_value(*(begin - 1))) --begin;
  auto end = place(content, at);
  while (end != content.end() && !ends_value(*end)) ++end;
  const std::string_view value = kValues[random.below(kValues.size())];
  const auto* const bytes = reinterpret_cast<const std::byte*>(value.data());
  begin = content.erase(begin, end);
  content.insert(begin, bytes, bytes + value.size());
}

}  // namespace

void seal(Bytes& content) {
  if (content.size() < kSealSize) return;
  const std::size_t payload = content.size() - kSealSize;
  const auto* const bytes = reinterpret_cast<const Bytef*>(content.data()) + kSealSize;
  put(content, kSizeOffset, static_cast<std::uint64_t>(payload));
  put(content, kChecksumOffset, static_cast<std::uint32_t>(crc32_z(0, bytes, payload)));
}

void put_word(Bytes& content, std::size_t at, std::uint32_t value) {
  put(content, at, value);
}

std::uint32_t word_at(const Bytes& content, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i)
    value |= std::to_integer<std::uint32_t>(content[at + i]) << (8 * i);
  return value;
}

std::vector<std::uint32_t> hostile_words(const Bytes& content, std::size_t at) {
  const std::uint32_t now = word_at(content, at);
  const auto size = static_cast<std::uint32_t>(content.size());
  return {0,          1,          now - 1,    now + 1,    2 * now,    size,
          0x3fffffff, 0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff, size - 32};
}

Bytes mutate(std::span<const Bytes> seeds, Form form, Random& random) {
  Bytes content = seeds[random.below(seeds.size())];
  const std::size_t most = form == Form::kText ? 2 : 4;  // a wrong letter is found at once
  for (std::size_t edits = 1ULL << random.below(most); edits > 0 && content.size() >= 8; --edits) {
    if (form == Form::kText && random.below(4) != 0) {
      edit_value(content, random);
    } else {
      edit(content, random);
    }
  }
  if (random.below(8) == 0) content.resize(random.below(content.size() + 1));
  if (form == Form::kContainer && random.below(16) != 0) seal(content);
  return content;
}

}  // namespace colcomb::fuzzing
