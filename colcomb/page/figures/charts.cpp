// Lines, bars and stacks.
#include <fmt/format.h>

#include <algorithm>

#include "colcomb/page/figures/figures.hpp"
#include "colcomb/page/figures/svg.hpp"
#include "colcomb/page/words.hpp"

namespace colcomb::page {
namespace {

constexpr double kWidth = 720;
constexpr double kLeft = 150;
constexpr double kRight = 700;
constexpr std::string_view kGrid = "#e4e4e4";

double low_of(const Json& value) {
  return value.is_array() ? value[0].get<double>() : value.get<double>();
}
double high_of(const Json& value) {
  return value.is_array() ? value[1].get<double>() : value.get<double>();
}

std::string range_text(const Json& value, const std::string& unit) {
  if (unit == "pJ") return energy_text(low_of(value), high_of(value));
  return number_text(low_of(value)) + " " + unit;
}

/// One measure by epoch, with the epochs that pruned marked.
Figure line_figure(const char* name, const char* title, const char* field, double scale,
                   const Json& epochs) {
  std::vector<std::pair<double, double>> points;
  double least = 1e300;
  double most = -1e300;
  const Json& rows = epochs["rows"];
  for (const Json& row : rows) {
    const double value = scale * row[field].get<double>();
    least = std::min(least, value);
    most = std::max(most, value);
    points.emplace_back(row["epoch"].get<double>(), value);
  }
  const Axis x(points.front().first, std::max(points.back().first, points.front().first + 1), 64,
               kRight, false);
  const Axis y(least, most, 260, 40, false);
  Svg svg(kWidth, 310, title, fmt::format("{} epochs; dashed: epochs that pruned", rows.size()));
  svg.text(12, 22, title, "start", 14, "#111");
  for (const double tick : y.ticks()) {
    svg.line(64, y.at(tick), kRight, y.at(tick), kGrid);
    svg.text(58, y.at(tick) + 4, number_text(tick), "end");
  }
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double at = x.at(points[i].first);
    if (rows[i]["pruned"] == true) svg.line(at, 40, at, 260, "#999", 1, "3 3");
    svg.text(at, 278, number_text(points[i].first), "middle");
  }
  std::vector<std::pair<double, double>> line;
  for (const auto& [epoch, value] : points) line.emplace_back(x.at(epoch), y.at(value));
  svg.path(line, colour(0));
  for (std::size_t i = 0; i < line.size(); ++i)
    svg.circle(line[i].first, line[i].second, 3.5, colour(0),
               fmt::format("epoch {}: {}", points[i].first, number_text(points[i].second)));
  svg.text((64 + kRight) / 2, 300, "epoch (dashed: pruned)", "middle");
  return {name, svg.finish()};
}

}  // namespace

void add_training_figures(const Json& epochs, std::vector<Figure>& figures) {
  figures.push_back(
      line_figure("accuracy.svg", "top-1 accuracy on the test split, %", "test_top1", 100, epochs));
  figures.push_back(
      line_figure("nonzeros.svg", "nonzero convolution weights", "nonzeros", 1, epochs));
  figures.push_back(
      line_figure("utilization.svg", "utilization efficiency, %", "utilization", 100, epochs));
}

void add_comparison_figure(const Json& comparison, std::vector<Figure>& figures) {
  const Json& rows = comparison["rows"];
  double most = 0;
  for (const Json& row : rows) most = std::max(most, row["interval"].get<double>());
  const Axis x(0, most, 300, kRight - 70, true);
  Svg svg(kWidth, 56 + 30 * static_cast<double>(rows.size()), "clocks from batch to batch",
          fmt::format("{} settings of one network", rows.size()));
  svg.text(12, 22, "clocks from batch to batch", "start", 14, "#111");
  double y = 40;
  for (const Json& row : rows) {
    const double value = row["interval"].get<double>();
    svg.text(292, y + 15, row["setting"].get<std::string>(), "end");
    svg.rect(300, y, x.at(value) - 300, 20, colour(0));
    svg.text(x.at(value) + 6, y + 15, number_text(value));
    y += 30;
  }
  figures.push_back({"comparison.svg", svg.finish()});
}

void add_stack_figure(const std::string& name, const Json& stack, std::vector<Figure>& figures) {
  const Json& rows = stack["rows"];
  const Json& terms = stack["terms"];
  const auto unit = stack["unit"].get<std::string>();
  double most = 0;
  for (const Json& row : rows) {
    double low = 0;
    for (const Json& value : row["values"]) low += low_of(value);
    most = std::max(most, low);
    if (row.contains("total")) most = std::max(most, high_of(row["total"]));
  }
  const std::string title =
      fmt::format("{} by layer", name == "energy" ? "energy of an image" : name);
  const double legend = 24 * static_cast<double>((terms.size() + 3) / 4);
  const double height = 70 + legend + 24 * static_cast<double>(rows.size());
  Svg svg(kWidth, height, title, fmt::format("{} layers, {} terms", rows.size(), terms.size()));
  svg.text(12, 22, title, "start", 14, "#111");
  for (std::size_t t = 0; t < terms.size(); ++t) {
    const double at = 12 + 176 * static_cast<double>(t % 4);
    const double y = 34 + 24 * static_cast<double>(t / 4);
    svg.rect(at, y, 12, 12, colour(t));
    svg.text(at + 18, y + 11, terms[t]["label"].get<std::string>());
  }
  const double top = 34 + legend;
  const Axis x(0, most, kLeft, kRight, true);
  for (const double tick : x.ticks()) {
    svg.line(x.at(tick), top, x.at(tick), height - 30, kGrid);
    svg.text(x.at(tick), height - 12, tick == 0 ? "0" : range_text(tick, unit == "pJ" ? unit : ""),
             "middle");
  }
  double y = top + 4;
  for (const Json& row : rows) {
    svg.text(kLeft - 8, y + 13, row["name"].get<std::string>(), "end");
    double from = 0;
    for (std::size_t t = 0; t < terms.size(); ++t) {
      const double value = low_of(row["values"][t]);
      if (value > 0) {
        svg.rect(
            x.at(from), y, x.at(from + value) - x.at(from), 17, colour(t),
            fmt::format("{}: {} {}", row["name"].get<std::string>(),
                        terms[t]["label"].get<std::string>(), range_text(row["values"][t], unit)));
      }
      from += value;
    }
    if (row.contains("total") && high_of(row["total"]) > low_of(row["total"])) {
      svg.line(x.at(low_of(row["total"])), y + 8.5, x.at(high_of(row["total"])), y + 8.5, "#111",
               1.5);
    }
    y += 24;
  }
  figures.push_back({name + ".svg", svg.finish()});
}

}  // namespace colcomb::page
