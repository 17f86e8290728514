#pragma once

#include <string>
#include <string_view>

namespace colcomb::report {

/// "&", "<", ">" and quotes as XML writes them; control characters as spaces.
[[nodiscard]] std::string escaped(std::string_view text);

}  // namespace colcomb::report
