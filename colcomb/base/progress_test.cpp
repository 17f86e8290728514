#include "colcomb/base/progress.hpp"

#include <gtest/gtest.h>

namespace colcomb {
namespace {

TEST(Progress, LineTellsShareRateAndTimeLeft) {
  Progress::Options options;
  options.title = "epoch 1/2";
  options.total = 1000;
  EXPECT_EQ(Progress::line(options, 250, 10.0, "loss 1.5"),
            "epoch 1/2  25% 250/1000 25 images/s, 30s left  loss 1.5");
}

TEST(Progress, TerminalLineHasABar) {
  Progress::Options options;
  options.title = "t";
  options.total = 4;
  options.terminal = true;
  EXPECT_EQ(Progress::line(options, 1, 0, ""), "t [######..................]  25% 1/4");
}

TEST(Progress, DurationsReadWell) {
  EXPECT_EQ(format_duration(12.4), "12s");
  EXPECT_EQ(format_duration(185), "3m05s");
  EXPECT_EQ(format_duration(3720), "1h02m");
}

}  // namespace
}  // namespace colcomb
