#include "colcomb/cost/cells.hpp"

#include <gtest/gtest.h>

namespace colcomb::cost {
namespace {

ArrayConfig config_of(CellKind cell, std::size_t alpha) {
  ArrayConfig config;
  config.cell = cell;
  config.alpha = alpha;
  return config;
}

TEST(CellCost, IsWhatWasMeasured) {
  const Technology t = find_technology("sg13g2");
  const CellCost cell = cell_cost(t, config_of(CellKind::kMultiplexed, 8), 8, false);
  EXPECT_EQ(cell.area.value, (Range{5918.6, 5918.6}));
  EXPECT_EQ(cell.mac.value, (Range{23.41, 23.41}));
  // 23.41 - 8 x 2.251
  EXPECT_NEAR(cell.beyond_clock(8).value->low, 5.402, 1e-9);
  EXPECT_EQ(cell_cost(t, config_of(CellKind::kMultiplexed, 8), 8, true).mac.value,
            (Range{18.17, 18.17}));
}

// 60 registers of 0.009 pJ, 9/8 additions of 8 bits, 4/32 of 32, 2 gates of 32, eight times.
TEST(CellCost, OfASerialCellIsComposedOfItsOperations) {
  const Technology t = find_technology("cmos45");
  const CellCost cell = cell_cost(t, config_of(CellKind::kMultiplexed, 2), 2, false);
  EXPECT_NEAR(cell.mac.value->low, 8 * (0.54 + 0.03375 + 0.0125 + 0.00113125), 1e-9);
  EXPECT_NEAR(cell.idle.value->low, 60 * 0.00794, 1e-9);
  // 9/32 and 4/32 of an adder of 32 bits.
  EXPECT_NEAR(cell.area.value->low, 60 * 5.98 + 13.0 / 32 * 278 + 2.0 / 32 * 50.4, 1e-9);
  EXPECT_TRUE(cell.mac.assumptions.contains("composed_cells"));
  EXPECT_FALSE(cell.delay.value);
}

// 186 registers, a multiplication, an addition, eight multiplexers of 14 gates.
TEST(CellCost, OfAParallelCellTooOnceAWord) {
  const Technology t = find_technology("cmos45");
  const CellCost cell = cell_cost(t, config_of(CellKind::kParallel, 8), 8, false);
  EXPECT_NEAR(cell.mac.value->low, 186 * 0.009 + 0.2 + 0.1 + 8 * 14.0 / 32 * 0.0181, 1e-9);
}

TEST(CellKinds, AreNamedAfterWhatTheArrayHas) {
  ArrayConfig config = config_of(CellKind::kMultiplexed, 8);
  EXPECT_EQ(cell_kind(config, false), "mx");
  EXPECT_EQ(cell_kind(config, true), "mx-gated");
  config.double_buffering = false;
  EXPECT_EQ(cell_kind(config, true), "mx-single-gated");
  for (const CellKind cell :
       {CellKind::kBalanced, CellKind::kInterleaved, CellKind::kMultiplexed, CellKind::kParallel}) {
    const std::string kind = cell_kind(config_of(cell, 1), false);
    EXPECT_NE(std::ranges::find(cell_kinds(), kind), cell_kinds().end()) << kind;
  }
}

}  // namespace
}  // namespace colcomb::cost
