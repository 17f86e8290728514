#include <gtest/gtest.h>

#include <cmath>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/evaluation/accuracy.hpp"
#include "colcomb/evaluation/calibration.hpp"
#include "colcomb/evaluation/evaluation_data.hpp"
#include "colcomb/evaluation/float_evaluation.hpp"
#include "colcomb/evaluation/integer_evaluation.hpp"
#include "colcomb/quantization/quantize.hpp"
#include "colcomb/quantization/real_network.hpp"
#include "tests/support/random_branches.hpp"
#include "tests/support/random_machine.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/tiny_cifar.hpp"

namespace colcomb::evaluation {
namespace {

/// Reads 32 x 32 x 3 images: a filter per channel, whose mean the classifier compares with
/// thresholds. Everything can be computed by hand from an image's bytes.
FloatNetwork means_network() {
  FloatNetwork network;
  network.description.input = {3, 32, 32, {0, 0, 0}, {1, 1, 1}, 1};
  network.description.classes = 10;
  LayerDescription conv;
  conv.name = "conv0";
  conv.in_channels = conv.out_channels = 3;
  conv.columns = convolution_columns(3, 1);
  conv.in_height = conv.in_width = 32;
  conv.batch_norm = false;
  network.description.hidden = {conv};
  network.description.classifier = make_classifier(3, 10);
  FloatLayer first;
  first.weights = Matrix<float>(3, 3, {4, 9, 0, 0, 4, 0, 0, 0, 4});
  first.mask = Matrix<std::uint8_t>(3, 3, {1, 0, 0, 0, 1, 0, 0, 0, 1});  // the 9 is pruned
  first.bias = {0, 0, 0};
  FloatLayer last;
  last.weights = Matrix<float>(10, 3);
  for (std::size_t k = 0; k < 10; ++k) last.weights(k, k % 3) = 0.25F * static_cast<float>(k);
  last.bias.assign(10, 0.0F);
  last.bias[0] = 1;
  network.hidden = {first};
  network.classifier = last;
  return network;
}

class Evaluation : public testing::Test {
 protected:
  Evaluation() {
    tests::write_tiny_cifar(folder_ / "data", 20);
    source_ = {"cifar10", folder_ / "data"};
  }

