#include "colcomb/cli/field_flags.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace colcomb::cli {
namespace {

using Row = std::pair<std::string_view, std::string_view>;

constexpr auto kRows = std::to_array<Row>({
#define COLCOMB_FIELD(field, flag) {field, flag},
#include "colcomb/cli/field_flags.def"
#undef COLCOMB_FIELD
});

std::string flag_or_field(std::string_view field) {
  const std::string_view flag = flag_of(field);
  return std::string(flag.empty() ? field : flag);
}

/// `text` with each field that stands in backticks replaced by its flag.
std::string replace_fields(const std::string& text) {
  std::string result;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t open = text.find('`', begin);
    const std::size_t close = open == std::string::npos ? open : text.find('`', open + 1);
    result += text.substr(begin, close == std::string::npos ? close : open - begin);
    if (close == std::string::npos) break;
    result += flag_or_field(std::string_view(text).substr(open + 1, close - open - 1));
    begin = close + 1;
  }
  return result;
}

}  // namespace

std::string_view flag_of(std::string_view field) {
  const auto found = std::ranges::find(kRows, field, &Row::first);
  return found == kRows.end() ? std::string_view() : found->second;
}

std::string message_with_flags(const UserError& error) {
  if (error.kind() != UserError::Kind::kUsage) return error.what();
  UserError::Parts parts = error.parts();
  parts.rule = replace_fields(parts.rule);
  if (parts.where.empty()) parts.where = flag_or_field(std::exchange(parts.field, ""));
  return UserError(error.kind(), std::move(parts)).what();
}

}  // namespace colcomb::cli
