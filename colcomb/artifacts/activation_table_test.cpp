#include "colcomb/artifacts/activation_table.hpp"

#include <gtest/gtest.h>

#include "colcomb/base/check.hpp"

namespace colcomb {
namespace {

ActivationTable table_of(float (*value)(float)) {
  ActivationTable table{"Test", {}};
  for (std::size_t p = 0; p < kTableEntries; ++p)
    table.values.push_back(value(static_cast<float>(p)));
  return table;
}

TEST(ActivationTable, RoundsHalvesUpAndClamps) {
  const TableBytes bytes = bytes_of(table_of([](float p) { return p / 2 - 4; }));
  EXPECT_EQ(bytes[0], 0);      // -4
  EXPECT_EQ(bytes[7], 0);      // -0.5
  EXPECT_EQ(bytes[8], 0);      // 0
  EXPECT_EQ(bytes[9], 1);      // 0.5
  EXPECT_EQ(bytes[255], 124);  // 123.5
  EXPECT_EQ(bytes_of(table_of([](float p) { return 3 * p; }))[100], 255);
  EXPECT_EQ(bytes_of(table_of([](float) { return 0.49999997F; }))[0], 0);
}

TEST(ActivationTable, LiesOnStraightLinesBetweenItsValues) {
  const ActivationTable squares = table_of([](float p) { return p * p; });
  EXPECT_EQ(value_at(squares, 0, 7), 49);
  EXPECT_EQ(value_at(squares, 0, 7.25), 49 + 15 * 0.25);
  EXPECT_EQ(value_at(squares, 0, -3), 0);
  EXPECT_EQ(value_at(squares, 0, 254.5), 0.5 * (254.0 * 254 + 255.0 * 255));
  EXPECT_EQ(value_at(squares, 0, 1000), 255.0 * 255);
}

TEST(ActivationTable, OfAnotherSizeIsABrokenContract) {
  EXPECT_THROW(static_cast<void>(bytes_of({"Short", {1, 2}})), InternalError);
}

TEST(ActivationTable, ByRowEachRowHasItsValues) {
  ActivationTable table{"slopes", {}};
  for (int row = 1; row <= 3; ++row) {
    for (int p = 0; p < 256; ++p) table.values.push_back(static_cast<float>(row * p) / 4);
  }
  EXPECT_TRUE(table.by_row());
  EXPECT_FALSE((ActivationTable{"one", std::vector<float>(256)}).by_row());
  EXPECT_EQ(bytes_of(table, 0)[100], 25);
  EXPECT_EQ(bytes_of(table, 2)[100], 75);
  EXPECT_EQ(bytes_of(table, 2)[2], 2);  // 1.5 rounds up
  EXPECT_EQ(value_at(table, 1, 100.5), 50.25);
  const std::vector<std::uint8_t> all = all_bytes_of(table);
  ASSERT_EQ(all.size(), 3U * 256);
  EXPECT_EQ(all[2 * 256 + 100], 75);
  EXPECT_THROW(static_cast<void>(bytes_of(table, 3)), InternalError);
}

}  // namespace
}  // namespace colcomb
