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
  EXPECT_EQ(value_at(squares, 7), 49);
  EXPECT_EQ(value_at(squares, 7.25), 49 + 15 * 0.25);
  EXPECT_EQ(value_at(squares, -3), 0);
  EXPECT_EQ(value_at(squares, 254.5), 0.5 * (254.0 * 254 + 255.0 * 255));
  EXPECT_EQ(value_at(squares, 1000), 255.0 * 255);
}

TEST(ActivationTable, OfAnotherSizeIsABrokenContract) {
  EXPECT_THROW(static_cast<void>(bytes_of({"Short", {1, 2}})), InternalError);
}

}  // namespace
}  // namespace colcomb
