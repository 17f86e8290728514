#include "colcomb/cli/version.hpp"

namespace colcomb::cli {

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

}  // namespace colcomb::cli
