#include "colcomb/page/figures/svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace colcomb::page {
namespace {

std::string says_element(std::string_view says) {
  return says.empty() ? "/>\n" : fmt::format("><title>{}</title>", escaped(says));
}

}  // namespace

std::string_view colour(std::size_t i) {
  return kPalette[i % std::size(kPalette)];
}

Axis::Axis(double least, double most, double from, double to, bool zero) : from_(from), to_(to) {
  if (zero) least = std::min(0.0, least);
  const double span = std::max(most - least, 1e-9 * std::max(1.0, std::fabs(most)));
  double step = std::pow(10, std::floor(std::log10(span / 4)));
  if (span / step > 25) {
    step *= 10;
  } else if (span / step > 12) {
    step *= 5;
  } else if (span / step > 6) {
    step *= 2;
  }
  least_ = std::floor(least / step + 1e-9) * step;
  most_ = std::max(std::ceil(most / step - 1e-9) * step, least_ + step);
  const auto count = std::lround((most_ - least_) / step);
  for (long i = 0; i <= count; ++i) ticks_.push_back(least_ + static_cast<double>(i) * step);
}

double Axis::at(double value) const {
  return from_ + (value - least_) / (most_ - least_) * (to_ - from_);
}

Svg::Svg(double width, double height, std::string_view title, std::string_view description)
    : text_(fmt::format(
          "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
          "viewBox=\"0 0 {0:.0f} {1:.0f}\" font-family=\"system-ui, sans-serif\" role=\"img\">\n"
          "<title>{2}</title>\n<desc>{3}</desc>\n"
          "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n",
          width, height, escaped(title), escaped(description))) {}

void Svg::line(double x1, double y1, double x2, double y2, std::string_view stroke, double width,
               std::string_view dash) {
  text_ += fmt::format(
      "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\" "
      "stroke-width=\"{}\"{}/>\n",
      x1, y1, x2, y2, stroke, width,
      dash.empty() ? "" : fmt::format(" stroke-dasharray=\"{}\"", dash));
}

void Svg::rect(double x, double y, double width, double height, std::string_view fill,
               std::string_view says) {
  text_ += fmt::format(
      "<rect x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\" fill=\"{}\"{}", x, y,
      width, height, fill, says_element(says));
  if (!says.empty()) text_ += "</rect>\n";
}

void Svg::circle(double x, double y, double radius, std::string_view fill, std::string_view says) {
  text_ += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\" fill=\"{}\"{}", x, y, radius,
                       fill, says_element(says));
  if (!says.empty()) text_ += "</circle>\n";
}

void Svg::path(const std::vector<std::pair<double, double>>& points, std::string_view stroke) {
  std::string d;
  for (const auto& [x, y] : points)
    d += fmt::format("{}{:.1f},{:.1f}", d.empty() ? "M" : "L", x, y);
  text_ +=
      fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"/>\n", d, stroke);
}

void Svg::text(double x, double y, std::string_view text, std::string_view anchor, double size,
               std::string_view fill) {
  text_ += fmt::format(
      "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\" font-size=\"{}\" fill=\"{}\">{}</text>\n",
      x, y, anchor, size, fill, escaped(text));
}

void Svg::image(double x, double y, double width, double height, const std::string& png_base64) {
  text_ += fmt::format(
      "<image x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" "
      "preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\" "
      "href=\"data:image/png;base64,{}\"/>\n",
      x, y, width, height, png_base64);
}

}  // namespace colcomb::page
