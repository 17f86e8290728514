#include "colcomb/report/timeline_json.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace colcomb::report {
namespace {

TEST(TimelineJson, HasOneNamedTrackEachAndOneEventPerSlice) {
  const Timeline timeline{.clock_mhz = 200,
                          .tracks = {"array", "DRAM"},
                          .slices = {{0, "conv0", 100, 300, {{"tile", 7}}}, {1, "in", 0, 50, {}}}};
  const auto json = nlohmann::json::parse(timeline_json(timeline));
  const auto& events = json["traceEvents"];
  ASSERT_EQ(events.size(), 6U);
  EXPECT_EQ(events[2]["args"]["name"], "DRAM");
  EXPECT_EQ(events[2]["tid"], 2);
  const auto& slice = events[4];
  EXPECT_EQ(slice["ph"], "X");
  EXPECT_EQ(slice["tid"], 1);
  EXPECT_DOUBLE_EQ(slice["ts"], 0.5);   // 100 clocks of 5 ns
  EXPECT_DOUBLE_EQ(slice["dur"], 1.0);  // 200 clocks
  EXPECT_EQ(slice["args"]["first clock"], 100);
  EXPECT_EQ(slice["args"]["last clock"], 299);
  EXPECT_EQ(slice["args"]["tile"], 7);
}

}  // namespace
}  // namespace colcomb::report
