#include "tests/support/worked_example.hpp"

#include <gtest/gtest.h>

#include "colcomb/simulation/simulate.hpp"
#include "colcomb/tiling/schedule.hpp"
#include "colcomb/tiling/tile_clocks.hpp"

// Every number here is worked out by hand in docs/reference/cycle-model.md, "Worked example".
namespace colcomb::simulation {
namespace {

using tiling::TileClocks;
using tiling::TileTimes;

std::vector<TileTimes> times_of(const ArrayConfig& config, std::size_t count) {
  const QuantizedNetwork network = tests::worked_network();
  const Schedule schedule = tiling::make_schedule(network, config);
  TileClocks clocks(config, schedule);
  std::vector<TileTimes> times;
  while (times.size() < count) times.push_back(clocks.next());
  return times;
}

TEST(WorkedExample, Tiles) {
  const Schedule schedule = tiling::make_schedule(tests::worked_network(), tests::worked_array());
  const std::vector<Tile> expected = {{.layer = 0,
                                       .row_begin = 0,
                                       .rows = 2,
                                       .column_tile = 0,
                                       .groups = 2,
                                       .word_begin = 0,
                                       .words = 3,
                                       .outputs = 3,
                                       .first = true,
                                       .last = false,
                                       .interval = 8,
                                       .read_clocks = 2,
                                       .write_clocks = 0,
                                       .nonzeros = 4,
                                       .reads = 12,
                                       .writes = 0,
                                       .weight_bytes = 12,
                                       .input_bytes = 20,
                                       .output_bytes = 0},
                                      {.layer = 0,
                                       .row_begin = 0,
                                       .rows = 2,
                                       .column_tile = 1,
                                       .groups = 1,
                                       .word_begin = 0,
                                       .words = 3,
                                       .outputs = 3,
                                       .first = false,
                                       .last = true,
                                       .interval = 8,
                                       .read_clocks = 1,
                                       .write_clocks = 2,
                                       .nonzeros = 1,
                                       .reads = 3,
                                       .writes = 2,
                                       .weight_bytes = 12,
                                       .input_bytes = 0,
                                       .output_bytes = 0},
                                      {.layer = 0,
                                       .row_begin = 2,
                                       .rows = 1,
                                       .column_tile = 0,
                                       .groups = 2,
                                       .word_begin = 0,
                                       .words = 3,
                                       .outputs = 3,
                                       .first = true,
                                       .last = false,
                                       .interval = 8,
                                       .read_clocks = 2,
                                       .write_clocks = 0,
                                       .nonzeros = 2,
                                       .reads = 12,
                                       .writes = 0,
                                       .weight_bytes = 8,
                                       .input_bytes = 0,
                                       .output_bytes = 0},
                                      {.layer = 0,
                                       .row_begin = 2,
                                       .rows = 1,
                                       .column_tile = 1,
                                       .groups = 1,
                                       .word_begin = 0,
                                       .words = 3,
                                       .outputs = 3,
                                       .first = false,
                                       .last = true,
                                       .interval = 8,
                                       .read_clocks = 1,
                                       .write_clocks = 1,
                                       .nonzeros = 1,
                                       .reads = 3,
                                       .writes = 1,
                                       .weight_bytes = 8,
                                       .input_bytes = 0,
                                       .output_bytes = 0},
                                      {.layer = 1,
                                       .row_begin = 0,
                                       .rows = 2,
                                       .column_tile = 0,
                                       .groups = 2,
                                       .word_begin = 0,
                                       .words = 1,
                                       .outputs = 1,
                                       .first = true,
                                       .last = true,
                                       .interval = 8,
                                       .read_clocks = 2,
                                       .write_clocks = 0,
                                       .nonzeros = 4,
                                       .reads = 3,
                                       .writes = 0,
                                       .weight_bytes = 12,
                                       .input_bytes = 0,
                                       .output_bytes = 8}};
  EXPECT_EQ(schedule.tiles, expected);
  EXPECT_FALSE(schedule.weights_resident);
  EXPECT_EQ(schedule.slots, 2U);
}

TEST(WorkedExample, Clocks) {
  const std::vector<TileTimes> expected = {{19, 22, 33, 33, 49, 57, 85, 104},
                                           {28, 33, 44, 71, 87, 95, 123, 142},
                                           {56, 71, 77, 95, 111, 119, 147, 166},
                                           {94, 97, 103, 133, 149, 157, 185, 204},
                                           {120, 133, 144, 210, 210, 218, 246, 247},
                                           // The second batch:
                                           {168, 210, 221, 221, 237, 245, 273, 292},
                                           {260, 263, 274, 274, 290, 298, 326, 345},
                                           {267, 274, 280, 298, 314, 322, 350, 369},
                                           {297, 300, 306, 336, 352, 360, 388, 407},
                                           {323, 336, 347, 413, 413, 421, 449, 450}};
  EXPECT_EQ(times_of(tests::worked_array(), 10), expected);
}

TEST(WorkedExample, ClocksWithoutDoubleBuffering) {
  ArrayConfig config = tests::worked_array();
  config.double_buffering = false;
  const std::vector<TileTimes> expected = {{19, 22, 33, 33, 49, 57, 85, 104},
                                           {28, 57, 68, 71, 87, 95, 123, 142},
                                           {56, 95, 101, 101, 117, 125, 153, 172},
                                           {94, 125, 131, 139, 155, 163, 191, 210},
                                           {126, 163, 174, 216, 216, 224, 252, 253}};
  EXPECT_EQ(times_of(config, 5), expected);
}

TEST(WorkedExample, Result) {
  const Simulation simulation =
      simulate_fast(tests::worked_network(), tests::worked_array(), tests::worked_image(), 1);
  const SimulationResult& result = simulation.result;
  EXPECT_EQ(result.latency, 247U);
  EXPECT_EQ(result.interval, 203U);
  const auto cycles = [](std::uint64_t compute, std::uint64_t fill, std::uint64_t drain,
                         std::uint64_t load, std::uint64_t stall) {
    return CycleCount{compute, fill, drain, load, stall};
  };
  ASSERT_EQ(result.tiles.size(), 5U);
  EXPECT_EQ(result.tiles[0].cycles, cycles(24, 0, 9, 14, 19));
  EXPECT_EQ(result.tiles[1].cycles, cycles(24, 5, 0, 0, 0));
  EXPECT_EQ(result.tiles[2].cycles, cycles(24, 0, 9, 0, 0));
  EXPECT_EQ(result.tiles[3].cycles, cycles(24, 5, 47, 0, 0));
  EXPECT_EQ(result.tiles[4].cycles, cycles(8, 6, 29, 0, 0));
  EXPECT_EQ(result.layers[0].cycles, cycles(96, 10, 65, 14, 19));
  EXPECT_EQ(result.total.cycles, cycles(104, 16, 94, 14, 19));
  EXPECT_EQ(result.total.activity, (ActivityCount{.tiles = 5,
                                                  .input_words = 13,
                                                  .useful_macs = 28,
                                                  .wasted_macs = 24,
                                                  .data_read_bytes = 33,
                                                  .data_write_bytes = 3,
                                                  .residual_write_bytes = 0,
                                                  .residual_read_bytes = 0,
                                                  .output_write_bytes = 8,
                                                  .partial_sum_read_bytes = 36,
                                                  .partial_sum_write_bytes = 36,
                                                  .weight_load_bits = 160,
                                                  .dram_read_bytes = 72,
                                                  .dram_write_bytes = 8}));
  EXPECT_EQ(result.layers[0].cells, 16U);
  EXPECT_EQ(result.layers[0].nonzeros, 8U);
  ASSERT_EQ(simulation.values.size(), 1U);
  EXPECT_EQ(simulation.values[0].outputs[0].values,
            (std::vector<std::uint8_t>{24, 110, 180, 12, 17, 22, 12, 194, 255}));
  EXPECT_EQ(simulation.values[0].pooled, (std::vector<std::uint8_t>{105, 17, 154}));
  EXPECT_EQ(simulation.values[0].logits, (std::vector<std::int32_t>{259, -120}));
}

TEST(WorkedExample, CrossLayer) {
  ArrayConfig config = tests::worked_array();
  config.cross_layer = true;
  const QuantizedNetwork network = tests::worked_network();
  const SimulationResult one = simulate_fast(network, config, tests::worked_image(), 1).result;
  EXPECT_EQ(one.latency, 132U);
  EXPECT_EQ(one.interval, 24U);
  EXPECT_EQ(one.configuration, 31U);
  EXPECT_TRUE(one.tiles.empty());
  EXPECT_EQ(one.layers[0].line_buffer_bytes, 3U * 2 * 3);
  EXPECT_EQ(one.layers[1].line_buffer_bytes, 3U * 2 * 2);
  EXPECT_EQ(one.layers[0].cycles, (CycleCount{24, 16, 92, 0, 0}));
  EXPECT_EQ(one.layers[1].cycles, (CycleCount{8, 95, 29, 0, 0}));
  std::vector<std::uint8_t> two = tests::worked_image();
  two.insert(two.end(), two.begin(), two.begin() + 15);
  const SimulationResult both = simulate_fast(network, config, two, 1).result;
  EXPECT_EQ(both.latency, 132U);
  EXPECT_EQ(both.layers[0].cycles, (CycleCount{48, 16, 92, 0, 0}));   // ends at 156
  EXPECT_EQ(both.layers[1].cycles, (CycleCount{16, 95, 29, 0, 16}));  // 119 - 95 - 8 clocks
  EXPECT_EQ(both.total.activity.useful_macs, 2U * (8 * 3 + 4));
  EXPECT_EQ(both.total.activity.wasted_macs, 2U * (1 * 3 + 0));
  EXPECT_EQ(both.total.activity.dram_read_bytes, 16U + 12 + 2 * 16);
  EXPECT_EQ(both.total.activity.dram_write_bytes, 2U * 8);
  EXPECT_EQ(both.total.activity.weight_load_bits, 90U + 40);
  EXPECT_EQ(both.total.activity.data_read_bytes, 2U * (5 * 3 + 3));
  EXPECT_EQ(both.total.activity.data_write_bytes, 2U * 3);  // means
  EXPECT_EQ(both.total.activity.tiles, 4U);
}

}  // namespace
}  // namespace colcomb::simulation
