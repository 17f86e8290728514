#include "colcomb/base/suggestion.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace colcomb {
namespace {

/// Letters inserted, dropped, replaced or swapped with their neighbour (each pair once) to make
/// `b` of `a`.
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> least(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        least[i][j] = i + j;
        continue;
      }
      const std::size_t replaced = least[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      least[i][j] = std::min({least[i - 1][j] + 1, least[i][j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        least[i][j] = std::min(least[i][j], least[i - 2][j - 2] + 1);
    }
  }
  return least[a.size()][b.size()];
}

}  // namespace

std::optional<std::string> nearest_name(std::string_view given,
                                        std::span<const std::string> names) {
  constexpr std::size_t kLongest = 64;  // what is longer is no slip of a finger
  if (given.empty() || given.size() > kLongest) return std::nullopt;
  const auto begins =
      std::ranges::find_if(names, [given](const auto& name) { return name.starts_with(given); });
  if (begins != names.end()) return *begins;
  const std::string* nearest = nullptr;
  std::size_t least = 0;
  for (const std::string& name : names) {
    const std::size_t count = edits(given, name);
    if (3 * count > std::max(name.size(), std::size_t{3}) || (nearest != nullptr && count >= least))
      continue;
    nearest = &name;
    least = count;
  }
  if (nearest == nullptr) return std::nullopt;
  return *nearest;
}

std::string must_be_one_of(std::string_view given, std::span<const std::string> names) {
  std::string rule = "must be one of ";
  for (std::size_t i = 0; i < names.size(); ++i) rule += (i == 0 ? "" : ", ") + names[i];
  if (const auto nearest = nearest_name(given, names)) rule += "; did you mean " + *nearest + "?";
  return rule;
}

}  // namespace colcomb
