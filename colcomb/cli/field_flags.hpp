#pragma once

#include <string>
#include <string_view>

#include "colcomb/base/error.hpp"

namespace colcomb::cli {

/// The flag that fills in this field of the library's options (field_flags.def); empty if none
/// does.
[[nodiscard]] std::string_view flag_of(std::string_view field);

/// What to print of an error: where it names a field of an options struct, or its rule does in
/// backticks, the flag stands in the field's place. A field without a flag keeps its name.
[[nodiscard]] std::string message_with_flags(const UserError& error);

}  // namespace colcomb::cli
