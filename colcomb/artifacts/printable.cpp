#include "colcomb/artifacts/printable.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>

#include "colcomb/base/error.hpp"

namespace colcomb {
namespace {

/// Bytes of the UTF-8 sequence that `first` begins; 0: none.
std::size_t sequence_length(std::uint8_t first) {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  if (first >= 0xf0 && first < 0xf5) return 4;
  return 0;
}

bool is_control(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

/// Shortest form, no surrogate, at most U+10FFFF.
bool is_scalar_value(std::uint32_t code, std::size_t length) {
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  return code >= kLeast[length] && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
}

std::string escaped(std::string_view text) {
  constexpr std::size_t kMost = 64;  // bytes shown
  std::string result;
  for (const char c : text.substr(0, kMost)) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte >= 0x20 && byte < 0x7f && c != '\\') {
      result += c;
    } else {
      result += fmt::format("\\x{:02x}", byte);
    }
  }
  return text.size() > kMost ? result + "..." : result;
}

}  // namespace

bool is_printable(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<std::uint8_t>(text[i]);
    const std::size_t length = sequence_length(first);
    if (length == 0 || length > text.size() - i) return false;
    std::uint32_t code = length == 1 ? first : first & (0x7fU >> length);
    for (std::size_t k = 1; k < length; ++k) {
      const auto next = static_cast<std::uint8_t>(text[i + k]);
      if ((next & 0xc0U) != 0x80) return false;
      code = code << 6 | (next & 0x3fU);
    }
    if (!is_scalar_value(code, length) || is_control(code)) return false;
    i += length;
  }
  return true;
}

void require_printable(const std::string& text, const std::string& where,
                       const std::string& field) {
  if (is_printable(text)) return;
  throw file_error(where, field, escaped(text), "must be valid UTF-8 without control characters");
}

}  // namespace colcomb
