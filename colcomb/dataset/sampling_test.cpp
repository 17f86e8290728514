#include "colcomb/dataset/sampling.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "colcomb/dataset/test_files.hpp"

namespace colcomb::dataset::tests {
namespace {

using Indices = std::vector<std::size_t>;
using Labels = std::vector<std::int32_t>;

TEST(StratifiedFirst, ByHand) {
  const Labels labels{0, 1, 0, 0, 1, 2, 0, 1};
  // Half of 4, 3 (1.5 rounds to 2) and 1 (at least one) pictures.
  EXPECT_EQ(stratified_first(labels, 4, 0.5), (Indices{0, 1, 2, 4, 5}));
  EXPECT_EQ(stratified_first(labels, 4, 1e-9), (Indices{0, 1, 5}));
  EXPECT_EQ(stratified_first(labels, 4, 1), (Indices{0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST(StratifiedFirst, RatioWhoseProductIsJustBelowAWholeNumber) {
  // 0.29 * 100 is 28.999999999999996 in double.
  EXPECT_EQ(stratified_first(Labels(100, 0), 1, 0.29).size(), 29U);
}

TEST(Sampling, RatiosOutOfRange) {
  const Labels labels{0, 1};
  const Indices all{0, 1};
  for (const double ratio : {0.0, -0.1, 1.01, std::nan("")})
    EXPECT_EQ(error_of([&] { (void)stratified_first(labels, 2, ratio); }).field,
              "data.sample_ratio");
  for (const double ratio : {-0.1, 1.0, std::nan("")})
    EXPECT_EQ(error_of([&] { (void)hold_out(all, labels, 2, ratio, 1); }).field,
              "data.validation_ratio");
}

TEST(HoldOut, ZeroSetsNothingAside) {
  const auto parts = hold_out(Indices{4, 2, 0}, Labels{0, 0, 0, 0, 1}, 2, 0, 1);
  EXPECT_EQ(parts.train, (Indices{4, 2, 0}));
  EXPECT_TRUE(parts.validation.empty());
}

TEST(HoldOut, DependsOnSeedAlone) {
  const Labels labels(200, 0);
  Indices all(200);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  const auto first = hold_out(all, labels, 1, 0.25, 1);
  EXPECT_EQ(first.validation.size(), 50U);
  EXPECT_EQ(first.validation, hold_out(all, labels, 1, 0.25, 1).validation);
  EXPECT_NE(first.validation, hold_out(all, labels, 1, 0.25, 2).validation);
}

RC_GTEST_PROP(HoldOut, SplitsEachClassAndKeepsOrder, (std::uint64_t seed)) {
  const std::size_t classes = 4;
  const auto count = *rc::gen::inRange<std::size_t>(0, 60);
  const auto labels = *rc::gen::container<Labels>(count, rc::gen::inRange<std::int32_t>(0, 4));
  const double ratio = *rc::gen::inRange(1, 100) / 100.0;
  Indices indices;
  for (std::size_t i = 0; i < count; i += 1 + i % 2) indices.push_back(count - 1 - i);
  const auto parts = hold_out(indices, labels, classes, ratio, seed);
  Indices merged;
  std::merge(parts.train.begin(), parts.train.end(), parts.validation.begin(),
             parts.validation.end(), std::back_inserter(merged), std::greater<>());
  RC_ASSERT(merged == indices);  // falling, so merging falling parts shows order and disjointness
  for (std::int32_t c = 0; c < 4; ++c) {
    const auto is_c = [&](std::size_t i) { return labels[i] == c; };
    const auto all = std::count_if(indices.begin(), indices.end(), is_c);
    const auto held = std::count_if(parts.validation.begin(), parts.validation.end(), is_c);
    if (all < 2) {
      RC_ASSERT(held == 0);
    } else {
      RC_ASSERT(held >= 1 && held < all);
      const double exact = ratio * static_cast<double>(all);
      RC_ASSERT(std::abs(static_cast<double>(held) - exact) <= 1.0);
    }
  }
}

}  // namespace
}  // namespace colcomb::dataset::tests
