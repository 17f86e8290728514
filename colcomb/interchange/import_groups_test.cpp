#include "colcomb/interchange/import_groups.hpp"

#include <gtest/gtest.h>

namespace colcomb::interchange {
namespace {

TEST(GroupsSideBySide, CountTheSecondsColumnsBehindTheFirsts) {
  const ColumnGroups first{{{0, 2}, {1}}};
  const ColumnGroups second{{{1}, {0, 2}}};
  EXPECT_EQ(groups_side_by_side(first, 3, second, 3), (ColumnGroups{{{0, 2}, {1}, {4}, {3, 5}}}));
  EXPECT_EQ(groups_side_by_side(first, 3, std::nullopt, 2),
            (ColumnGroups{{{0, 2}, {1}, {3}, {4}}}));
  EXPECT_EQ(groups_side_by_side(std::nullopt, 1, second, 3), (ColumnGroups{{{0}, {2}, {1, 3}}}));
  EXPECT_EQ(groups_side_by_side(std::nullopt, 1, std::nullopt, 2), std::nullopt);
}

// Channels 0 and 1 are of the first map, 2 of the second.
TEST(GroupsWithinParts, AreCutBetweenMaps) {
  LayerDescription layer;
  layer.in_channels = 3;
  layer.columns = {{0, 0, 0}, {1, 0, 0}, {2, 0, 0}};
  layer.more_inputs.resize(1);
  layer.more_inputs[0].channels = 1;
  EXPECT_EQ(groups_within_parts(ColumnGroups{{{0, 2}, {1}}}, layer),
            (ColumnGroups{{{0}, {2}, {1}}}));
  layer.more_inputs.clear();
  EXPECT_EQ(groups_within_parts(ColumnGroups{{{0, 2}, {1}}}, layer), (ColumnGroups{{{0, 2}, {1}}}));
}

}  // namespace
}  // namespace colcomb::interchange
