#include "colcomb/base/half.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace colcomb {
namespace {

// Encodings from IEEE 754's definition of binary16: sign, 5 bits of exponent (bias 15), 10 bits of
// fraction.
TEST(Half, KnownEncodings) {
  EXPECT_EQ(from_half(0x3c00), 1.0F);
  EXPECT_EQ(from_half(0xc000), -2.0F);
  EXPECT_EQ(from_half(0x3555), 0.333251953125F);
  EXPECT_EQ(from_half(0x7bff), 65504.0F);               // the largest
  EXPECT_EQ(from_half(0x0400), std::ldexp(1.0F, -14));  // the least normal one
  EXPECT_EQ(from_half(0x0001), std::ldexp(1.0F, -24));  // the least of all
  EXPECT_EQ(from_half(0x83ff), -std::ldexp(1023.0F, -24));
  EXPECT_EQ(from_half(0x7c00), std::numeric_limits<float>::infinity());
  EXPECT_EQ(from_half(0xfc00), -std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(from_half(0x7e00)));
  EXPECT_TRUE(std::signbit(from_half(0x8000)));
  EXPECT_EQ(from_half(0x8000), 0.0F);
}

}  // namespace
}  // namespace colcomb
