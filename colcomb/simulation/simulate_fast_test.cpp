#include <gtest/gtest.h>

#include "colcomb/base/check.hpp"
#include "colcomb/simulation/simulate.hpp"
#include "tests/support/random_machine.hpp"

namespace colcomb::simulation {
namespace {

TEST(SimulateFast, ValuesAreTheIntegerNetworksOnAnyThreads) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Random random(seed);
    const auto [network, config] = tests::random_machine(random);
    const InputDescription& input = network.description.input;
    const auto images = tests::random_images(random, input, 2 * config.batch);
    const std::size_t size = input.channels * input.height * input.width;
    const Simulation one = simulate_fast(network, config, images, 1);
    const Simulation three = simulate_fast(network, config, images, 3);
    EXPECT_EQ(one.values, three.values);
    EXPECT_EQ(one.result.engine, "fast");
    EXPECT_EQ(one.result.config, config);
    EXPECT_EQ(one.result.images, 2 * config.batch);
    ASSERT_EQ(one.values.size(), 2 * config.batch);
    for (std::size_t i = 0; i < one.values.size(); ++i) {
      const auto trace = semantics::run_traced(network, std::span(images).subspan(i * size, size));
      EXPECT_EQ(one.values[i].outputs, trace.outputs);
      EXPECT_EQ(one.values[i].pooled, trace.pooled);
      EXPECT_EQ(one.values[i].logits, trace.logits);
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

TEST(SimulateFast, OrdersAndCrossLayerGiveEqualValues) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Random random(seed);
    auto [network, config] = tests::random_machine(random);
    const auto images = tests::random_images(random, network.description.input, config.batch);
    config.order = TileOrder::kWeightMajor;
    const auto values = simulate_fast(network, config, images, 1).values;
    config.order = TileOrder::kOutputMajor;
    EXPECT_EQ(simulate_fast(network, config, images, 1).values, values);
    config.batch = 1;
    config.cross_layer = true;
    EXPECT_EQ(simulate_fast(network, config, images, 1).values, values);
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
