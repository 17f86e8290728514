#include <fmt/format.h>
#include <gtest/gtest.h>

#include "colcomb/simulation/exact/exact_options.hpp"
#include "colcomb/simulation/image_values.hpp"
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

TEST(Exact, WorkedExample) {
  const QuantizedNetwork network = tests::worked_network();
  const ArrayConfig config = tests::worked_array();
  const std::vector<std::uint8_t> images = {10, 1, 4, 7, 2, 20, 2, 0, 7, 50, 30, 3, 5, 7, 100};
  const Simulation exact = simulate_exact(network, config, std::span(images).first(15));
  EXPECT_EQ(exact.result.latency, 229U);
  EXPECT_EQ(exact.result.interval, 187U);
}

TEST(Exact, ValuesEqualTheIntegerNetworkAndClocksTheFastEngine) {
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    const Sample s = sample(seed);
    SCOPED_TRACE(s.where);
    const Simulation exact = simulate_exact(s.network, s.config, s.images);
    EXPECT_EQ(exact.values, image_values(s.network, s.images, 1)) << s.where;
    const Simulation fast = simulate_fast(s.network, s.config, s.images, 1);
    expect_equal_results(exact.result, fast.result, s.where);
    if (HasFailure()) break;
  }
}

}  // namespace
}  // namespace colcomb::simulation
