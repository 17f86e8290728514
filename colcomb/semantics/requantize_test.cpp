#include "colcomb/semantics/requantize.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace colcomb::semantics {
namespace {

TEST(Requantize, ShiftsArithmeticallyAndClamps) {
  const auto of = [](std::int32_t acc, std::uint32_t f) {
    return requantize(static_cast<std::uint32_t>(acc), f);
  };
  EXPECT_EQ(of(255, 0), 255);
  EXPECT_EQ(of(256, 0), 255);
  EXPECT_EQ(of(511, 1), 255);
  EXPECT_EQ(of(7, 2), 1);
  EXPECT_EQ(of(-1, 5), 0);
  EXPECT_EQ(of(std::numeric_limits<std::int32_t>::min(), 22), 0);
  EXPECT_EQ(of(std::numeric_limits<std::int32_t>::max(), 22), 255);  // 511
}

TEST(Pool, RoundsTheScaledMeanHalfUp) {
  EXPECT_EQ(pool(5, 2, 0), 3);  // 2.5
  EXPECT_EQ(pool(7, 3, 0), 2);  // 2.33
  EXPECT_EQ(pool(7, 3, 2), 9);  // 9.33
  EXPECT_EQ(pool(255, 1, 0), 255);
  EXPECT_EQ(pool(255, 1, 8), 255);  // 65280 clamped
  EXPECT_EQ(scaled_mean(255, 1, 8), 65280U);
  EXPECT_EQ(pool(0, 49, 8), 0);
  EXPECT_EQ(pool(255ULL << 28, 1ULL << 28, 0), 255);  // the largest map
}

}  // namespace
}  // namespace colcomb::semantics
