#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace colcomb::report {

/// A linear axis from `from` to `to` pixels with round ticks, multiples of 1, 2 or 5 times a power
/// of ten, the first at most `least` and the last at least `most`.
class ChartScale {
 public:
  ChartScale(double least, double most, double from, double to);
  /// Ticks 0 to `names` - 1, with half a step of room at both ends.
  [[nodiscard]] static ChartScale of_names(std::size_t names, double from, double to);

  [[nodiscard]] double at(double value) const {
    return from_ + (value - least_) / (most_ - least_) * (to_ - from_);
  }
  [[nodiscard]] std::vector<double> ticks() const;
  /// A tick with the decimals that its step needs.
  [[nodiscard]] std::string text(double tick) const;

 private:
  ChartScale() = default;

  double from_ = 0;
  double to_ = 1;
  double step_ = 1;
  double least_ = 0;
  double most_ = 1;
};

}  // namespace colcomb::report
