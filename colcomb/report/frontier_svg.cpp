#include <fmt/format.h>

#include <algorithm>

#include "colcomb/report/chart.hpp"
#include "colcomb/report/frontier.hpp"

namespace colcomb::report {

std::string frontier_svg(const FrontierReport& report) {
  Chart chart;
  chart.title = fmt::format("{} on array {}: top-1 accuracy of the integer network", report.dataset,
                            report.array);
  chart.description =
      "Accuracy on the test split against clocks from batch to batch, a line for each way to spend "
      "a budget";
  chart.x_label = "clocks from batch to batch";
  chart.y_label = "top-1, percent of the test split";
  for (const FrontierPoint& point : frontier_points(report)) {
    auto series = std::ranges::find(chart.series, point.arm, &ChartSeries::name);
    if (series == chart.series.end())
      series = chart.series.insert(chart.series.end(), {point.arm, {}, true});
    series->points.push_back(
        {point.interval, 100 * point.mean, Range{100 * point.least, 100 * point.most},
         fmt::format("{:.0f} clocks, {:.2f}% ({:.2f} to {:.2f}, {} runs)", point.interval,
                     100 * point.mean, 100 * point.least, 100 * point.most, point.runs)});
  }
  return chart_svg(chart);
}

}  // namespace colcomb::report
