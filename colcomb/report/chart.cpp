#include "colcomb/report/chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "colcomb/report/chart_scale.hpp"
#include "colcomb/report/markup.hpp"

namespace colcomb::report {
namespace {

constexpr double kWidth = 760;
constexpr double kHeight = 420;
constexpr double kLeft = 70;
constexpr double kRight = 560;
constexpr double kTop = 44;
constexpr double kBottom = 364;
constexpr double kLegend = 576;

/// Okabe and Ito's palette on white, and lighter tones of it on black.
struct Style {
  std::string_view light;
  std::string_view dark;
  std::string_view dash;
};
constexpr std::array<Style, 8> kStyles = {{{"#0072b2", "#56b4e9", ""},
                                           {"#d55e00", "#ff9e4a", "6 3"},
                                           {"#009e73", "#3fd6ab", "2 3"},
                                           {"#b0568c", "#e79fcb", "8 3 2 3"},
                                           {"#8a6d00", "#f0e442", "10 4"},
                                           {"#444444", "#cccccc", "1 2"},
                                           {"#3b4cc0", "#a0a8ff", "4 2"},
                                           {"#a01a1a", "#ff8080", "12 3 2 3"}}};

std::string label(double x, double y, std::string_view anchor, std::string_view text,
                  std::string_view attributes = "") {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\"{}>{}</text>\n", x, y,
                     anchor, attributes, escaped(text));
}

std::string line(double x1, double y1, double x2, double y2, std::string_view attributes) {
  return fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" {}/>\n", x1, y1,
                     x2, y2, attributes);
}

std::string style_sheet() {
  std::string light;
  std::string dark;
  for (std::size_t s = 0; s < kStyles.size(); ++s) {
    light += fmt::format(".s{}{{color:{}}}", s, kStyles[s].light);
    dark += fmt::format(".s{}{{color:{}}}", s, kStyles[s].dark);
  }
  return "<style>svg{color:#222;background:#fff}text{fill:currentColor}" + light +
         "@media (prefers-color-scheme:dark){svg{color:#ddd;background:#1b1b1b}" + dark +
         "}</style>\n";
}

bool is_drawn(const ChartPoint& point) {
  return std::isfinite(point.x) && std::isfinite(point.y);
}

/// Least and most of what is drawn.
struct Bounds {
  Range x{0, 1};
  Range y{0, 1};
};

Bounds bounds_of(const Chart& chart) {
  Bounds bounds;
  bool any = false;
  for (const ChartSeries& series : chart.series) {
    for (const ChartPoint& point : series.points) {
      if (!is_drawn(point)) continue;
      const Range span = point.span.value_or(Range{point.y, point.y});
      if (!any) bounds = {{point.x, point.x}, {span.low, span.high}};
      any = true;
      bounds.x = {std::min(bounds.x.low, point.x), std::max(bounds.x.high, point.x)};
      bounds.y = {std::min({bounds.y.low, span.low, point.y}),
                  std::max({bounds.y.high, span.high, point.y})};
    }
  }
  if (chart.y_from_zero) bounds.y.low = std::min(0.0, bounds.y.low);
  return bounds;
}

std::string axes(const Chart& chart, const ChartScale& x, const ChartScale& y) {
  constexpr std::string_view kGrid = "stroke=\"currentColor\" stroke-opacity=\"0.18\"";
  std::string text;
  for (const double tick : x.ticks()) {
    text += line(x.at(tick), kTop, x.at(tick), kBottom, kGrid);
    text +=
        label(x.at(tick), kBottom + 18, "middle",
              chart.x_names.empty() ? x.text(tick) : chart.x_names[static_cast<std::size_t>(tick)]);
  }
  for (const double tick : y.ticks()) {
    text += line(kLeft, y.at(tick), kRight, y.at(tick), kGrid);
    text += label(kLeft - 8, y.at(tick) + 4, "end", y.text(tick));
  }
  const double middle = (kTop + kBottom) / 2;
  return text + label((kLeft + kRight) / 2, kHeight - 14, "middle", chart.x_label) +
         label(16, middle, "middle", chart.y_label,
               fmt::format(" transform=\"rotate(-90 16 {:.1f})\"", middle));
}

std::string drawn(const ChartSeries& series, const ChartScale& x, const ChartScale& y,
                  std::string_view dash) {
  std::vector<ChartPoint> points;
  std::ranges::copy_if(series.points, std::back_inserter(points), is_drawn);
  if (series.joined) std::ranges::stable_sort(points, {}, &ChartPoint::x);
  std::string path;
  std::string marks;
  for (const ChartPoint& point : points) {
    const double at = x.at(point.x);
    path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : " L", at, y.at(point.y));
    if (point.span && point.span->low < point.span->high)
      marks +=
          line(at, y.at(point.span->low), at, y.at(point.span->high), "stroke=\"currentColor\"");
    const std::string note =
        point.note.empty() ? fmt::format("{:.6g}, {:.6g}", point.x, point.y) : point.note;
    marks += fmt::format(
        "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\" fill=\"currentColor\"><title>{}: {}</title>"
        "</circle>\n",
        at, y.at(point.y), series.joined ? "3.5" : "2", escaped(series.name), escaped(note));
  }
  if (series.joined && points.size() > 1) {
    marks += fmt::format(
        "<path d=\"{}\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.5\" "
        "stroke-dasharray=\"{}\"/>\n",
        path, dash);
  }
  return marks;
}

}  // namespace

std::string chart_svg(const Chart& chart) {
  const Bounds bounds = bounds_of(chart);
  const ChartScale x = chart.x_names.empty()
                           ? ChartScale(bounds.x.low, bounds.x.high, kLeft, kRight)
                           : ChartScale::of_names(chart.x_names.size(), kLeft, kRight);
  const ChartScale y(bounds.y.low, bounds.y.high, kBottom, kTop);
  std::string text = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
      "height=\"{1}\" font-family=\"sans-serif\" font-size=\"12\" role=\"img\" "
      "aria-labelledby=\"title desc\">\n<title id=\"title\">{2}</title>\n"
      "<desc id=\"desc\">{3}</desc>\n",
      kWidth, kHeight, escaped(chart.title), escaped(chart.description));
  text += style_sheet() + label(kLeft, 22, "start", chart.title, " font-weight=\"bold\"") +
          axes(chart, x, y);
  for (std::size_t s = 0; s < chart.series.size(); ++s) {
    const std::size_t style = s % kStyles.size();
    const ChartSeries& series = chart.series[s];
    const double at = kTop + 8 + 20 * static_cast<double>(s);
    text += fmt::format("<g class=\"s{}\">\n", style);
    text += drawn(series, x, y, kStyles[style].dash);
    if (series.joined) {
      text += line(kLegend, at, kLegend + 28, at,
                   fmt::format("stroke=\"currentColor\" stroke-width=\"1.5\" "
                               "stroke-dasharray=\"{}\"",
                               kStyles[style].dash));
    } else {
      text += fmt::format(
          "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"8\" height=\"8\" fill=\"currentColor\"/>\n",
          kLegend + 10, at - 4);
    }
    text += "</g>\n" + label(kLegend + 34, at + 4, "start", series.name);
  }
  return text + "</svg>\n";
}

}  // namespace colcomb::report
