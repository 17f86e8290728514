#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

// Internal to the room.
namespace colcomb::interchange {

/// Counts of a layer's outputs, in bins of which 64 share a power of two (a float's upper 14 bits).
class ActivationHistogram {
 public:
  /// Requires: no value is negative or infinite.
  void count(std::span<const float> values);
  void add(const ActivationHistogram& other);

  /// The least end of a bin with at most `fraction` of the values from there on, or the largest
  /// value if that is less; 0 if no value is positive.
  [[nodiscard]] double quantile(double fraction) const;

  /// The limit A for which the values, rounded to the 8-bit activations 0, A / 256, ..., 255 A /
  /// 256, have the least mean squared error; 0 if no value is positive.
  [[nodiscard]] double least_error_limit() const;

  /// Fraction of the values at or above the begin of the first bin from `limit` on.
  [[nodiscard]] double fraction_above(double limit) const;

 private:
  [[nodiscard]] double squared_error(double limit) const;

  static constexpr unsigned kShift = 17;
  static double begin_of(std::size_t bin);

  std::vector<std::uint64_t> bins_ = std::vector<std::uint64_t>(std::size_t{0x7f800000} >> kShift);
  std::uint64_t total_ = 0;
  float largest_ = 0;
};

}  // namespace colcomb::interchange
