#include "colcomb/report/chart_scale.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace colcomb::report {

ChartScale::ChartScale(double least, double most, double from, double to) : from_(from), to_(to) {
  const double span = std::max(most - least, 1e-9 * std::max(1.0, std::fabs(most)));
  step_ = std::pow(10, std::floor(std::log10(span / 4)));
  for (const double factor : {2.0, 2.5, 2.0}) {
    if (span / step_ > 6) step_ *= factor;
  }
  // A bound that is a tick but for rounding is one.
  least_ = std::floor(least / step_ + 1e-9) * step_;
  most_ = std::ceil(most / step_ - 1e-9) * step_;
  if (most_ <= least_) most_ = least_ + step_;
}

ChartScale ChartScale::of_names(std::size_t names, double from, double to) {
  ChartScale scale;
  scale.from_ = from;
  scale.to_ = to;
  scale.least_ = -0.5;
  scale.most_ = static_cast<double>(names) - 0.5;
  return scale;
}

std::vector<double> ChartScale::ticks() const {
  std::vector<double> result;
  const double first = std::ceil(least_ / step_ - 1e-9) * step_;
  const auto count = static_cast<int>(std::floor((most_ - first) / step_ + 1e-9));
  for (int i = 0; i <= count; ++i) result.push_back(first + i * step_);
  return result;
}

std::string ChartScale::text(double tick) const {
  const int decimals = std::max(0, -static_cast<int>(std::floor(std::log10(step_) + 1e-9)));
  const double rounded = std::round(tick / step_) * step_;
  return fmt::format("{:.{}f}", rounded == 0 ? 0.0 : rounded, decimals);
}

}  // namespace colcomb::report
