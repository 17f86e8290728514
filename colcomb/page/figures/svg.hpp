#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "colcomb/report/markup.hpp"

namespace colcomb::page {

using report::escaped;

/// Distinguishable by eyes that see no red, in both themes; term i has kPalette[i % size].
inline constexpr std::string_view kPalette[] = {"#3b6ea5", "#d98038", "#4f9a77", "#b8566b",
                                                "#7560a6", "#9a7b4f", "#70767f", "#2f8ca6",
                                                "#97508a", "#64852f"};
[[nodiscard]] std::string_view colour(std::size_t i);

/// A scale with round ticks from `from` to `to` pixels.
class Axis {
 public:
  /// `zero`: begins at 0 whatever the least value is.
  Axis(double least, double most, double from, double to, bool zero);

  [[nodiscard]] double at(double value) const;
  [[nodiscard]] const std::vector<double>& ticks() const { return ticks_; }

 private:
  double least_;
  double most_;
  double from_;
  double to_;
  std::vector<double> ticks_;
};

/// A drawing of fixed size in the order of its calls. Texts are escaped.
class Svg {
 public:
  Svg(double width, double height, std::string_view title, std::string_view description);

  void line(double x1, double y1, double x2, double y2, std::string_view stroke, double width = 1,
            std::string_view dash = "");
  /// With what a pointer over it says; empty: nothing.
  void rect(double x, double y, double width, double height, std::string_view fill,
            std::string_view says = "");
  void circle(double x, double y, double radius, std::string_view fill, std::string_view says = "");
  void path(const std::vector<std::pair<double, double>>& points, std::string_view stroke);
  /// `anchor`: start, middle or end.
  void text(double x, double y, std::string_view text, std::string_view anchor = "start",
            double size = 12, std::string_view fill = "#333");
  /// A PNG, its pixels unsmoothed.
  void image(double x, double y, double width, double height, const std::string& png_base64);
  [[nodiscard]] std::string finish() const { return text_ + "</svg>\n"; }

 private:
  std::string text_;
};

}  // namespace colcomb::page
