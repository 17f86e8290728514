#pragma once

#include <string>
#include <vector>

namespace colcomb::report {

/// Lines of cells as aligned text: the first column to the left, the others to the right, a rule
/// under the header and, if `has_total`, above the last line; if `ends_in_text`, the last column is
/// of sentences and to the left too. Requires: lines of equal length.
[[nodiscard]] std::string format_table(const std::vector<std::vector<std::string>>& lines,
                                       bool has_total, bool ends_in_text = false);

}  // namespace colcomb::report
