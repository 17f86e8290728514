#include "colcomb/artifacts/toml_file.hpp"

#include <fmt/format.h>

#include <sstream>

#include "colcomb/base/error.hpp"

namespace colcomb {

toml::table parse_toml(std::string_view text, const std::string& where) {
  try {
    return toml::parse(text, where);
  } catch (const toml::parse_error& error) {
    throw file_error(where, fmt::format("line {}", error.source().begin.line), "",
                     std::string(error.description()));
  }
}

std::string toml_text(const toml::node& node) {
  std::ostringstream stream;
  node.visit([&stream](const auto& value) { stream << value; });
  return stream.str();
}

}  // namespace colcomb
