#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "colcomb/base/check.hpp"
#include "colcomb/simulation/simulate.hpp"
#include "tests/support/random_machine.hpp"
#include "tests/support/small_network.hpp"

namespace colcomb::simulation {
namespace {

/// A random pointwise network on 3 x 4 pixels with signed weights and no fraction bits.
QuantizedNetwork random_pointwise(Random& random, std::size_t channels, std::size_t filters,
                                  std::size_t classes) {
  const auto weights = [&random](std::size_t rows, std::size_t columns) {
    Matrix<std::int8_t> matrix(rows, columns);
    for (auto& weight : matrix.values())
      weight = static_cast<std::int8_t>(static_cast<int>(random.below(7)) - 3);
    return matrix;
  };
  return tests::pointwise_network(3, 4, weights(filters, channels), singleton_groups(channels),
                                  weights(classes, filters), singleton_groups(filters));
}

/// What that network gives, from its definition: clamp(F x, 0, 255) for each pixel, the mean over
/// the pixels rounded half up, and the linear layer's products with it.
semantics::ImageValues values_of(const QuantizedNetwork& network,
                                 std::span<const std::uint8_t> image) {
  constexpr std::size_t kPixels = 12;
  const Matrix<std::int8_t> first = unpack(network.hidden[0].weights);
  const Matrix<std::int8_t> linear = unpack(network.classifier.weights);
  semantics::ImageValues values;
  semantics::Map& map = values.outputs.emplace_back();
  map.channels = first.rows();
  map.height = 3;
  map.width = 4;
  for (std::size_t n = 0; n < first.rows(); ++n) {
    int total = 0;
    for (std::size_t p = 0; p < kPixels; ++p) {
      int sum = 0;
      for (std::size_t c = 0; c < first.cols(); ++c) sum += first(n, c) * image[c * kPixels + p];
      map.values.push_back(static_cast<std::uint8_t>(std::clamp(sum, 0, 255)));
      total += map.values.back();
    }
    values.pooled.push_back(static_cast<std::uint8_t>(std::floor(total / 12.0 + 0.5)));
  }
  for (std::size_t k = 0; k < linear.rows(); ++k) {
    int sum = 0;
    for (std::size_t n = 0; n < first.rows(); ++n) sum += linear(k, n) * values.pooled[n];
    values.logits.push_back(sum);
  }
  return values;
}

// Whatever the schedule and the threads.
TEST(SimulateFast, ValuesAreThoseOfTheNetworksDefinition) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    const QuantizedNetwork network = random_pointwise(random, 1 + seed % 5, 1 + seed % 7, 3);
    const auto images = tests::random_images(random, network.description.input, 4);
    const std::size_t size = images.size() / 4;
    for (const bool cross_layer : {false, true}) {
      ArrayConfig config;
      config.order = seed % 2 == 0 ? TileOrder::kWeightMajor : TileOrder::kOutputMajor;
      config.cross_layer = cross_layer;
      config.batch = cross_layer ? 1 : 2;
      const Simulation simulation = simulate_fast(network, config, images, 1 + seed % 3);
      EXPECT_EQ(simulation.result.engine, "fast");
      EXPECT_EQ(simulation.result.config, config);
      EXPECT_EQ(simulation.result.images, 4U);
      ASSERT_EQ(simulation.values.size(), 4U);
      for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(simulation.values[i],
                  values_of(network, std::span(images).subspan(i * size, size)))
            << "seed " << seed << ", image " << i;
      }
    }
  }
}

TEST(SimulateFast, BaselinesKeepTheLogits) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Random random(seed);
    const QuantizedNetwork network = tests::random_quantized_network(random);
    const auto image = tests::random_image(random, network.description.input);
    ArrayConfig config;
    const auto combined = simulate_fast(network, config, image, 1);
    config.cell = CellKind::kInterleaved;
    config.alpha = 1;
    const auto sparse = simulate_fast(tiling::without_combining(network), config, image, 1);
    const auto dense = simulate_fast(tiling::dense(network), config, image, 1);
    EXPECT_EQ(sparse.values, combined.values) << "seed " << seed;
    EXPECT_EQ(dense.values, combined.values) << "seed " << seed;
    EXPECT_EQ(sparse.result.total.activity.useful_macs, combined.result.total.activity.useful_macs);
    EXPECT_GE(dense.result.total.cells, sparse.result.total.cells);
  }
}

TEST(SimulateFast, BrokenBatchesAreABrokenContract) {
  Random random(1);
  const QuantizedNetwork network = tests::random_quantized_network(random);
  const auto images = tests::random_images(random, network.description.input, 3);
  ArrayConfig config;
  config.batch = 2;
  EXPECT_THROW((void)simulate_fast(network, config, images, 1), InternalError);
  EXPECT_THROW((void)simulate_fast(network, config, {}, 1), InternalError);
  config.batch = 1;
  EXPECT_THROW((void)simulate_fast(network, config, std::span(images).subspan(1), 1),
               InternalError);
}

}  // namespace
}  // namespace colcomb::simulation
