#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/base/check.hpp"
#include "colcomb/simulation/latencies.hpp"

namespace colcomb::simulation {

/// A buffer's contents that knows when each entry was written, and gives none too early.
template <class T>
class Store {
 public:
  explicit Store(std::size_t size = 0) : values_(size), readable_(size, kNever) {}

  /// Entry `index` is written in clock `clock`.
  void write(std::size_t index, T value, std::uint64_t clock) {
    values_[index] = value;
    readable_[index] = clock + kEdgeLatency;
  }
  /// The entry for a bit that enters an array in clock `clock`.
  [[nodiscard]] T read(std::size_t index, std::uint64_t clock) const {
    COLCOMB_CHECK(readable_[index] <= clock, "a buffer is read before it was written");
    return values_[index];
  }
  /// First clock in which an array can take in the entry; the far future if it is not written yet.
  [[nodiscard]] std::uint64_t readable(std::size_t index) const { return readable_[index]; }
  [[nodiscard]] const std::vector<T>& values() const { return values_; }

  static constexpr std::uint64_t kNever = ~std::uint64_t{0};

 private:
  std::vector<T> values_;
  std::vector<std::uint64_t> readable_;
};

}  // namespace colcomb::simulation
