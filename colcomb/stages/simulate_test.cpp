#include "colcomb/stages/simulate.hpp"

#include <gtest/gtest.h>

#include "colcomb/base/error.hpp"
#include "tests/support/small_network.hpp"

namespace colcomb::stages {
namespace {

const std::vector<std::uint8_t> kImages = {1, 2, 3, 4, 5, 6, 7, 8,  //
                                           8, 7, 6, 5, 4, 3, 2, 1};

class Simulate : public testing::Test {
 protected:
  [[nodiscard]] SimulationRun run(Engine engine) const {
    SimulateOptions options;
    options.engine = engine;
    return simulate(network_, config_, kImages, options);
  }
  QuantizedNetwork network_ = tests::dense_network(2, 2, 2, 3, 2);
  ArrayConfig config_;
};

TEST_F(Simulate, TheFastEngineClaimsNoComparison) {
  const SimulationRun fast = run(Engine::kFast);
  EXPECT_EQ(fast.images, 2U);
  EXPECT_FALSE(fast.equal_images);
  EXPECT_EQ(fast.simulation.result.engine, "fast");
}

TEST_F(Simulate, TheExactEngineIsComparedImageByImage) {
  for (const Engine engine : {Engine::kExact, Engine::kBoth}) {
    const SimulationRun exact = run(engine);
    EXPECT_EQ(exact.equal_images, 2U);
    EXPECT_EQ(exact.simulation.result.engine, "exact");
    EXPECT_EQ(exact.first_difference, "");
    // Every filter sums both channels: 1 + 5, 2 + 6, ..., whose rounded mean is 9.
    EXPECT_EQ(exact.simulation.values[0].pooled, (std::vector<std::uint8_t>{9, 9, 9}));
    EXPECT_EQ(exact.simulation.values[0].logits, (std::vector<std::int32_t>{27, 27}));
  }
}

TEST_F(Simulate, BaselinesAreOnRequestAndBeginWithoutCombining) {
  SimulateOptions options;
  EXPECT_TRUE(simulate(network_, config_, kImages, options).baselines.empty());
  options.baselines = true;
  const SimulationRun run = simulate(network_, config_, kImages, options);
  ASSERT_GE(run.baselines.size(), 3U);
  EXPECT_EQ(run.baselines[0].name, "pruned, not combined (alpha 1)");
  EXPECT_EQ(run.baselines[2].result.interval, run.simulation.result.interval);
}

TEST_F(Simulate, TracesNeedTheExactEngine) {
  SimulateOptions options;
  options.trace = simulation::TraceOptions{};
  try {
    (void)simulate(network_, config_, kImages, options);
    FAIL();
  } catch (const UserError& error) {
    EXPECT_EQ(error.parts().field, "engine");
  }
}

}  // namespace
}  // namespace colcomb::stages
