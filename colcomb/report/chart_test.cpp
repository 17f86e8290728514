#include "colcomb/report/chart.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <regex>

namespace colcomb::report {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Where the axes' tick labels stand: value to pixel, read from the file.
std::map<double, double> ticks_of(const std::string& svg, const char* axis, const char* anchor,
                                  double offset) {
  std::map<double, double> ticks;
  const std::regex text(
      R"re(<text x="([-\d.]+)" y="([-\d.]+)" text-anchor="(\w+)">([-\d.]+)</text>)re");
  for (std::sregex_iterator i(svg.begin(), svg.end(), text), end; i != end; ++i) {
    if ((*i)[3] != anchor) continue;
    ticks[std::stod((*i)[4])] = std::stod((*i)[*axis == 'x' ? 1 : 2]) + offset;
  }
  return ticks;
}

/// The pixel of a value on the straight line through two ticks.
double pixel(const std::map<double, double>& ticks, double value) {
  const auto [v0, p0] = *ticks.begin();
  const auto [v1, p1] = *ticks.rbegin();
  return p0 + (value - v0) / (v1 - v0) * (p1 - p0);
}

struct Circle {
  double x = 0;
  double y = 0;
};
/// By title.
std::map<std::string, Circle> circles_of(const std::string& svg) {
  std::map<std::string, Circle> circles;
  const std::regex circle(
      R"re(<circle cx="([-\d.]+)" cy="([-\d.]+)"[^>]*><title>([^<]*)</title></circle>)re");
  for (std::sregex_iterator i(svg.begin(), svg.end(), circle), end; i != end; ++i)
    circles[(*i)[3]] = {std::stod((*i)[1]), std::stod((*i)[2])};
  return circles;
}

Chart sample() {
  Chart chart;
  chart.title = "accuracy & <utilization>";
  chart.description = "what they do";
  chart.x_label = "alpha";
  chart.y_label = "percent";
  chart.series = {{"top-1", {{16, 71.5}, {1, 90.25}, {2, 88}}, true},
                  {"spread", {{4, 80, Range{76, 84}, "four"}}, false}};
  return chart;
}

TEST(Chart, EveryPointStandsWhereTheTicksSay) {
  const Chart chart = sample();
  const std::string svg = chart_svg(chart);
  const auto x = ticks_of(svg, "x", "middle", 0);
  const auto y = ticks_of(svg, "y", "end", -4);
  ASSERT_GE(x.size(), 3U);
  ASSERT_GE(y.size(), 3U);
  EXPECT_LE(x.begin()->first, 1);
  EXPECT_GE(x.rbegin()->first, 16);
  const auto circles = circles_of(svg);
  ASSERT_EQ(circles.size(), 4U);
  for (const ChartSeries& series : chart.series) {
    for (const ChartPoint& point : series.points) {
      const std::string note =
          point.note.empty() ? fmt::format("{:.6g}, {:.6g}", point.x, point.y) : point.note;
      const auto found = circles.find(series.name + ": " + note);
      ASSERT_NE(found, circles.end()) << note;
      EXPECT_NEAR(found->second.x, pixel(x, point.x), 0.11) << note;
      EXPECT_NEAR(found->second.y, pixel(y, point.y), 0.11) << note;
    }
  }
  // The line goes through the joined points in the order of x.
  const Circle first = circles.at("top-1: 1, 90.25");
  const Circle second = circles.at("top-1: 2, 88");
  const Circle third = circles.at("top-1: 16, 71.5");
  EXPECT_THAT(svg, HasSubstr(fmt::format("d=\"M{:.1f} {:.1f} L{:.1f} {:.1f} L{:.1f} {:.1f}\"",
                                         first.x, first.y, second.x, second.y, third.x, third.y)));
  // The bar of a span.
  EXPECT_THAT(svg, HasSubstr(fmt::format("x1=\"{0:.1f}\" y1=\"{1:.1f}\" x2=\"{0:.1f}\"",
                                         circles.at("spread: four").x, pixel(y, 76))));
}

TEST(Chart, TextIsEscapedAndReadersAreToldWhatItIs) {
  const std::string svg = chart_svg(sample());
  EXPECT_THAT(svg, HasSubstr("<title id=\"title\">accuracy &amp; &lt;utilization&gt;</title>"));
  EXPECT_THAT(svg, HasSubstr("<desc id=\"desc\">what they do</desc>"));
  EXPECT_THAT(svg, HasSubstr("prefers-color-scheme:dark"));
  EXPECT_THAT(svg, Not(HasSubstr("& <")));
}

TEST(Chart, NamesStandAtWholeNumbersAndPointsOfNoNumberAreLeftOut) {
  Chart chart = sample();
  chart.x_names = {"one", "two", "three"};
  chart.series = {{"a", {{0, 1}, {2, 3}, {1, std::numeric_limits<double>::quiet_NaN()}}, true}};
  const std::string svg = chart_svg(chart);
  const auto circles = circles_of(svg);
  ASSERT_EQ(circles.size(), 2U);
  EXPECT_THAT(svg,
              HasSubstr(fmt::format("<text x=\"{:.1f}\" y=\"382.0\" text-anchor=\"middle\">one<",
                                    circles.at("a: 0, 1").x)));
  EXPECT_THAT(svg,
              HasSubstr(fmt::format("<text x=\"{:.1f}\" y=\"382.0\" text-anchor=\"middle\">three<",
                                    circles.at("a: 2, 3").x)));
  EXPECT_EQ(svg.find("nan"), std::string::npos);
  chart.series.clear();
  EXPECT_EQ(chart_svg(chart).find("nan"), std::string::npos);
}

TEST(Chart, TicksAreRound) {
  Chart chart = sample();
  chart.series = {{"a", {{0, 0.013}, {1, 0.0871}}, true}};
  const auto y = ticks_of(chart_svg(chart), "y", "end", -4);
  EXPECT_THAT(y, testing::ElementsAre(testing::Key(0), testing::Key(0.02), testing::Key(0.04),
                                      testing::Key(0.06), testing::Key(0.08), testing::Key(0.1)));
}

}  // namespace
}  // namespace colcomb::report
