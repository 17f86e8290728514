#include "colcomb/stages/cost.hpp"

#include <gtest/gtest.h>

#include "colcomb/base/error.hpp"
#include "tests/support/worked_example.hpp"

namespace colcomb::stages {
namespace {

class WorkedExample : public testing::Test {
 protected:
  static CostReport cost() {
    CostStageOptions options;
    options.images = 1;
    return cost_of_network(tests::worked_network(), tests::worked_array(), options).cost;
  }

  static Range part(const CostReport& report, const std::string& name) {
    for (const CostPart& part : report.network.parts)
      if (part.name == name) return part.figure.value.value_or(Range{-1, -1});
    ADD_FAILURE() << name;
    return {};
  }
};

// docs/reference/cost.md, "Worked example": 247 clocks of 4 cells, 28 useful and 24 wasted MACs.
TEST_F(WorkedExample, CostsWhatWasComputedByHand) {
  const CostReport report = cost();
  const auto expect = [&report](const char* name, double low, double high) {
    const Range found = part(report, name);
    EXPECT_NEAR(found.low, low, 1e-3) << name;
    EXPECT_NEAR(found.high, high, 1e-3) << name;
  };
  // 18.86 - 8 x 1.711 = 5.172 pJ beyond the clock, of a cell with alpha 1 and, 19.58 - 8 x 1.801,
  // of one with alpha 2 too.
  expect("useful MACs", 28 * 5.172, 28 * 5.172);
  expect("wasted MACs", 0, 24 * 5.172);
  expect("clock of the cells", 988 * 1.711, 988 * 1.711);
  expect("multiplexing", 988 * 0.09, 988 * 0.09);
  // Two column feeders of 286 flip-flops, 30 fJ each.
  expect("clock of the column feeders", 2 * 286 * 0.03 * 247, 2 * 286 * 0.03 * 247);
  // Three bits, one clock.
  expect("clock of the weight skew registers", 3 * 0.03 * 247, 3 * 0.03 * 247);
  // Banks of 100 bytes are macros of 256 x 8, partial sums one of 64 x 32, weights one of 256 x 16.
  expect("data and input buffer, reads", 33 * 8.285, 33 * 8.285);
  expect("data buffer, writes", 3 * 10.9594, 3 * 10.9594);
  expect("output buffer, writes", 8 * 10.9594, 8 * 10.9594);
  expect("partial-sum buffer, reads", 9 * 20.3627, 9 * 20.3627);
  expect("partial-sum buffer, writes", 9 * 26.4624, 9 * 26.4624);
  expect("weight buffer, reads", 10 * 14.192, 10 * 14.192);
  expect("memory channel, writes to buffers", 36 * 18.4562, 72 * 10.9594);
  expect("memory channel, reads of buffers", 8 * 8.285, 8 * 8.285);
  // 4 x 58.1 nW for 247 / 150 us.
  expect("leakage of the cells", 0.38269, 0.38269);
  EXPECT_DOUBLE_EQ(report.network.dram.value->low, 640 * 3.9);
  EXPECT_DOUBLE_EQ(report.network.dram.value->high, 640 * 70.0);
  EXPECT_EQ(report.network.on_chip.without, (std::set<std::string>{"controller and DRAM channel"}));
  // 150 MHz / 203 clocks; 247 clocks.
  EXPECT_NEAR(report.frames_per_second, 738916.26, 0.01);
  EXPECT_NEAR(report.energy_delay.value->low,
              report.network.on_chip.value->low * 1e-12 * 247 / 150e6, 1e-24);
  EXPECT_DOUBLE_EQ(report.frames_per_joule.value->high, 1e12 / report.network.on_chip.value->low);
}

TEST_F(WorkedExample, TakesLessWhereWeightsAreReadOnceForManyImages) {
  CostStageOptions options;
  options.compare = true;
  const CostRun run = cost_of_network(tests::worked_network(), tests::worked_array(), options);
  EXPECT_EQ(run.cost.images, 16U);
  ASSERT_EQ(run.comparison->rows.size(), 5U);
  EXPECT_EQ(run.comparison->rows[2].cost.network.on_chip.value, run.cost.network.on_chip.value);
  for (const CostComparison::Row& row : run.comparison->rows) EXPECT_EQ(row.cost.images, 16U);
  options.technology = "cmos45";
  options.scale_nm = 7;
  options.scale_volt = 0.7;
  const CostReport scaled =
      cost_of_network(tests::worked_network(), tests::worked_array(), options).cost;
  EXPECT_LT(scaled.scaled->on_chip.value->high, scaled.network.on_chip.value->low);
  EXPECT_EQ(scaled.sources.back().id, "stillmaker17");
}

TEST_F(WorkedExample, RefusesWhatItCannotCost) {
  CostStageOptions options;
  options.technology = "cmos46";
  EXPECT_THROW((void)cost_of_network(tests::worked_network(), tests::worked_array(), options),
               UserError);
  options.technology = "sg13g2";
  options.images = 0;
  EXPECT_THROW((void)cost_of_network(tests::worked_network(), tests::worked_array(), options),
               UserError);
  options.images = 3;
  ArrayConfig pairs = tests::worked_array();
  pairs.batch = 2;
  EXPECT_THROW((void)cost_of_network(tests::worked_network(), pairs, options), UserError);
}

}  // namespace
}  // namespace colcomb::stages
