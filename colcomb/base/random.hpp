#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace colcomb {

/// Seeded random numbers that are the same on every platform: xoshiro256** (Blackman and Vigna)
/// seeded by splitmix64. The standard library's engines would do, its distributions would not: they
/// differ between implementations. Streams for different purposes come from `stream`, so that
/// drawing more numbers for one purpose never changes another.
class Random {
 public:
  using State = std::array<std::uint64_t, 4>;  // what the next numbers follow from

  /// Equal seeds give equal numbers.
  explicit Random(std::uint64_t seed);
  /// Goes on where the state was taken.
  explicit Random(const State& state) : state_(state) {}

  /// A generator for one purpose: equal arguments give equal streams, others unrelated ones.
  [[nodiscard]] static Random stream(std::uint64_t seed, std::uint64_t purpose,
                                     std::uint64_t index = 0);

  /// 64 random bits.
  [[nodiscard]] std::uint64_t bits();
  /// Uniform in [0, 1) with 53 random bits.
  [[nodiscard]] double uniform();
  /// Uniform in [0, bound). Requires: bound > 0.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound);
  /// Normal with mean 0 and standard deviation 1.
  [[nodiscard]] double normal();
  /// Index drawn with the given weights. Requires: weights not all zero, none negative.
  [[nodiscard]] std::size_t categorical(std::span<const double> weights);

  /// A random order, each equally likely.
  template <class T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }

  /// To go on from later.
  [[nodiscard]] const State& state() const { return state_; }

 private:
  State state_;
};

}  // namespace colcomb
