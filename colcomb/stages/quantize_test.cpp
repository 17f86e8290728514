#include "colcomb/stages/quantize.hpp"

#include <gtest/gtest.h>

#include "colcomb/base/error.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/tiny_cifar.hpp"
#include "tests/support/tiny_network.hpp"

namespace colcomb::stages {
namespace {

/// The worked example's network on 32 x 32 x 3 images and ten classes.
FloatNetwork colour_network() {
  FloatNetwork network = tests::tiny_network();
  network.description.input = {3, 32, 32, {.5, .5, .5}, {.25, .25, .25}, 1};
  network.description.classes = 10;
  network.description.data.name = "cifar10";
  LayerDescription& conv = network.description.hidden[0];
  conv.in_channels = 3;
  conv.columns = convolution_columns(3, 1);
  conv.in_height = conv.in_width = 32;
  network.hidden[0].weights = Matrix<float>(1, 3, {0.5F, 0.25F, -0.5F});
  network.description.classifier = make_classifier(1, 10);
  network.classifier.weights = Matrix<float>(10, 1, std::vector<float>(10, 0.5F));
  network.classifier.bias.assign(10, 0.0F);
  return network;
}

class Quantize : public testing::Test {
 protected:
  Quantize() {
    tests::write_tiny_cifar(folder_ / "data", 20);
    options_.data.root = folder_ / "data";
  }
  tests::TemporaryFolder folder_;
  QuantizeOptions options_;
};

TEST_F(Quantize, CarriesSamplesOfTheCalibrationImagesAndItsOrigin) {
  const Quantized quantized = quantize(colour_network(), options_, "quantized from net.ckpt");
  EXPECT_EQ(quantized.network.origin, "quantized from net.ckpt");
  EXPECT_EQ(quantized.network.description.data.name, "cifar10");
  ASSERT_EQ(quantized.network.samples.labels.size(), kSampleImages);
  const auto images =
      evaluation::calibration_images(quantized.network.description, options_.data, 250);
  for (std::size_t i = 0; i < kSampleImages; ++i)
    EXPECT_EQ(quantized.network.samples.labels[i], images.labels[i]);
  EXPECT_TRUE(std::equal(quantized.network.samples.pixels.begin(),
                         quantized.network.samples.pixels.end(), images.pixels.begin()));
  EXPECT_TRUE(quantized.routing.empty());
  EXPECT_FALSE(quantized.check);
}

TEST_F(Quantize, TakesRawImagesInPlaceOfTheDataSets) {
  const FloatNetwork network = colour_network();
  const Quantized by_name = quantize(network, options_, "");
  const auto images = evaluation::calibration_images(network.description, options_.data, 250);
  options_.data.root = folder_ / "nowhere";
  options_.raw_images = images;
  options_.check_images = 1;
  const Quantized by_images = quantize(network, options_, "");
  EXPECT_EQ(by_images.network, by_name.network);
  ASSERT_TRUE(by_images.check);
  EXPECT_EQ(by_images.check->images, images.labels.size());
  options_.raw_images.labels.clear();
  EXPECT_EQ(quantize(network, options_, "").network.samples.count(), 0U);
  options_.raw_images.labels = {1};
  EXPECT_THROW((void)quantize(network, options_, ""), UserError);
  options_.raw_images.labels.clear();
  options_.raw_images.pixels.pop_back();
  EXPECT_THROW((void)quantize(network, options_, ""), UserError);
}

TEST_F(Quantize, NeedsNoDataWhereNothingIsCalibrated) {
  options_.data.root = folder_ / "nowhere";
  options_.pooling_fraction_bits = 3;
  const Quantized quantized = quantize(colour_network(), options_, "");
  EXPECT_EQ(quantized.network.pooling.fraction_bits, 3U);
  EXPECT_TRUE(quantized.network.samples.labels.empty());
}

TEST_F(Quantize, ChecksAndRoutesOnRequest) {
  options_.check_images = 7;
  options_.permute_rows = true;
  const Quantized quantized = quantize(colour_network(), options_, "");
  EXPECT_EQ(quantized.routing.size(), 2U);
  ASSERT_TRUE(quantized.check);
  EXPECT_EQ(quantized.check->images, 7U);
}

TEST_F(Quantize, AnUnknownDataSetIsAsked) {
  FloatNetwork network = colour_network();
  network.description.data.name = "";
  EXPECT_THROW((void)quantize(network, options_, ""), UserError);
  options_.data.name = "cifar10";
  EXPECT_EQ(quantize(network, options_, "").network.samples.labels.size(), kSampleImages);
}

}  // namespace
}  // namespace colcomb::stages
