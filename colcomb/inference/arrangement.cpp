#include "colcomb/inference/arrangement.hpp"

#include <algorithm>

namespace colcomb::inference {

std::vector<WindowParts> arrange(const ColumnGroups& groups, const Geometry& geometry) {
  std::vector<GroupPart> parts;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const std::size_t members = groups.groups[g].size();
    for (std::size_t first = 0; first < members; first += geometry.window)
      parts.push_back({g, first, std::min(geometry.window, members - first), 0});
  }
  std::vector<WindowParts> windows;
  for (std::size_t begin = 0; begin < parts.size();) {
    WindowParts window;
    std::size_t end = begin;
    std::size_t used = 0;
    while (end < parts.size() && used + parts[end].count <= geometry.window)
      used += parts[end++].count;
    // A step costs the same with fewer groups: the ones too many start the next window.
    if (end < parts.size() && end - begin > geometry.depth) end -= (end - begin) % geometry.depth;
    for (; begin < end; ++begin) {
      parts[begin].column = window.columns;
      window.columns += parts[begin].count;
      window.parts.push_back(parts[begin]);
    }
    windows.push_back(std::move(window));
  }
  return windows;
}

}  // namespace colcomb::inference
