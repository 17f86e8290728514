#include "colcomb/evaluation/accuracy.hpp"

#include <gtest/gtest.h>

namespace colcomb::evaluation {
namespace {

using Logits = Matrix<std::int32_t>;

TEST(Accuracy, CountsTop1AndTop5) {
  // Ranks of the labels by hand: 0, 3, 4, 5, 6.
  const Logits logits(5, 7, {9, 1, 2, 3, 4, 5, 6,    // label 0: first
                             9, 8, 7, 6, 5, 4, 3,    // label 3: fourth
                             9, 8, 7, 6, 5, 4, 3,    // label 4: fifth
                             9, 8, 7, 6, 5, 4, 3,    // label 5: sixth
                             9, 8, 7, 6, 5, 4, 3});  // label 6: last
  const std::vector<std::int32_t> labels = {0, 3, 4, 5, 6};
  const Accuracy accuracy = accuracy_of(logits, labels);
  EXPECT_EQ(accuracy.images, 5U);
  EXPECT_EQ(accuracy.top1, 1U);
  EXPECT_EQ(accuracy.top5, 3U);
  EXPECT_DOUBLE_EQ(accuracy.top1_share(), 0.2);
  EXPECT_DOUBLE_EQ(accuracy.top5_share(), 0.6);
}

TEST(Accuracy, OfEqualLogitsTheLowerClassIsTheLarger) {
  const Logits logits(2, 3, {4, 4, 1, 4, 4, 1});
  EXPECT_EQ(accuracy_of(logits, std::vector<std::int32_t>{0, 1}).top1, 1U);
}

TEST(Accuracy, IsTheSameForFloats) {
  const Matrix<float> logits(2, 2, {.5F, .25F, .5F, .75F});
  EXPECT_EQ(accuracy_of(logits, std::vector<std::int32_t>{0, 0}).top1, 1U);
  EXPECT_EQ(accuracy_of(logits, std::vector<std::int32_t>{0, 1}).top1, 2U);
}

TEST(CompareLogits, CountsEqualImagesAndNamesTheFirstDifference) {
  const Logits a(3, 2, {1, 2, 3, 4, 5, 6});
  const Logits b(3, 2, {1, 2, 3, 7, 8, 6});
  const LogitComparison comparison = compare_logits(a, b, "integer", "fake-quantized");
  EXPECT_EQ(comparison.images, 3U);
  EXPECT_EQ(comparison.identical, 1U);
  EXPECT_EQ(comparison.first_difference, "image 1, class 1: integer 4, fake-quantized 7");
  EXPECT_EQ(compare_logits(a, a, "a", "b").first_difference, "");
  EXPECT_EQ(compare_logits(a, a, "a", "b").identical, 3U);
}

}  // namespace
}  // namespace colcomb::evaluation
