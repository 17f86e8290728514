#include "colcomb/report/allocation_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace colcomb::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

AllocationReport sample_allocation() {
  AllocationReport report;
  report.array = "mx";
  report.target = "tiles at most 9 tiles";
  report.layers = {{"conv0", 32, 3, 1, 3, 1, 0, 1, "dense"},
                   {"b", 64, 40, 5, 16, 4, 2, .625, "why"}};
  report.tiles = 5;
  report.interval = 1234;
  report.latency = 2345;
  report.macs = 777;
  report.limit = 9;
  report.least = 3;
  report.spent = 8;
  report.retained = .75;
  report.bound = .8;
  return report;
}

TEST(AllocationTable, ShowsEveryFigureOfABudget) {
  const std::string text = allocation_table(sample_allocation());
  for (const char* part : {"conv0  ", "64 x 40", "62.5%", "+2", "why", "5 tiles",
                           "interval 1234 clocks", "latency 2345", "777 multiply", "8 of 9 spent",
                           "75.00%", "more than 80.00%", "array mx", "tiles at most 9"})
    EXPECT_THAT(text, HasSubstr(part));
}

TEST(AllocationTable, LeavesOutWhatWasNotComputed) {
  AllocationReport report = sample_allocation();
  report.limit = report.least = report.spent = std::nullopt;
  report.retained = report.bound = std::nullopt;
  report.interval = report.latency = 0;
  const std::string text = allocation_table(report);
  for (const char* part : {"spent", "kept", "cost", "interval", "importance"})
    EXPECT_THAT(text, Not(HasSubstr(part)));
  const nlohmann::ordered_json json = to_json(report);
  for (const char* name : {"limit", "least", "spent", "retained", "bound", "interval", "latency"})
    EXPECT_TRUE(json[name].is_null()) << name;
  EXPECT_FALSE(json["layers"][0].contains("cost"));
}

TEST(AllocationJson, HoldsTheStruct) {
  const nlohmann::ordered_json json = to_json(sample_allocation());
  EXPECT_EQ(json["layers"][1],
            nlohmann::ordered_json::parse(
                R"({"name":"b","rows":64,"columns":40,"least":5,"groups":16,"tiles":4,"cost":2,)"
                R"("retained":0.625,"reason":"why"})"));
  EXPECT_EQ(json["interval"], 1234);
  EXPECT_EQ(json["limit"], 9);
  EXPECT_EQ(json["least"], 3);
  EXPECT_EQ(json["spent"], 8);
  EXPECT_EQ(json["retained"], .75);
  EXPECT_EQ(json["bound"], .8);
  EXPECT_EQ(json["macs"], 777);
  EXPECT_EQ(json["tiles"], 5);
  EXPECT_EQ(json["array"], "mx");
}

}  // namespace
}  // namespace colcomb::report
