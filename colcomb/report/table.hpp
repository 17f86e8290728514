#pragma once

#include <string>
#include <vector>

namespace colcomb::report {

/// Lines of cells as aligned text: the first column to the left, the others to the right, a rule
/// under the header and, if `has_total`, above the last line. Requires: lines of equal length.
[[nodiscard]] std::string format_table(const std::vector<std::vector<std::string>>& lines,
                                       bool has_total);

}  // namespace colcomb::report
