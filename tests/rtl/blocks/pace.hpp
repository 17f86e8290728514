#pragma once

#include <cstdint>

#include "colcomb/base/random.hpp"

namespace colcomb::tests {

/// When a source sends: never sooner than `interval` clocks after it last did; for a while as soon
/// as that, then for a while with gaps.
class Pace {
 public:
  Pace(Random& random, std::size_t interval)
      : random_(random), interval_(interval), waited_(interval) {}

  /// Asked once a clock.
  [[nodiscard]] bool sends() {
    if (random_.below(60) == 0) gaps_ = 1 + random_.below(20) * random_.below(3);
    ++waited_;
    if (waited_ <= interval_ || random_.below(gaps_) != 0) return false;
    waited_ = 1;
    return true;
  }

 private:
  Random& random_;
  std::size_t interval_;
  std::size_t waited_;  // 1 in the clock after it sent
  std::uint64_t gaps_ = 1;
};

}  // namespace colcomb::tests
