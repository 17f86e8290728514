#include <fmt/format.h>
#include <gtest/gtest.h>

#include "colcomb/simulation/count_difference.hpp"
#include "colcomb/simulation/exact/exact_options.hpp"
#include "colcomb/simulation/exact/first_difference.hpp"
#include "colcomb/simulation/simulate.hpp"
#include "tests/support/effort.hpp"
#include "tests/support/random_machine.hpp"
#include "tests/support/worked_example.hpp"

namespace colcomb::simulation {
namespace {

void expect_equal_results(const SimulationResult& exact, const SimulationResult& fast,
                          const std::string& where) {
  EXPECT_EQ(first_count_difference(exact, fast), "") << where;
  // Names and advice too.
  EXPECT_TRUE(exact.tiles == fast.tiles) << where;
  EXPECT_TRUE(exact.layers == fast.layers) << where;
  EXPECT_TRUE(exact.total == fast.total) << where;
}

struct Sample {
  QuantizedNetwork network;
  ArrayConfig config;
  std::vector<std::uint8_t> images;
  std::string where;
};

Sample sample(std::uint64_t seed) {
  Random random(seed);
  Sample result;
  tests::Machine machine = tests::random_machine(random);
  result.network = std::move(machine.network);
  result.config = std::move(machine.config);
  const std::size_t count = result.config.batch * tests::between(random, 1, 3);
  result.images = tests::random_images(random, result.network.description.input, count);
  result.where = fmt::format("seed {}, {}", seed, describe(result.config));
  return result;
}

void expect_equal_values(const Sample& s, const std::vector<semantics::ImageValues>& values) {
  const auto difference = first_difference(s.network, s.config, s.images, values);
  EXPECT_FALSE(difference) << s.where << ": " << describe(*difference, s.network);
}

TEST(Exact, WorkedExample) {
  const QuantizedNetwork network = tests::worked_network();
  const ArrayConfig config = tests::worked_array();
  const std::vector<std::uint8_t> image = {10, 20, 30, 1, 2, 3, 4, 0, 5, 7, 7, 7, 2, 50, 100};
  const Simulation exact = simulate_exact(network, config, image);
  EXPECT_EQ(exact.result.latency, 247U);
  EXPECT_EQ(exact.result.interval, 203U);
  const CycleCount cycles = {
      .compute = 104, .fill = 16, .drain = 94, .weight_load = 14, .stall = 19};
  EXPECT_EQ(exact.result.total.cycles, cycles);
  const semantics::ImageValues& values = exact.values.front();
  EXPECT_EQ(values.outputs[0].values,
            (std::vector<std::uint8_t>{24, 110, 180, 12, 17, 22, 12, 194, 255}));
  EXPECT_EQ(values.pooled, (std::vector<std::uint8_t>{105, 17, 154}));
  EXPECT_EQ(values.logits, (std::vector<std::int32_t>{259, -120}));
}

TEST(Exact, ValuesEqualTheIntegerNetworkAndClocksTheFastEngine) {
  for (std::uint64_t seed = 1; seed <= tests::cases(100); ++seed) {
    const Sample s = sample(seed);
    SCOPED_TRACE(s.where);
    const Simulation exact = simulate_exact(s.network, s.config, s.images);
    expect_equal_values(s, exact.values);
    const Simulation fast = simulate_fast(s.network, s.config, s.images, 1);
    expect_equal_results(exact.result, fast.result, s.where);
    if (HasFailure()) break;
  }
}

TEST(Exact, PlainAndSlicedArraysGiveTheSameRun) {
  for (std::uint64_t seed = 1; seed <= tests::cases(40); ++seed) {
    Sample s = sample(seed);
    if (s.config.rows * s.config.columns > 20) continue;  // the plain array is slow
    Random random(seed);
    if (seed % 2 == 0) tests::set_random_lines(random, s.network, s.config);
    const Simulation sliced = simulate_exact(s.network, s.config, s.images);
    const Simulation plain = simulate_exact(s.network, s.config, s.images, {.plain = true});
    EXPECT_EQ(first_difference(s.network, plain.values, sliced.values), std::nullopt) << s.where;
    expect_equal_results(sliced.result, plain.result, s.where);
  }
}

TEST(Exact, CrossLayerValuesEqualTheIntegerNetworkAndClocksTheFastEngine) {
  for (std::uint64_t seed = 1; seed <= tests::cases(100); ++seed) {
    Sample s = sample(seed);
    Random random(seed);
    tests::set_random_lines(random, s.network, s.config);
    SCOPED_TRACE(describe(s.config));
    const Simulation exact = simulate_exact(s.network, s.config, s.images, {.shuffle = seed});
    expect_equal_values(s, exact.values);
    const Simulation fast = simulate_fast(s.network, s.config, s.images, 1);
    expect_equal_results(exact.result, fast.result, s.where);
    if (HasFailure()) break;
  }
}

}  // namespace
}  // namespace colcomb::simulation
