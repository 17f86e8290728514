// What a plan knows before there are weights, beside what the simulator counts of the network that
// is then packed so.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "colcomb/simulation/simulate.hpp"
#include "colcomb/tiling/schedule_counts.hpp"
#include "tests/support/block_network.hpp"
#include "tests/support/mx_array.hpp"
#include "tests/support/random_network.hpp"

namespace colcomb::simulation {
namespace {

/// What a plan cannot know: pixels outside the map, copies of a channel, whose channels a column
/// tile reads.
const std::set<std::string> kNotPlanned = {"data_read_bytes", "data_write_bytes",
                                           "dram_read_bytes"};

void expect_planned(const QuantizedNetwork& network, const ArrayConfig& config) {
  std::vector<std::size_t> groups;
  for (const QuantizedLayer& layer : network.all()) groups.push_back(layer.weights.groups.size());
  const SimulationResult planned =
      tiling::planned_counts(network.description, config, groups, 2 * config.batch);
  const SimulationResult packed = count_network(network, config, 2 * config.batch);
  ASSERT_EQ(planned.layers.size(), packed.layers.size());
  for (std::size_t i = 0; i < planned.layers.size(); ++i) {
    SCOPED_TRACE(planned.layers[i].name);
    EXPECT_EQ(planned.layers[i].groups, packed.layers[i].groups);
    EXPECT_EQ(planned.layers[i].nonzeros, packed.layers[i].nonzeros);
    for (const ActivityCounter& counter : activity_counters()) {
      if (kNotPlanned.contains(counter.name)) continue;
      EXPECT_EQ(planned.layers[i].activity.*counter.count, packed.layers[i].activity.*counter.count)
          << counter.name;
    }
    // Every read of the plan's lies in the map, and it copies nothing.
    EXPECT_GE(planned.layers[i].activity.data_read_bytes,
              packed.layers[i].activity.data_read_bytes);
    EXPECT_LE(planned.layers[i].activity.data_write_bytes,
              packed.layers[i].activity.data_write_bytes);
  }
}

TEST(PlannedCounts, AreTheSimulatorsOfRandomNetworksPackedSo) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Random random(seed);
    const std::size_t alpha = std::size_t{1} << random.below(4);
    const std::size_t blocks = tests::between(random, 1, 3);
    tests::BlockNetwork shape{{}, {}, {}, {}, 3, 16, 10};
    for (std::size_t b = 0; b < blocks; ++b) {
      shape.filters.push_back(8 * tests::between(random, 1, 5));
      shape.layers.push_back(tests::between(random, 1, 2));
      shape.strides.push_back(b == 0 ? 1 : 2);
      shape.alphas.push_back(alpha);
    }
    ArrayConfig config =
        tests::mx_array(tests::between(random, 3, 40), tests::between(random, 3, 20));
    config.batch = tests::between(random, 1, 3);
    QuantizedNetwork network = tests::filled_block_network(shape, alpha);
    // Counts do not depend on values, so a residual may join later.
    if (seed % 2 == 0) tests::add_residual_if_it_fits(network.description, 0);
    expect_planned(network, config);
  }
}

// The classifier of two column tiles, hand-counted: 10 filters on 24 columns, 16 cells wide.
TEST(PlannedCounts, PartialSumsAndLoadsByHand) {
  tests::BlockNetwork shape{{24}, {1}, {1}, {1}, 3, 16, 10};
  const QuantizedNetwork network = tests::filled_block_network(shape, 1);
  ArrayConfig config = tests::mx_array(32, 16);
  std::vector<std::size_t> groups;
  for (const LayerDescription& layer : network.description.all())
    groups.push_back(layer.columns.size());
  const SimulationResult planned = tiling::planned_counts(network.description, config, groups, 1);
  const ActivityCount& classifier = planned.layers.back().activity;
  EXPECT_EQ(classifier.tiles, 2U);
  EXPECT_EQ(classifier.partial_sum_write_bytes, 10U * 4);
  EXPECT_EQ(classifier.partial_sum_read_bytes, 10U * 4);
  EXPECT_EQ(classifier.useful_macs, 10U * 24);
  EXPECT_EQ(classifier.wasted_macs, 2U * 32 * 16 - 10 * 24);
  EXPECT_EQ(classifier.output_write_bytes, 10U * 4);
  EXPECT_EQ(classifier.weight_load_bits, 2U * 10 * 16 * config.weight_bits());
}

}  // namespace
}  // namespace colcomb::simulation
