#include "colcomb/allocation/budget.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "colcomb/base/error.hpp"

namespace colcomb::allocation {
namespace {

using ::testing::HasSubstr;

std::string refusal(const std::string& text) {
  try {
    (void)parse_budget(text);
  } catch (const UserError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Budget, ReadsEveryQuantity) {
  EXPECT_EQ(parse_budget("interval=20000"), (Budget{Quantity::kInterval, 20000}));
  EXPECT_EQ(parse_budget("latency=1e4"), (Budget{Quantity::kLatency, 10000}));
  EXPECT_EQ(parse_budget("frames=5000.5"), (Budget{Quantity::kFrames, 5000.5}));
  EXPECT_EQ(parse_budget("tiles=36"), (Budget{Quantity::kTiles, 36}));
  EXPECT_EQ(parse_budget("macs=1000000"), (Budget{Quantity::kMacs, 1e6}));
  EXPECT_EQ(parse_budget("energy=60"), (Budget{Quantity::kEnergy, 60, "sg13g2"}));
  EXPECT_EQ(parse_budget("energy=0.5uJ", "my.toml"), (Budget{Quantity::kEnergy, 0.5, "my.toml"}));
  EXPECT_EQ(parse_budget("energy=60uJ@cmos45", "other"), (Budget{Quantity::kEnergy, 60, "cmos45"}));
  for (const char* text : {"interval=20000", "latency=17", "frames=5000.5", "tiles=3", "macs=9",
                           "energy=0.5uJ@cmos45"})
    EXPECT_EQ(to_string(parse_budget(text)), text);
}

TEST(Budget, RefusesWhatItCannotRead) {
  EXPECT_THAT(refusal("clocks=3"), HasSubstr("interval, latency, frames, tiles, macs"));
  EXPECT_THAT(refusal("interval"), HasSubstr("QUANTITY=LIMIT"));
  EXPECT_THAT(refusal("energy=60@"), HasSubstr("technology"));
  for (const char* text : {"interval=", "interval=x", "tiles=3x", "tiles=0", "macs=-1", "energy=uJ",
                           "energy=60nJ", "frames=nan", "frames=inf", "macs=1e300", "tiles= 3"})
    EXPECT_THAT(refusal(text), HasSubstr("positive number")) << text;
}

TEST(Budget, SaysWhichWayItLimits) {
  EXPECT_EQ(describe({Quantity::kInterval, 20000}), "interval at most 20000 clocks");
  EXPECT_EQ(describe({Quantity::kEnergy, 60, "sg13g2"}),
            "energy at most 60 uJ, counted in pJ, in sg13g2");
  EXPECT_EQ(describe({Quantity::kFrames, 5000}), "frames at least 5000 frames/s");
}

TEST(Budget, FramesBecomeTheLargestIntervalThatGivesThem) {
  ArrayConfig array;
  array.clock_mhz = 150;
  array.batch = 2;
  // 2 images in 60,000 clocks at 150 MHz are 5000 a second; a clock more would be fewer.
  EXPECT_EQ(limit_of({Quantity::kFrames, 5000}, array), (Limit{Quantity::kInterval, 60000}));
  EXPECT_EQ(limit_of({Quantity::kFrames, 5000.01}, array), (Limit{Quantity::kInterval, 59999}));
  EXPECT_EQ(limit_of({Quantity::kEnergy, 1.5, "sg13g2"}, array),
            (Limit{Quantity::kEnergy, 1500000}));
  EXPECT_EQ(limit_of({Quantity::kMacs, 12.9}, array), (Limit{Quantity::kMacs, 12}));
}

}  // namespace
}  // namespace colcomb::allocation
