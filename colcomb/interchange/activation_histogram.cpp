#include "colcomb/interchange/activation_histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace colcomb::interchange {

void ActivationHistogram::count(std::span<const float> values) {
  // Half of a map may be 0, in any order: a test per value would be guessed wrong as often. So
  // zeros are counted in the first bin, and taken out of it again.
  std::uint64_t zeros = 0;
  float largest = largest_;
  for (const float value : values) {
    const float positive = std::max(0.0F, value);  // 0 of -0
    zeros += positive == 0 ? 1 : 0;
    largest = std::max(largest, positive);
    ++bins_[std::bit_cast<std::uint32_t>(positive) >> kShift];
  }
  bins_[0] -= zeros;
  largest_ = largest;
  total_ += values.size();
}

void ActivationHistogram::add(const ActivationHistogram& other) {
  for (std::size_t i = 0; i < bins_.size(); ++i) bins_[i] += other.bins_[i];
  largest_ = std::max(largest_, other.largest_);
  total_ += other.total_;
}

double ActivationHistogram::begin_of(std::size_t bin) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bin) << kShift);
}

double ActivationHistogram::quantile(double fraction) const {
  const double allowed = fraction * static_cast<double>(total_);
  std::uint64_t above = 0;
  for (std::size_t i = bins_.size(); i-- > 0;) {
    above += bins_[i];
    if (static_cast<double>(above) > allowed) return std::min<double>(largest_, begin_of(i + 1));
  }
  return largest_;
}

double ActivationHistogram::fraction_above(double limit) const {
  if (total_ == 0 || limit >= largest_) return 0;
  std::uint64_t above = 0;
  for (std::size_t i = bins_.size(); i-- > 0 && begin_of(i) >= limit;) above += bins_[i];
  return static_cast<double>(above) / static_cast<double>(total_);
}

double ActivationHistogram::squared_error(double limit) const {
  constexpr double kLevels = 256;
  const double step = limit / kLevels;
  const double most = limit - step;
  double error = 0;
  for (std::size_t i = 0; i < bins_.size(); ++i) {
    if (bins_[i] == 0) continue;
    const double begin = begin_of(i), end = std::min<double>(begin_of(i + 1), largest_);
    const double value = (begin + end) / 2;
    double square = 0;
    if (value >= most) {
      square = (value - most) * (value - most);
    } else if (end - begin < step) {
      const double rounded = std::min(most, std::floor(value / step + 0.5) * step);
      square = (value - rounded) * (value - rounded);
    } else {  // a bin over several steps holds any remainder alike
      square = step * step / 12;
    }
    error += static_cast<double>(bins_[i]) * square;
  }
  return error;
}

double ActivationHistogram::least_error_limit() const {
  // Eight octaves hold every limit that could be best: below, all but 1 / 256 of the range
  // saturates.
  constexpr std::size_t kCandidates = 8 * 64;
  const std::size_t last = std::bit_cast<std::uint32_t>(largest_) >> kShift;
  double best = largest_;
  double least = squared_error(best);
  for (std::size_t i = 0; i < kCandidates && i < last && largest_ > 0; ++i) {
    const double limit = begin_of(last - i);
    const double error = squared_error(limit);
    if (error >= least) continue;
    best = limit;
    least = error;
  }
  return best;
}

}  // namespace colcomb::interchange
