#pragma once

#include <string>

namespace colcomb::cli {

[[nodiscard]] std::string version_number();

/// The version, and on lines of their own the optional parts that this build has and has not.
[[nodiscard]] std::string version_text();

}  // namespace colcomb::cli
