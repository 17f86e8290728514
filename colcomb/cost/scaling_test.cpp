#include "colcomb/cost/scaling.hpp"

#include <gtest/gtest.h>

#include "colcomb/base/error.hpp"

namespace colcomb::cost {
namespace {

// 7.171 x 1.44 - 6.709 x 1.2 + 2.904 = 5.17944 at 130 nm and 1.2 V, 1.103 x 1.21 - 0.362 x 1.1 +
// 0.2767 = 1.21313 at 45 nm and 1.1 V: a factor of 0.234221.
TEST(Scaling, FollowsTheEquationsAndGivesARange) {
  const Range energy = scale_energy({100, 100}, 130, 1.2, 45, 1.1);
  EXPECT_NEAR(energy.low, 23.4221 / 1.6, 1e-3);
  EXPECT_NEAR(energy.high, 23.4221 * 1.6, 1e-3);
  const Range area = scale_area({640, 1280}, 130, 45);
  EXPECT_DOUBLE_EQ(area.low, 62.5);
  EXPECT_DOUBLE_EQ(area.high, 320);
}

// A cell of 21.1 pJ and 7065 um2 on sg13g2 was synthesized with 7.87 pJ and 851 um2 on a library of
// 45 nm and 1.1 V.
TEST(Scaling, TheRangeHoldsWhatWasSynthesized) {
  const Range energy = scale_energy({21.1, 21.1}, 130, 1.2, 45, 1.1);
  EXPECT_LE(energy.low, 7.87);
  EXPECT_GE(energy.high, 7.87);
  const Range area = scale_area({7065, 7065}, 130, 45);
  EXPECT_LE(area.low, 851);
  EXPECT_GE(area.high, 851);
}

TEST(Scaling, RefusesNodesAndVoltagesThatItDoesNotKnow) {
  EXPECT_THROW((void)scale_area({1, 1}, 130, 28), UserError);
  EXPECT_THROW((void)scale_energy({1, 1}, 180, 1.8, 45, 1), UserError);
  EXPECT_THROW((void)scale_energy({1, 1}, 130, 1.2, 45, 0), UserError);
}

}  // namespace
}  // namespace colcomb::cost