  tests::TemporaryFolder folder_;
  dataset::DataSource source_;
  FloatNetwork network_ = means_network();
};

TEST_F(Evaluation, FloatLogitsByHand) {
  const EvaluationData data =
      open_for_evaluation(source_, dataset::Split::kTest, network_.description);
  const FloatEvaluation result = evaluate_float(network_, data, 3);
  ASSERT_EQ(result.logits.rows(), 3U);
  EXPECT_EQ(result.labels, (std::vector<std::int32_t>{0, 1, 2}));
  for (std::size_t b = 0; b < 3; ++b) {
    const dataset::Image image = data.set->read(b);
    std::vector<double> mean(3);
    for (std::size_t p = 0; p < 3072; ++p)  // no pixel's 4 * p / 255 reaches 6
      mean[p / 1024] += std::min(6.0, 4.0 * image.pixels[p] / 255) / 1024;
    for (std::size_t k = 0; k < 10; ++k) {
      const double expected = 0.25 * static_cast<double>(k) * mean[k % 3] + (k == 0 ? 1.0 : 0.0);
      EXPECT_NEAR(result.logits(b, k), expected, 1e-4) << "image " << b << " class " << k;
    }
  }
}

TEST_F(Evaluation, IntegersFollowTheFloats) {
  const EvaluationData data =
      open_for_evaluation(source_, dataset::Split::kTest, network_.description);
  const QuantizedNetwork packed = quantization::quantize(network_, {0, WeightCode::kInt8});
  std::size_t last_done = 0;
  const IntegerEvaluation integers =
      evaluate_integers(packed, data, 0, [&](std::size_t done, std::size_t total) {
        EXPECT_EQ(total, 20U);
        EXPECT_GT(done, last_done);
        last_done = done;
      });
  EXPECT_EQ(last_done, 20U);
  ASSERT_EQ(integers.labels.size(), 20U);
  const FloatEvaluation real = evaluate_float(network_, data, 0);
  for (std::size_t b = 0; b < 20; ++b) {
    for (std::size_t k = 0; k < 10; ++k) {
      EXPECT_NEAR(integers.logits(b, k) * logit_scale(packed), real.logits(b, k), 0.1);
    }
  }
  EXPECT_EQ(accuracy_of(real.logits, real.labels).top1,
            accuracy_of(integers.logits, integers.labels).top1);
  EXPECT_EQ(integers.saturated, std::vector<std::uint64_t>{0});
}

TEST_F(Evaluation, FloatLogitsOfRawImagesAreThoseOfTheDataSet) {
  const EvaluationData data =
      open_for_evaluation(source_, dataset::Split::kTest, network_.description);
  const RawImages images = read_images(data, first_indices(data, 0));
  std::vector<std::uint8_t> many;  // more than are computed at once
  for (int i = 0; i < 4; ++i) many.insert(many.end(), images.pixels.begin(), images.pixels.end());
  std::size_t last_done = 0;
  const Matrix<float> logits =
      float_logits(network_, many, [&](std::size_t done, std::size_t) { last_done = done; });
  const FloatEvaluation expected = evaluate_float(network_, data, 0);
  ASSERT_EQ(logits.rows(), 80U);
  EXPECT_EQ(last_done, 80U);
  for (std::size_t b = 0; b < 80; ++b) {
    EXPECT_TRUE(std::ranges::equal(logits.row(b), expected.logits.row(b % 20))) << "image " << b;
  }
  EXPECT_EQ(float_logits(network_, {}).rows(), 0U);
}

// More images than a thread takes at once, and not a multiple.
TEST(FloatLogits, OfNetworksWithBranchesAreTheRealNetworks) {
  std::size_t checked = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    Random random(seed);
    const FloatNetwork network =
        tests::random_float_network(random, tests::random_branches(random, {.tables = false}));
    checked += is_chain(network.description) ? 0 : 1;
    constexpr std::size_t kImages = 37;
    const auto images = tests::random_images(random, network.description.input, kImages);
    const Matrix<float> logits = float_logits(network, images);
    const quantization::RealNetwork real(network, {});
    const std::size_t size = network.description.input.size();
    for (std::size_t b = 0; b < kImages; ++b) {
      const auto expected = real.run(std::span(images).subspan(b * size, size),
                                     quantization::RoundedLayers(network.layer_count(), false));
      for (std::size_t k = 0; k < expected.logits.size(); ++k)
        ASSERT_NEAR(logits(b, k), expected.logits[k] * kActivationScale, 2e-3)
            << "seed " << seed << ", image " << b << ", class " << k;
    }
  }
  EXPECT_GT(checked, 3U);
}

TEST_F(Evaluation, LimitTakesTheFirstImages) {
  const EvaluationData data =
      open_for_evaluation(source_, dataset::Split::kTest, network_.description);
  EXPECT_EQ(first_indices(data, 2), (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(first_indices(data, 0).size(), 20U);
  EXPECT_EQ(first_indices(data, 99).size(), 20U);
}

TEST_F(Evaluation, CalibrationTakesEvenlySpacedTrainingImages) {
  const RawImages images = calibration_images(network_.description, source_, 4);
  const EvaluationData data =
      open_for_evaluation(source_, dataset::Split::kTrain, network_.description);
  ASSERT_EQ(data.set->size(), 100U);
  EXPECT_EQ(images.labels, (std::vector<std::int32_t>{data.set->label(0), data.set->label(25),
                                                      data.set->label(50), data.set->label(75)}));
  const dataset::Image third = data.set->read(50);
  EXPECT_TRUE(
      std::equal(third.pixels.begin(), third.pixels.end(), images.pixels.begin() + 2 * 3072));
  EXPECT_EQ(calibration_images(network_.description, source_, 1000).labels.size(), 100U);
}

TEST_F(Evaluation, TheNetworksOwnDataSetIsTheDefault) {
  const auto field_of_error = [&](const dataset::DataSource& source) {
    try {
      (void)open_for_evaluation(source, dataset::Split::kTest, network_.description);
    } catch (const UserError& error) {
      return error.parts().field;
    }
    return std::string();
  };
  EXPECT_EQ(field_of_error({"", source_.root}), "data.name");
  network_.description.data.name = "cifar10";
  EXPECT_EQ(field_of_error({"", source_.root}), "");
  network_.description.classes = 7;
  EXPECT_EQ(field_of_error({"", source_.root}), "data.name");
}

TEST(CalibratePooling, IsThatOfTheReferenceRun) {
  std::size_t seen = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    const FloatNetwork network = tests::random_float_network(random);
    const auto images = tests::random_images(random, network.description.input, 3);
    const std::uint32_t k = calibrate_pooling(network, images, WeightCode::kInt8);
    EXPECT_EQ(k, quantization::calibrate_pooling_fraction_bits(network, images, {}))
        << "seed " << seed;
    seen += k > 0 ? 1 : 0;
  }
  EXPECT_GT(seen, 2U);
}

}  // namespace
}  // namespace colcomb::evaluation
