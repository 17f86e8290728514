#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/column_groups.hpp"
#include "colcomb/base/arithmetic.hpp"
#include "colcomb/inference/plan.hpp"

namespace colcomb::inference {

/// A run of one group's members. Groups of more columns than a window holds are cut into several
/// parts; a row's one weight of the group then lies in one of them.
struct GroupPart {
  std::size_t group = 0;
  std::size_t first = 0;   // member of the group
  std::size_t count = 0;   // members
  std::size_t column = 0;  // of `first`, within the window
};

/// A layer's groups laid into windows.
struct WindowParts {
  std::vector<GroupPart> parts;
  std::size_t columns = 0;

  [[nodiscard]] std::size_t steps(const Geometry& geometry) const {
    return ceil_divide(parts.size(), geometry.depth);
  }
};

/// Keeps the order of the groups. A window with more than one step has no step with fewer than
/// `depth` groups but the last window's.
[[nodiscard]] std::vector<WindowParts> arrange(const ColumnGroups& groups,
                                               const Geometry& geometry);

}  // namespace colcomb::inference
