#include "colcomb/cli/version.hpp"

#include <vector>

namespace colcomb::cli {
namespace {

/// The parts of a list in words: "a (b, c), d" has two.
std::vector<std::string> parts_of(const std::string& words) {
  std::vector<std::string> parts;
  int depth = 0;
  std::string part;
  for (const char c : words) {
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (c == ',' && depth == 0) {
      parts.push_back(std::move(part));
      part.clear();
    } else if (c != ' ' || !part.empty()) {
      part += c;
    }
  }
  if (!part.empty()) parts.push_back(std::move(part));
  return parts;
}

}  // namespace

std::string version_number() {
  return COLCOMB_VERSION;
}

std::string version_text() {
  const std::string parts = COLCOMB_PARTS;
  const std::string left_out = COLCOMB_LEFT_OUT;
  std::string text = version_number();
  if (!parts.empty()) text += "\nwith " + parts;
  if (!left_out.empty()) text += "\nwithout " + left_out;
  return text;
}

nlohmann::ordered_json version_json() {
  return {{"version", version_number()},
          {"parts", parts_of(COLCOMB_PARTS)},
          {"left_out", parts_of(COLCOMB_LEFT_OUT)},
#ifdef __clang__
          {"compiler", "Clang " __clang_version__}};
#else
          {"compiler", "GCC " __VERSION__}};
#endif
}

}  // namespace colcomb::cli
