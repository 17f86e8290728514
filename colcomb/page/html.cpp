#include "colcomb/page/html.hpp"

#include <string_view>

#include "colcomb/base/check.hpp"

namespace colcomb::page {
namespace {

void put(std::string& text, std::string_view mark, const std::string& value) {
  const std::size_t at = text.find(mark);
  COLCOMB_CHECK(at != std::string::npos, "the page's template lacks a mark");
  text.replace(at, mark.size(), value);
}

}  // namespace

std::string base64(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t three = 0;
    for (std::size_t k = 0; k < 3; ++k)
      three = three << 8U | (i + k < bytes.size() ? bytes[i + k] : 0U);
    for (std::size_t k = 0; k < 4; ++k) {
      const bool filled = i + k <= bytes.size();  // k bytes make k + 1 digits
      text += filled ? kDigits[three >> (18 - 6 * k) & 63U] : '=';
    }
  }
  return text;
}

std::string html(const Document& document, std::string page_template) {
  // Text that is no UTF-8 becomes marks, rather than an error: labels come from files.
  const std::string json = document.json.dump(-1, ' ', false, Json::error_handler_t::replace);
  const auto* begin = reinterpret_cast<const std::uint8_t*>(json.data());
  // Base64 has no letter that HTML reads, so nothing of a file can end the element.
  put(page_template, "@document@", base64(deflated({begin, json.size()})));
  put(page_template, "@bytes@", base64(deflated(document.bytes)));
  return page_template;
}

}  // namespace colcomb::page
