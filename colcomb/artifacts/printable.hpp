#pragma once

#include <string>
#include <string_view>

namespace colcomb {

/// True if `text` is valid UTF-8 without control characters (U+0000 to U+001F, U+007F to U+009F).
[[nodiscard]] bool is_printable(std::string_view text);

/// Errors: UserError (file `where`) naming the field if `text` is not printable; the value is shown
/// with every byte outside ASCII's printable characters escaped as \xNN.
void require_printable(const std::string& text, const std::string& where, const std::string& field);

}  // namespace colcomb
