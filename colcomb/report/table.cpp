#include "colcomb/report/table.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace colcomb::report {

std::string format_table(const std::vector<std::vector<std::string>>& lines, bool has_total,
                         bool ends_in_text) {
  if (lines.empty()) return "";
  std::vector<std::size_t> widths(lines.front().size());
  for (const auto& line : lines) {
    for (std::size_t c = 0; c < line.size(); ++c) widths[c] = std::max(widths[c], line[c].size());
  }
  std::string text;
  for (std::size_t l = 0; l < lines.size(); ++l) {
    std::string line = fmt::format("{:<{}}", lines[l][0], widths[0]);
    const std::size_t numbers = widths.size() - (ends_in_text ? 1 : 0);
    for (std::size_t c = 1; c < numbers; ++c)
      line += fmt::format("  {:>{}}", lines[l][c], widths[c]);
    const std::size_t width = line.size() + (ends_in_text ? 2 + widths.back() : 0);
    if (ends_in_text) line += "  " + lines[l].back();
    if (l == 1 || (has_total && l + 1 == lines.size())) text += std::string(width, '-') + '\n';
    text += line + '\n';
  }
  return text;
}

}  // namespace colcomb::report
