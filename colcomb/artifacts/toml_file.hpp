#pragma once

#include <toml++/toml.h>

#include <string>
#include <string_view>

// For the sources that read TOML; not installed, so that no user needs the parser.
namespace colcomb {

/// Errors: UserError naming the file `where` and the line.
[[nodiscard]] toml::table parse_toml(std::string_view text, const std::string& where);

/// A value as it stands in a file.
[[nodiscard]] std::string toml_text(const toml::node& node);

}  // namespace colcomb
