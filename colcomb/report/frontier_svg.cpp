#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "colcomb/report/frontier.hpp"

namespace colcomb::report {
namespace {

constexpr double kWidth = 640;
constexpr double kHeight = 400;
constexpr double kLeft = 64;
constexpr double kRight = 620;
constexpr double kTop = 40;
constexpr double kBottom = 350;

/// Told apart without colour too: by dash and mark (Okabe and Ito's palette).
struct Style {
  std::string_view colour;
  std::string_view dash;
};
constexpr std::array<Style, 4> kStyles = {
    {{"#0072b2", ""}, {"#d55e00", "6 3"}, {"#009e73", "2 3"}, {"#cc79a7", "8 3 2 3"}}};

/// A linear scale with round ticks.
class Axis {
 public:
  Axis(double least, double most, double from, double to) : from_(from), to_(to) {
    const double span = std::max(most - least, 1e-9 * std::max(1.0, std::fabs(most)));
    step_ = std::pow(10, std::floor(std::log10(span / 4)));
    for (const double factor : {2.0, 5.0, 10.0}) {
      if (span / step_ > 6) step_ *= factor == 5.0 ? 2.5 : 2.0;
    }
    least_ = std::floor(least / step_) * step_;
    most_ = std::ceil(most / step_) * step_;
    if (most_ <= least_) most_ = least_ + step_;
  }

  [[nodiscard]] double at(double value) const {
    return from_ + (value - least_) / (most_ - least_) * (to_ - from_);
  }
  [[nodiscard]] std::vector<double> ticks() const {
    std::vector<double> result;
    const auto count = static_cast<int>(std::lround((most_ - least_) / step_));
    for (int i = 0; i <= count; ++i) result.push_back(least_ + i * step_);
    return result;
  }

 private:
  double from_;
  double to_;
  double step_ = 1;
  double least_ = 0;
  double most_ = 1;
};

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string label(double x, double y, std::string_view anchor, std::string_view text) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", x, y, anchor,
                     escaped(text));
}

std::string line(double x1, double y1, double x2, double y2, std::string_view attributes) {
  return fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" {}/>\n", x1, y1,
                     x2, y2, attributes);
}

std::string axes(const Axis& x, const Axis& y) {
  std::string text;
  for (const double tick : x.ticks()) {
    text += line(x.at(tick), kTop, x.at(tick), kBottom, "stroke=\"#ddd\"");
    text += label(x.at(tick), kBottom + 18, "middle", fmt::format("{:.0f}", tick));
  }
  for (const double tick : y.ticks()) {
    text += line(kLeft, y.at(tick), kRight, y.at(tick), "stroke=\"#ddd\"");
    text += label(kLeft - 8, y.at(tick) + 4, "end", fmt::format("{:.3g}", tick));
  }
  return text + label((kLeft + kRight) / 2, kHeight - 12, "middle", "clocks from batch to batch");
}

std::string curve(std::vector<FrontierPoint> points, const Axis& x, const Axis& y,
                  const Style& style) {
  std::ranges::sort(points, {}, &FrontierPoint::interval);
  std::string path;
  std::string marks;
  for (const FrontierPoint& point : points) {
    const double at = x.at(point.interval);
    path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : " L", at, y.at(100 * point.mean));
    marks += line(at, y.at(100 * point.least), at, y.at(100 * point.most),
                  fmt::format("stroke=\"{}\"", style.colour));
    marks += fmt::format(
        "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3.5\" fill=\"{}\"><title>{}: {:.0f} clocks, "
        "{:.2f}% ({:.2f} to {:.2f}, {} runs)</title></circle>\n",
        at, y.at(100 * point.mean), style.colour, escaped(point.arm), point.interval,
        100 * point.mean, 100 * point.least, 100 * point.most, point.runs);
  }
  return fmt::format(
             "<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.5\" "
             "stroke-dasharray=\"{}\"/>\n",
             path, style.colour, style.dash) +
         marks;
}

}  // namespace

std::string frontier_svg(const FrontierReport& report) {
  const std::vector<FrontierPoint> points = frontier_points(report);
  std::vector<std::string> arms;
  double least = points.empty() ? 0 : 1;
  double most = points.empty() ? 1 : 0;
  double slowest = 1;
  for (const FrontierPoint& point : points) {
    if (std::ranges::find(arms, point.arm) == arms.end()) arms.push_back(point.arm);
    least = std::min(least, point.least);
    most = std::max(most, point.most);
    slowest = std::max(slowest, point.interval);
  }
  const Axis x(0, slowest, kLeft, kRight);
  const Axis y(100 * least, 100 * most, kBottom, kTop);
  std::string text = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
      "height=\"{1}\" font-family=\"sans-serif\" font-size=\"12\">\n"
      "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n",
      kWidth, kHeight);
  text += label(kLeft, 18, "start",
                fmt::format("{} on array {}: top-1 accuracy of the integer network, percent of the "
                            "test split",
                            report.dataset, report.array));
  text += axes(x, y);
  for (std::size_t arm = 0; arm < arms.size(); ++arm) {
    const Style& style = kStyles.at(arm % kStyles.size());
    std::vector<FrontierPoint> own;
    std::ranges::copy_if(points, std::back_inserter(own),
                         [&](const FrontierPoint& point) { return point.arm == arms[arm]; });
    text += curve(std::move(own), x, y, style);
    const double at = kBottom - 20 - 18 * static_cast<double>(arms.size() - 1 - arm);
    text += line(kRight - 110, at, kRight - 80, at,
                 fmt::format("stroke=\"{}\" stroke-width=\"1.5\" stroke-dasharray=\"{}\"",
                             style.colour, style.dash));
    text += label(kRight - 74, at + 4, "start", arms[arm]);
  }
  return text + "</svg>\n";
}

}  // namespace colcomb::report
