#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

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

/// Global average pooling: an accumulator per image of the batch and filter, then a division that
/// takes one clock to load, sixteen for the quotient and one to clamp and write.
class PoolingBlock {
 public:
  using Write = std::function<void(std::size_t image, std::size_t filter, std::uint8_t mean)>;

  PoolingBlock(std::size_t images, std::size_t filters, std::size_t pixels,
               std::uint32_t pooling_fraction_bits, Write write)
      : filters_(filters),
        pixels_(pixels),
        pooling_fraction_bits_(pooling_fraction_bits),
        sums_(images * filters),
        counts_(images * filters),
        write_(std::move(write)) {}

  /// A byte of the last hidden layer, in the clock of its write.
  void add(std::uint64_t clock, std::size_t image, std::size_t filter, std::uint8_t byte) {
    const std::size_t at = image * filters_ + filter;
    sums_[at] += byte;
    if (++counts_[at] < pixels_) return;
    divisions_.push_back(
        {clock, image, filter, SerialDivider(sums_[at], pixels_, pooling_fraction_bits_)});
    sums_[at] = 0;
    counts_[at] = 0;
  }

  void compute(std::uint64_t clock) {
    std::size_t kept = 0;
    for (Division& division : divisions_) {
      const std::uint64_t age = clock - division.last_byte;
      if (age >= 2 && !division.divider.done()) {
        division.divider.step();  // the first clock loads
      } else if (age >= 2) {
        write_(division.image, division.filter, division.divider.clamped());
        continue;
      }
      divisions_[kept++] = division;
    }
    divisions_.erase(divisions_.begin() + static_cast<std::ptrdiff_t>(kept), divisions_.end());
  }

 private:
  struct Division {
    std::uint64_t last_byte;
    std::size_t image;
    std::size_t filter;
    SerialDivider divider;
  };

  std::size_t filters_;
  std::size_t pixels_;
  std::uint32_t pooling_fraction_bits_;
  std::vector<std::uint64_t> sums_;
  std::vector<std::size_t> counts_;
  std::vector<Division> divisions_;
  Write write_;
};

}  // namespace colcomb::simulation
