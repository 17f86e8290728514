#include "colcomb/interchange/activation_histogram.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "colcomb/base/random.hpp"

namespace colcomb::interchange {
namespace {

/// Mean squared error of the values as activations of a layer that ends at `limit`.
double error_of(const std::vector<float>& values, double limit) {
  const double step = limit / 256;
  double sum = 0;
  for (const float value : values) {
    const double rounded = std::min(255.0, std::floor(value / step + 0.5)) * step;
    sum += (value - rounded) * (value - rounded);
  }
  return sum / static_cast<double>(values.size());
}

TEST(ActivationHistogram, TheLeastErrorIsThatOfTheValuesThemselves) {
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::vector<float> values;
    for (int i = 0; i < 4000; ++i)
      values.push_back(static_cast<float>(std::abs(random.normal()) * (i == 7 ? 40 : 1)));
    ActivationHistogram histogram;
    histogram.count(values);
    const double found = error_of(values, histogram.least_error_limit());
    double least = error_of(values, histogram.quantile(0));
    for (double limit = 0.5; limit < 45; limit *= 1.01)
      least = std::min(least, error_of(values, limit));
    EXPECT_LE(found, 1.05 * least);
  }
}

TEST(ActivationHistogram, LimitsOfFewValues) {
  ActivationHistogram histogram;
  EXPECT_EQ(histogram.least_error_limit(), 0);
  histogram.count(std::vector<float>{0, 0, 3});
  EXPECT_EQ(histogram.quantile(0), 3);
  EXPECT_NEAR(histogram.least_error_limit(), 3, 0.05);
  EXPECT_EQ(histogram.fraction_above(3), 0);
  EXPECT_NEAR(histogram.fraction_above(2), 1.0 / 3, 1e-12);
}

TEST(ActivationHistogram, ZerosOfBothSignsAreNoPositiveValues) {
  ActivationHistogram zeros;
  zeros.count(std::vector<float>{0.0F, -0.0F, 0.0F});
  EXPECT_EQ(zeros.quantile(0), 0);
  EXPECT_EQ(zeros.fraction_above(0), 0);
  // The least positive float shares the first bin with them.
  constexpr float kLeast = std::numeric_limits<float>::denorm_min();
  zeros.count(std::vector<float>{kLeast});
  EXPECT_EQ(zeros.quantile(0), kLeast);
}

}  // namespace
}  // namespace colcomb::interchange
