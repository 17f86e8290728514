#include "colcomb/inference/arrangement.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace colcomb::inference {
namespace {

/// Groups of the given sizes over the columns 0, 1, 2, ...
ColumnGroups groups_of(const std::vector<std::size_t>& sizes) {
  ColumnGroups groups;
  std::uint32_t next = 0;
  for (const std::size_t size : sizes) {
    auto& group = groups.groups.emplace_back(size);
    std::iota(group.begin(), group.end(), next);
    next += static_cast<std::uint32_t>(size);
  }
  return groups;
}

std::vector<std::size_t> parts_per_window(const std::vector<WindowParts>& windows) {
  std::vector<std::size_t> counts;
  for (const WindowParts& window : windows) counts.push_back(window.parts.size());
  return counts;
}

constexpr Geometry kWide{64, 4, 64};

TEST(Arrangement, FullGroupsFillWindows) {
  const auto windows = arrange(groups_of(std::vector<std::size_t>(16, 8)), kWide);
  EXPECT_EQ(parts_per_window(windows), (std::vector<std::size_t>{8, 8}));
  EXPECT_EQ(windows[1].columns, 64U);
  EXPECT_EQ(windows[1].steps(kWide), 2U);
  EXPECT_EQ(windows[0].parts[3].column, 24U);
}

TEST(Arrangement, WindowsHoldWholeStepsWhereMoreGroupsFollow) {
  // Ten groups of 6 fit 64 columns, but steps take four groups: eight, and seven are left.
  const auto windows = arrange(groups_of(std::vector<std::size_t>(15, 6)), kWide);
  EXPECT_EQ(parts_per_window(windows), (std::vector<std::size_t>{8, 7}));
}

TEST(Arrangement, FewLargeGroupsShareAStep) {
  const auto windows = arrange(groups_of({30, 30, 30}), kWide);
  EXPECT_EQ(parts_per_window(windows), (std::vector<std::size_t>{2, 1}));
}

TEST(Arrangement, GroupsLargerThanAWindowAreCut) {
  const auto windows = arrange(groups_of({40, 3}), {16, 2, 16});
  ASSERT_EQ(parts_per_window(windows), (std::vector<std::size_t>{1, 1, 2}));
  EXPECT_EQ(windows[1].parts[0].first, 16U);
  EXPECT_EQ(windows[1].parts[0].count, 16U);
  EXPECT_EQ(windows[2].parts[0].first, 32U);
  EXPECT_EQ(windows[2].parts[0].count, 8U);
  EXPECT_EQ(windows[2].parts[1].group, 1U);
  EXPECT_EQ(windows[2].parts[1].column, 8U);
}

TEST(Arrangement, NoGroups) {
  EXPECT_TRUE(arrange({}, kWide).empty());
}

}  // namespace
}  // namespace colcomb::inference
