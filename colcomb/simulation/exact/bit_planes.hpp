#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace colcomb::simulation {

/// One bit of every cell of an R x C array: cell (r, c) is bit c * R + r, so that what moves one
/// row up moves one bit up, and what moves one column right moves R bits up. Planes lie one after
/// the other, each with room before its first bit for shifts to read zeros from.
class BitPlanes {
 public:
  static constexpr std::size_t kBlockWords = 8;

  BitPlanes(std::size_t planes, std::size_t rows, std::size_t columns)
      : lead_((rows / 64 + 1 + kBlockWords) / kBlockWords * kBlockWords),
        words_(((rows * columns + 63) / 64 + kBlockWords - 1) / kBlockWords * kBlockWords),
        stride_(lead_ + words_),
        bits_(planes * stride_ + kBlockWords) {}

  /// Words of a plane, a multiple of kBlockWords.
  [[nodiscard]] std::size_t words() const { return words_; }
  [[nodiscard]] std::uint64_t* plane(std::size_t index) {
    return bits_.data() + index * stride_ + lead_;
  }
  [[nodiscard]] bool bit(std::size_t index, std::size_t lane) const {
    return (bits_[index * stride_ + lead_ + lane / 64] >> (lane % 64) & 1U) != 0;
  }
  void set(std::size_t index, std::size_t lane) {
    bits_[index * stride_ + lead_ + lane / 64] |= std::uint64_t{1} << (lane % 64);
  }
  void clear() { bits_.assign(bits_.size(), 0); }

 private:
  std::size_t lead_;
  std::size_t words_;
  std::size_t stride_;
  std::vector<std::uint64_t> bits_;
};

}  // namespace colcomb::simulation
