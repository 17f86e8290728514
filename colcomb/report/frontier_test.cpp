#include "colcomb/report/frontier.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "colcomb/report/suggestions.hpp"

namespace colcomb::report {
namespace {

using ::testing::HasSubstr;

FrontierReport sample_frontier() {
  FrontierReport report;
  report.dataset = "some <images>";
  report.array = "mx";
  report.dense_clocks = 4000;
  report.planned = 4;
  report.runs = {{"uniform", 4, 1000, 1, "filters 8", 1000, 5, 70, .5, .50, 3},
                 {"uniform", 4, 1000, 2, "filters 8", 1010, 5, 70, .5, .54, 3},
                 {"budget", 4, 1000, 1, "filters 8", 990, 5, 90, .6, .61, 3}};
  return report;
}

TEST(Frontier, PointsAreMeansAndSpansOfTheirRuns) {
  const auto points = frontier_points(sample_frontier());
  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[0].arm, "uniform");
  EXPECT_EQ(points[0].runs, 2U);
  EXPECT_DOUBLE_EQ(points[0].interval, 1005);
  EXPECT_DOUBLE_EQ(points[0].mean, .52);
  EXPECT_DOUBLE_EQ(points[0].least, .50);
  EXPECT_DOUBLE_EQ(points[0].most, .54);
  EXPECT_NEAR(points[0].deviation, .02 * std::sqrt(2), 1e-12);
  EXPECT_DOUBLE_EQ(points[1].mean, .61);
  EXPECT_EQ(points[1].deviation, 0);
}

TEST(Frontier, TablesAndFilesShowThem) {
  const FrontierReport report = sample_frontier();
  EXPECT_THAT(frontier_table(report), HasSubstr("uniform    1000      1005      0.25"));
  EXPECT_THAT(frontier_table(report), HasSubstr("52.00%  50.00%  54.00%     2"));
  EXPECT_THAT(frontier_csv(report), HasSubstr("budget,4,1000,1,filters 8,990,5,90,0.6,0.61,3\n"));
  const auto json = to_json(report);
  EXPECT_EQ(json["complete"], false);
  EXPECT_EQ(json["points"][0]["mean"], .52);
  EXPECT_TRUE(json["points"][1]["deviation"].is_null());
  EXPECT_EQ(json["runs"][2]["integer_top1"], .61);
  EXPECT_EQ(json["dense_clocks"], 4000);
}

TEST(Frontier, PictureHoldsEveryPoint) {
  const std::string svg = frontier_svg(sample_frontier());
  EXPECT_THAT(svg, HasSubstr("uniform: 1005 clocks, 52.00% (50.00 to 54.00, 2 runs)"));
  EXPECT_THAT(svg, HasSubstr("budget: 990 clocks, 61.00%"));
  EXPECT_THAT(svg, HasSubstr("some &lt;images&gt;"));
  EXPECT_EQ(svg.find("nan"), std::string::npos);
  FrontierReport empty = sample_frontier();
  empty.runs.clear();
  EXPECT_EQ(frontier_svg(empty).find("nan"), std::string::npos);
}

TEST(Suggestions, ShowCostsAndDifferences) {
  SuggestionReport report;
  report.array = "mx";
  report.now = {9, 1000, 150};
  report.fitted = {9, 990, 151.5};
  report.suggestions = {{"groups", "a: 3 -> 8 groups", {12, 1100, 136.4}},
                        {"width", "b: 20 -> 16 filters", {8, 900, 166.7}}};
  const std::string text = suggestion_table(report);
  EXPECT_THAT(text, HasSubstr("a: 3 -> 8 groups"));
  EXPECT_THAT(text, HasSubstr("+100"));
  EXPECT_THAT(text, HasSubstr("-90"));  // of the fitted line
  EXPECT_THAT(text, HasSubstr("166.7"));
  const auto json = to_json(report);
  EXPECT_EQ(json["suggestions"][1]["kind"], "width");
  EXPECT_EQ(json["suggestions"][1]["cost"]["interval"], 900);
  EXPECT_EQ(json["now"]["tiles"], 9);
  EXPECT_EQ(json["fitted"]["frames_per_second"], 151.5);
}

}  // namespace
}  // namespace colcomb::report
