#include <fmt/format.h>
#include <gtest/gtest.h>

#include "colcomb/simulation/exact/exact_options.hpp"
#include "colcomb/simulation/exact/first_difference.hpp"
#include "colcomb/simulation/simulate.hpp"
#include "colcomb/tiling/limits.hpp"
#include "tests/support/random_array.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/worked_example.hpp"

namespace colcomb::simulation {
namespace {

std::string describe(const ArrayConfig& c) {
  return fmt::format(
      "{} x {} {} alpha {} A {} double {} data {} ports {} weights {} partial {} memory {} {} "
      "batch {}",
      c.rows, c.columns, name_of(c.cell), c.alpha, c.accumulation_bits, c.double_buffering,
      c.data_bytes, c.data_read_bytes_per_clock, c.weight_bytes, c.partial_sum_bytes,
      c.bytes_per_clock, name_of(c.order), c.batch);
}

std::string describe(const CycleCount& c) {
  return fmt::format("compute {} fill {} drain {} load {} stall {}", c.compute, c.fill, c.drain,
                     c.weight_load, c.stall);
}

std::string describe(const ActivityCount& a) {
  return fmt::format(
      "tiles {} words {} macs {} + {} data {} {} residual {} partial {} {} load {} memory {} {}",
      a.tiles, a.words, a.useful_macs, a.wasted_macs, a.data_read_bytes, a.data_write_bytes,
      a.residual_read_bytes, a.partial_read_bytes, a.partial_write_bytes, a.weight_load_bits,
      a.memory_read_bytes, a.memory_write_bytes);
}

void expect_equal_part(const SimulatedPart& exact, const SimulatedPart& fast,
                       const std::string& where) {
  const std::string name =
      exact.name + (exact.tile ? fmt::format(", tile {}", *exact.tile) : std::string());
  EXPECT_EQ(exact.cycles, fast.cycles)
      << where << ", " << name << ": exact " << describe(exact.cycles) << ", fast "
      << describe(fast.cycles);
  EXPECT_TRUE(exact.activity == fast.activity)
      << where << ", " << name << ": exact " << describe(exact.activity) << ", fast "
      << describe(fast.activity);
  EXPECT_TRUE(exact == fast) << where << ", " << name;
}

void expect_equal_results(const SimulationResult& exact, const SimulationResult& fast,
                          const std::string& where) {
  ASSERT_EQ(exact.tiles.size(), fast.tiles.size()) << where;
  ASSERT_EQ(exact.layers.size(), fast.layers.size()) << where;
  for (std::size_t i = 0; i < exact.tiles.size(); ++i)
    expect_equal_part(exact.tiles[i], fast.tiles[i], where);
  for (std::size_t i = 0; i < exact.layers.size(); ++i)
    expect_equal_part(exact.layers[i], fast.layers[i], where);
  expect_equal_part(exact.total, fast.total, where);
  EXPECT_EQ(exact.images, fast.images) << where;
  EXPECT_EQ(exact.latency, fast.latency) << where;
  EXPECT_EQ(exact.interval, fast.interval) << where;
  EXPECT_EQ(exact.configuration, fast.configuration) << where;
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
  result.network = tests::random_quantized_network(random);
  if (random.below(6) == 0) {
    const std::size_t layer = random.below(result.network.layers.size());
    PackedMatrix<std::int8_t>& weights = result.network.layers[layer].weights;
    weights = pack(Matrix<std::int8_t>(weights.rows(), weights.columns), ColumnGroups{});
  }
  if (random.below(2) == 0) result.network = tests::with_small_accumulations(result.network);
  result.config = tests::random_array(random, result.network);
  const std::size_t count = result.config.batch * tests::between(random, 1, 2);
  for (std::size_t i = 0; i < count; ++i) {
    const auto image = tests::random_image(random, result.network.description.input);
    result.images.insert(result.images.end(), image.begin(), image.end());
  }
  result.where = fmt::format("seed {}, {}", seed, describe(result.config));
  return result;
}

void expect_equal_values(const Sample& s, const std::vector<ImageValues>& values) {
  const auto difference = first_difference(s.network, s.config, s.images, values);
  EXPECT_FALSE(difference) << s.where << ": " << describe(*difference, s.network);
}

TEST(Exact, WorkedExample) {
  const QuantizedNetwork network = tests::worked_network();
  const ArrayConfig config = tests::worked_array();
  const std::vector<std::uint8_t> image = {10, 20, 30, 1, 2, 3, 4, 0, 5, 7, 7, 7, 2, 50, 100};
  const Simulation exact = simulate_exact(network, config, image);
  EXPECT_EQ(exact.result.latency, 229U);
  EXPECT_EQ(exact.result.interval, 187U);
  const CycleCount cycles = {
      .compute = 104, .fill = 12, .drain = 92, .weight_load = 11, .stall = 10};
  EXPECT_EQ(exact.result.total.cycles, cycles);
  const ImageValues& values = exact.values.front();
  EXPECT_EQ(values.outputs[0].values,
            (std::vector<std::uint8_t>{24, 110, 180, 12, 17, 22, 12, 194, 255}));
  EXPECT_EQ(values.pooled, (std::vector<std::uint8_t>{105, 17, 154}));
  EXPECT_EQ(values.logits, (std::vector<std::int32_t>{259, -120}));
}

TEST(Exact, ValuesEqualTheIntegerNetworkAndClocksTheFastEngine) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
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
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Sample s = sample(seed);
    if (s.config.rows * s.config.columns > 20) continue;  // the plain array is slow
    s.config.cross_layer = seed % 2 == 0;
    if (s.config.cross_layer) s.config.batch = 1;
    const Simulation sliced = simulate_exact(s.network, s.config, s.images);
    const Simulation plain = simulate_exact(s.network, s.config, s.images, {.plain = true});
    EXPECT_EQ(first_difference(s.network, plain.values, sliced.values), std::nullopt) << s.where;
    expect_equal_results(sliced.result, plain.result, s.where);
  }
}

TEST(Exact, CrossLayerValuesEqualTheIntegerNetworkAndClocksTheFastEngine) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Sample s = sample(seed);
    s.config.cross_layer = true;
    s.config.batch = 1;
    SCOPED_TRACE(s.where);
    const Simulation exact = simulate_exact(s.network, s.config, s.images);
    expect_equal_values(s, exact.values);
    const Simulation fast = simulate_fast(s.network, s.config, s.images, 1);
    expect_equal_results(exact.result, fast.result, s.where);
    if (HasFailure()) break;
  }
}

}  // namespace
}  // namespace colcomb::simulation
