#include "colcomb/interchange/import_table_ranges.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "colcomb/base/error.hpp"

namespace colcomb::interchange {
namespace {

constexpr double kBytes = 256;
constexpr double kLargestByte = 255;
constexpr double kWhole = 1e-9;  // steps so near a whole number are one

double value_of(const ValueRange& range, std::size_t byte) {
  return static_cast<double>(byte) * range.limit / kBytes - range.offset;
}

}  // namespace

ValueRange without_flat_ends(const ScalarFunction& function, const ValueRange& sums) {
  constexpr std::size_t kPoints = 4096;
  std::vector<double> x;
  for (std::size_t i = 0; i <= kPoints; ++i)
    x.push_back(static_cast<double>(i) * sums.limit / kPoints - sums.offset);
  std::vector<std::vector<double>> curves(function.channels);  // by channel
  double least = 0;
  double most = 0;
  for (std::size_t channel = 0; channel < curves.size(); ++channel) {
    for (const double at : x) {
      curves[channel].push_back(function.of(at, channel));
      least = std::min(least, curves[channel].back());
      most = std::max(most, curves[channel].back());
    }
  }
  const double quarter = (most - least) / kLargestByte / 4;
  // Points from one end on whose values lie within a quarter of a step.
  const auto flat = [quarter](auto begin, auto end) {
    double low = *begin;
    double high = *begin;
    std::size_t count = 0;
    for (; begin != end; ++begin, ++count) {
      low = std::min(low, *begin);
      high = std::max(high, *begin);
      if (!(high - low <= quarter)) break;
    }
    return count;
  };
  std::size_t left = x.size();
  std::size_t right = x.size();
  for (const std::vector<double>& y : curves) {
    left = std::min(left, flat(y.begin(), y.end()));
    right = std::min(right, flat(y.rbegin(), y.rend()));
  }
  if (left + right > kPoints) return sums;  // nearly flat everywhere
  const double first = x[left > 0 ? left - 1 : 0];
  const double last = x[right > 0 ? kPoints + 1 - right : kPoints];
  return {last - first, -first};
}

ValueRange outputs_of(const ScalarFunction& function, const ValueRange& sums,
                      const std::string& layer) {
  double least = 0;
  double most = 0;
  for (std::size_t i = 0; i < function.channels * kTableEntries; ++i) {
    const double x = value_of(sums, i % kTableEntries);
    const double y = function.of(x, i / kTableEntries);
    if (!std::isfinite(y)) {
      throw file_error("layer " + layer, "activation function " + function.name,
                       fmt::format("{} at {:.4g}", y, x), "must be finite");
    }
    least = std::min(least, y);
    most = std::max(most, y);
  }
  return {(most - least) * kBytes / kLargestByte, -least};
}

ActivationTable table_of(const ScalarFunction& function, const ValueRange& sums,
                         const ValueRange& outputs) {
  ActivationTable table{function.name, {}};
  for (std::size_t i = 0; i < function.channels * kTableEntries; ++i) {
    const double sum = value_of(sums, i % kTableEntries);
    const double y = function.of(sum, i / kTableEntries) + outputs.offset;
    table.values.push_back(static_cast<float>(y * kBytes / outputs.limit));
  }
  return table;
}

std::uint8_t zero_of(const ValueRange& range) {
  return static_cast<std::uint8_t>(
      std::clamp(std::round(range.offset * kBytes / range.limit), 0.0, kLargestByte));
}

ValueRange with_room_for_zero(const ValueRange& range) {
  const double steps = range.offset * kBytes / range.limit;
  if (steps - std::floor(steps) <= kWhole || std::ceil(steps) - steps <= kWhole) return range;
  return {range.limit * kBytes / kLargestByte, range.offset};
}

double offset_with_zero(const ValueRange& range) {
  return std::ceil(range.offset * kBytes / range.limit - kWhole) * range.limit / kBytes;
}

}  // namespace colcomb::interchange
