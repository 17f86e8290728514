#include "colcomb/semantics/real_products.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "colcomb/semantics/geometry.hpp"
#include "colcomb/semantics/real_layer.hpp"
#include "tests/support/random_branches.hpp"

namespace colcomb::semantics {
namespace {

using FloatMap = BasicMap<float>;

FloatMap random_map(Random& random, std::size_t channels, std::size_t height, std::size_t width) {
  FloatMap map{channels, height, width, {}};
  for (std::size_t i = 0; i < channels * height * width; ++i)
    map.values.push_back(static_cast<float>(random.uniform() - 0.4));
  return map;
}

Matrix<float> random_matrix(Random& random, std::size_t rows, std::size_t columns) {
  Matrix<float> weights(rows, columns);
  const bool sparse = random.below(2) == 0;
  for (float& weight : weights.values()) {
    if (!sparse || random.below(5) == 0) weight = static_cast<float>(random.uniform() - 0.5);
  }
  return weights;
}

/// Whether each sum is RealLayer's but for the rounding of so many additions of values below 1.
void expect_near(const FloatMap& found, const FloatMap& expected, std::size_t columns) {
  ASSERT_EQ(found.values.size(), expected.values.size());
  const double most = 1e-6 * std::sqrt(static_cast<double>(columns) + 1);
  for (std::size_t i = 0; i < found.values.size(); ++i) {
    ASSERT_NEAR(found.values[i], expected.values[i], most)
        << "row " << i / expected.pixels() << ", pixel " << i % expected.pixels();
  }
}

/// Layer `index` of the network by every kernel that this processor runs.
void expect_equal(Random& random, const NetworkDescription& network, std::size_t index) {
  const LayerDescription& layer = network.layer(index);
  const std::vector<LayerPart> parts = parts_of(network, index);
  std::vector<FloatMap> maps;
  std::size_t channels = 0;
  for (const LayerPart& part : parts) {
    const LayerDescription& reader = part.reader;
    maps.push_back(random_map(random, reader.in_channels, reader.in_height, reader.in_width));
    channels += reader.in_channels;
  }
  std::vector<const FloatMap*> inputs;
  for (const FloatMap& map : maps) inputs.push_back(&map);
  const std::size_t columns = parts.back().column_end();
  const Matrix<float> weights = random_matrix(random, layer.out_channels, columns);
  std::vector<float> bias(layer.out_channels);
  for (float& value : bias) value = static_cast<float>(random.uniform());
  std::vector<float> padding(channels);
  for (float& value : padding) value = static_cast<float>(random.uniform());
  const FloatMap expected = RealLayer<float>(weights, bias, padding).accumulate(parts, inputs);
  for (const PanelKernel* kernel : panel_kernels()) {
    if (!kernel->runs_here()) continue;
    SCOPED_TRACE(kernel->name);
    expect_near(RealProducts(weights, bias, padding, *kernel).accumulate(parts, inputs), expected,
                columns);
  }
}

TEST(RealProducts, AreRealLayersSums) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    const NetworkDescription network =
        seed % 2 == 0 ? tests::random_branches(random) : tests::random_description(random, {30, 8});
    for (std::size_t i = 0; i <= network.hidden.size(); ++i) {
      expect_equal(random, network, i);
      if (HasFatalFailure()) return;
    }
  }
}

/// Blocks hold pixels of several images, and an image's sums are the same whatever else they hold.
TEST(RealProducts, ImagesTogetherAreEachByItself) {
  std::size_t single = 0;  // maps of one pixel
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    const NetworkDescription network =
        seed % 2 == 0 ? tests::random_branches(random) : tests::random_description(random, {30, 8});
    for (std::size_t i = 0; i <= network.hidden.size(); ++i) {
      const LayerDescription& layer = network.layer(i);
      const std::vector<LayerPart> parts = parts_of(network, i);
      constexpr std::size_t kImages = 5;
      std::vector<std::vector<FloatMap>> maps(kImages);
      std::vector<RealProducts::Inputs> images(kImages);
      std::size_t channels = 0;
      for (std::size_t b = 0; b < kImages; ++b) {
        for (const LayerPart& part : parts) {
          const LayerDescription& reader = part.reader;
          maps[b].push_back(
              random_map(random, reader.in_channels, reader.in_height, reader.in_width));
          channels += b == 0 ? reader.in_channels : 0;
        }
        for (const FloatMap& map : maps[b]) images[b].push_back(&map);
      }
      const Matrix<float> weights =
          random_matrix(random, layer.out_channels, parts.back().column_end());
      const RealProducts products(weights, std::vector<float>(layer.out_channels, 0.5F),
                                  std::vector<float>(channels, 0.25F));
      const auto together = products.accumulate_images(parts, images);
      single += layer.sum_pixels() == 1 ? 1 : 0;
      for (std::size_t b = 0; b < kImages; ++b) {
        ASSERT_EQ(together[b], products.accumulate_images(parts, {images[b]}).front())
            << "seed " << seed << ", layer " << i << ", image " << b;
        expect_near(together[b], products.accumulate(parts, images[b]), weights.cols());
        if (HasFatalFailure()) return;
      }
    }
  }
  EXPECT_GT(single, 10U);
}

/// Many columns: blocks of few pixels, cut in the middle of a row.
TEST(RealProducts, LargeMapsInBlocks) {
  Random random(1);
  NetworkDescription network;
  network.input = {40, 21, 37, {}, {}, 1};
  LayerDescription layer;
  layer.in_channels = 40;
  layer.out_channels = 11;
  layer.in_height = 21;
  layer.in_width = 37;
  layer.kernel = 5;
  layer.columns = convolution_columns(40, 5);
  network.hidden = {layer, layer};
  network.hidden[1].in_channels = 11;
  network.hidden[1].stride = 2;
  network.hidden[1].columns = convolution_columns(11, 5);
  network.classifier = make_classifier(11, 3);
  for (std::size_t i = 0; i < 2; ++i) expect_equal(random, network, i);
}

TEST(RealProducts, PanelsLeaveOutColumnsOfZeros) {
  Matrix<float> weights(9, 4);
  weights(0, 1) = 2;
  weights(7, 3) = -1;
  weights(8, 0) = 5;
  const std::vector<Panel> panels = panels_of(weights);
  ASSERT_EQ(panels.size(), 2U);
  EXPECT_EQ(panels[0].columns, (std::vector<std::uint32_t>{1, 3}));
  EXPECT_EQ(panels[0].weights[0], 2);
  EXPECT_EQ(panels[0].weights[kPanelRows + 7], -1);
  EXPECT_EQ(panels[1].columns, (std::vector<std::uint32_t>{0}));
  EXPECT_EQ(panels[1].weights, (std::vector<float>{5, 0, 0, 0, 0, 0, 0, 0}));
}

}  // namespace
}  // namespace colcomb::semantics
