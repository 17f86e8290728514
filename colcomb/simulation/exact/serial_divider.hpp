#pragma once

#include <cstdint>

namespace colcomb::simulation {

/// One mean in the making: quotient bits one per clock, the highest first (restoring division).
class SerialDivider {
 public:
  /// floor(sum * 2^k / pixels + 1/2) as a quotient of whole numbers.
  SerialDivider(std::uint64_t sum, std::uint64_t pixels, std::uint32_t k)
      : remainder_((sum << (k + 1)) + pixels), divisor_(2 * pixels) {}

  void step() {
    --bit_;
    const std::uint64_t part = divisor_ << bit_;
    if (remainder_ < part) return;
    remainder_ -= part;
    quotient_ |= 1U << bit_;
  }
  [[nodiscard]] bool done() const { return bit_ == 0; }
  [[nodiscard]] std::uint8_t clamped() const {
    return quotient_ > 255 ? 255 : static_cast<std::uint8_t>(quotient_);
  }

 private:
  std::uint64_t remainder_;
  std::uint64_t divisor_;
  std::uint32_t quotient_ = 0;
  unsigned bit_ = 16;
};

}  // namespace colcomb::simulation
