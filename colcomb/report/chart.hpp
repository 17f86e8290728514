#pragma once

#include <optional>
#include <string>
#include <vector>

#include "colcomb/artifacts/cost_report.hpp"

namespace colcomb::report {

struct ChartPoint {
  double x = 0;
  double y = 0;
  std::optional<Range> span = {};  // of y, drawn as a bar
  std::string note = {};           // what a reader sees on pointing at it; empty: the numbers
};

struct ChartSeries {
  std::string name;
  std::vector<ChartPoint> points;
  bool joined = true;  // by a line, in the order of x
};

/// A figure of one kind: points over two linear axes, those of a series joined.
struct Chart {
  std::string title;
  std::string description;  // for those who do not see it
  std::string x_label;
  std::string y_label;
  std::vector<std::string> x_names = {};  // name k stands at x = k; empty: x is a number
  std::vector<ChartSeries> series = {};
  bool y_from_zero = false;
};

/// One self-contained SVG file; equal charts give equal text. Colours follow the reader's light or
/// dark setting; series are told apart without colour too. Points that are not finite are left out.
[[nodiscard]] std::string chart_svg(const Chart& chart);

}  // namespace colcomb::report
