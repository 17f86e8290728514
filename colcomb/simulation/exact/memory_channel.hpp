#pragma once

#include <cstddef>
#include <cstdint>

namespace colcomb::simulation {

/// Moves so many bytes per clock, one transfer after the other.
class MemoryChannel {
 public:
  explicit MemoryChannel(std::size_t bytes_per_clock) : bytes_per_clock_(bytes_per_clock) {}

  [[nodiscard]] bool busy() const { return left_ > 0; }
  /// Its first bytes move in the present clock. Requires: !busy().
  void begin(std::uint64_t bytes) { left_ = bytes; }
  /// Ends the present clock; true if a transfer has ended with it.
  bool step() {
    if (left_ == 0) return false;
    left_ -= left_ < bytes_per_clock_ ? left_ : bytes_per_clock_;
    return left_ == 0;
  }
  /// Clocks until the transfer's end.
  [[nodiscard]] std::uint64_t clocks_left() const {
    return (left_ + bytes_per_clock_ - 1) / bytes_per_clock_;
  }
  /// So many clocks at once. Requires: fewer than clocks_left().
  void skip(std::uint64_t clocks) { left_ -= clocks * bytes_per_clock_; }

 private:
  std::uint64_t bytes_per_clock_;
  std::uint64_t left_ = 0;
};

}  // namespace colcomb::simulation
