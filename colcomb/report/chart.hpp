#pragma once

#include <optional>
#include <string>
#include <vector>

#include "colcomb/artifacts/cost_report.hpp"

namespace colcomb::report {

/// A point in the units of the axes.
struct ChartPoint {
  double x = 0;                    // to the right
  double y = 0;                    // upwards
  std::optional<Range> span = {};  // of y, drawn as a bar
  std::string note = {};           // what a reader sees on pointing at it; empty: the numbers
};

/// Points of one name, joined by a line.
struct ChartSeries {
  std::string name;                // in the legend
  std::vector<ChartPoint> points;  // from left to right
  bool joined = true;              // by a line, in the order of x
};

/// A figure of one kind: points over two linear axes, those of a series joined.
struct Chart {
  std::string title;                      // above the chart
  std::string description;                // for those who do not see it
  std::string x_label;                    // below the axis
  std::string y_label;                    // beside the axis
  std::vector<std::string> x_names = {};  // name k stands at x = k; empty: x is a number
  std::vector<ChartSeries> series = {};   // drawn one over the other
  bool y_from_zero = false;               // the axis begins at 0
};

/// One self-contained SVG file; equal charts give equal text. Colours follow the reader's light or
/// dark setting; series are told apart without colour too. Points that are not finite are left out.
[[nodiscard]] std::string chart_svg(const Chart& chart);

}  // namespace colcomb::report
