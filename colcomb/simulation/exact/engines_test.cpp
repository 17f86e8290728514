// Exact engine = integer network in every value, and = fast engine in every count.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "colcomb/simulation/count_difference.hpp"
#include "colcomb/simulation/exact/first_difference.hpp"
#include "colcomb/simulation/simulate.hpp"
#include "tests/support/random_machine.hpp"

namespace colcomb::simulation {
namespace {

std::string describe(const ArrayConfig& c) {
  return fmt::format(
      "{} x {} {} alpha {} A {} {} batch {} {} data {} ports {} weights {} partial {} memory {}{}",
      c.rows, c.columns, name_of(c.cell), c.alpha, c.accumulation_bits,
      c.double_buffering ? "double" : "single", c.batch, name_of(c.order), c.data_bytes,
      c.data_read_bytes_per_clock, c.weight_bytes, c.partial_sum_bytes, c.bytes_per_clock,
      c.cross_layer ? " cross-layer" : "");
}

void expect_equal_engines(const tests::Machine& machine, std::size_t batches, Random& random,
                          std::uint64_t seed) {
  const auto& [network, config] = machine;
  SCOPED_TRACE(fmt::format("seed {}: {}", seed, describe(config)));
  const std::size_t count = batches * config.batch;
  const auto images = tests::random_images(random, network.description.input, count);
  const Simulation exact = simulate_exact(network, config, images);
  const Simulation fast = simulate_fast(network, config, images, 1);
  EXPECT_EQ(first_count_difference(exact.result, fast.result), "");
  const auto difference = first_difference(network, config, images, exact.values);
  EXPECT_FALSE(difference) << describe(*difference, network);
}

TEST(ExactEngine, EqualsIntegerNetworkAndFastEngineLayerAfterLayer) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Random random(seed);
    const tests::Machine machine = tests::random_machine(random);
    expect_equal_engines(machine, 1 + seed % 3, random, seed);
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(ExactEngine, EqualsIntegerNetworkAndFastEngineCrossLayer) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Random random(seed);
    tests::Machine machine = tests::random_machine(random);
    machine.config.cross_layer = true;
    machine.config.batch = 1;
    expect_equal_engines(machine, 1 + seed % 3, random, seed);
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace colcomb::simulation
