#include "colcomb/simulation/advice.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "colcomb/simulation/layered.hpp"
#include "colcomb/simulation/pipelined.hpp"
#include "colcomb/simulation/simulate.hpp"
#include "tests/support/random_machine.hpp"
#include "tests/support/small_network.hpp"

namespace colcomb::simulation {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// What runs on the array as filter matrices but is a pooling gets no advice.
TEST(Advice, NoneForFixedLayers) {
  QuantizedNetwork network = tests::dense_network(2, 2, 2, 3, 2);
  network.description.hidden[0].fixed = true;
  network.description.hidden[0].batch_norm = false;
  const std::vector<std::uint8_t> images(8);
  for (const bool cross_layer : {false, true}) {
    ArrayConfig config;
    config.cross_layer = cross_layer;
    const SimulationResult result = simulate_fast(network, config, images, 1).result;
    EXPECT_TRUE(result.layers[0].fixed);
    EXPECT_EQ(result.layers[0].advice, "");
    EXPECT_FALSE(result.layers[1].fixed);
    EXPECT_NE(result.layers[1].advice, "");
    EXPECT_GT(result.layers[0].cycles.total(), 0U);
  }
}

/// One layer of 40 filters and 20 groups, two weight tiles of 10 words, 1000 clocks.
struct Case {
  SimulationResult result;
  Schedule schedule;

  explicit Case(const CycleCount& cycles) {
    result.images = 1;
    SimulatedPart part;
    part.name = "layer";
    part.rows = 40;
    part.groups = 20;
    part.cells = 1000;
    part.nonzeros = 900;
    part.cycles = cycles;
    result.layers = {part};
    Tile tile{.rows = 32, .groups = 20, .words = 10, .first = true, .last = true, .interval = 8};
    tile.read_clocks = 8;
    schedule.tiles = {tile, tile};
    schedule.input_in_dram = schedule.output_in_dram = {0, 0};
    schedule.residual_kept = {0, 0};
  }

  std::string sentence() const { return layered_advice(result, schedule, 0); }
};

TEST(LayeredAdvice, Words) {
  Case words({.compute = 700, .fill = 100, .drain = 50, .weight_load = 50, .stall = 100});
  EXPECT_THAT(words.sentence(),
              AllOf(StartsWith("70% of 1000 clocks: input words pass the array, one in 8 clocks"),
                    HasSubstr("2 weight tiles with 90% of the cells"),
                    HasSubstr("larger array would need fewer tiles: 40 x 20")));
  words.result.layers[0].nonzeros = 300;
  EXPECT_THAT(words.sentence(), AllOf(HasSubstr("30% of the cells"), HasSubstr("utilization")));
  words.schedule.tiles.pop_back();
  EXPECT_THAT(words.sentence(), HasSubstr("only a shorter word interval"));
  words.result.config.cell = CellKind::kParallel;
  EXPECT_THAT(words.sentence(), HasSubstr("only fewer output pixels"));
}

TEST(LayeredAdvice, WeightLoading) {
  Case load({.compute = 160, .fill = 0, .drain = 0, .weight_load = 840, .stall = 0});
  // 32 rows x 2 weight-load cycles + 1 against 10 words x 8.
  EXPECT_THAT(load.sentence(),
              AllOf(StartsWith("84% of 1000 clocks: weight loading, up to 65 clocks a tile against "
                               "80 of input words"),
                    HasSubstr("larger schedule.batch (now 1)")));
  load.result.config.double_buffering = false;
  EXPECT_THAT(load.sentence(), HasSubstr("array.double_buffering would hide it"));
}

TEST(LayeredAdvice, Draining) {
  Case drain({.compute = 300, .fill = 0, .drain = 700, .weight_load = 0, .stall = 0});
  EXPECT_THAT(drain.sentence(), AllOf(StartsWith("70% of 1000 clocks: the last results drain"),
                                      HasSubstr("schedule.cross_layer")));
  drain.result.layers[0].groups = 70;
  EXPECT_THAT(drain.sentence(), AllOf(HasSubstr("partial sums"), HasSubstr("array.columns of 70")));
}

TEST(LayeredAdvice, BankPorts) {
  Case ports({.compute = 160, .fill = 0, .drain = 0, .weight_load = 0, .stall = 840});
  for (Tile& tile : ports.schedule.tiles)
    tile.interval = tile.read_clocks = 50;  // 2 x 42 x 10 of the stall
  ports.result.config.bank_ports = 2;
  EXPECT_THAT(ports.sentence(),
              AllOf(StartsWith("84% of 1000 clocks: the banks' ports delay input words"),
                    HasSubstr("a bank is read up to 50 clocks"), HasSubstr("every 8 clocks"),
                    HasSubstr("buffers.bank_ports of 13 (now 2)")));
  for (Tile& tile : ports.schedule.tiles) {
    tile.read_clocks = 3;
    tile.write_clocks = 50;
  }
  EXPECT_THAT(ports.sentence(), HasSubstr("a bank takes results up to 50 clocks"));
}

TEST(LayeredAdvice, Memory) {
  Case dram({.compute = 160, .fill = 0, .drain = 0, .weight_load = 0, .stall = 840});
  dram.schedule.tiles[0].weight_bytes = 500;
  EXPECT_THAT(dram.sentence(),
              AllOf(StartsWith("84% of 1000 clocks: DRAM is late with 500 bytes of weights"),
                    HasSubstr("buffers.weight_bytes"), HasSubstr("more than 16 dram.bytes")));
  dram.schedule.tiles[1].input_bytes = 600;
  EXPECT_THAT(dram.sentence(),
              AllOf(HasSubstr("600 of activations"), HasSubstr("schedule.order output-major"),
                    HasSubstr("buffers.data_bytes")));
  dram.result.config.order = TileOrder::kOutputMajor;
  EXPECT_THAT(dram.sentence(),
              AllOf(HasSubstr("buffers.data_bytes"), Not(HasSubstr("output-major"))));
  dram.schedule.input_in_dram[0] = 1;
  EXPECT_THAT(dram.sentence(), HasSubstr("larger buffers.input_bytes would take whole images"));
  dram.schedule.initial_weight_bytes = 9000;
  EXPECT_THAT(dram.sentence(), HasSubstr("whole network's weights, 9000 bytes"));
}

TEST(LayeredAdvice, Filling) {
  const Case fill({.compute = 160, .fill = 840, .drain = 0, .weight_load = 0, .stall = 0});
  EXPECT_THAT(fill.sentence(),
              AllOf(StartsWith("84% of 1000 clocks: the first input words of 2 tiles"),
                    HasSubstr("larger schedule.batch")));
}

TEST(LayeredAdvice, EveryLayerOfEveryMachineHasOne) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Random random(seed);
    const auto [network, config] = tests::random_machine(random);
    for (const SimulatedPart& layer : count_layered(network, config, config.batch).layers) {
      if (layer.fixed) continue;
      EXPECT_THAT(layer.advice, AllOf(HasSubstr("% of "), HasSubstr("would"))) << "seed " << seed;
    }
  }
}

// First layer 9 words of 8 clocks, linear one word.
TEST(PipelinedAdvice, NamesWhatSetsThePace) {
  const QuantizedNetwork network = tests::dense_network(3, 3, 2, 2, 2);
  ArrayConfig config;
  config.alpha = 1;
  config.cross_layer = true;
  SimulationResult result = count_pipelined(network, config, 2);
  EXPECT_THAT(result.layers[0].advice,
              AllOf(StartsWith("100% of the interval of 72 clocks"), HasSubstr("it sets the pace"),
                    HasSubstr("array.cell")));
  EXPECT_THAT(result.layers[1].advice, AllOf(StartsWith("11% of the interval of 72 clocks"),
                                             HasSubstr("layer first sets the pace")));
  config.cell = CellKind::kParallel;
  config.dram_bytes_per_clock = 1;  // 18 bytes against 9 words
  config.dram_burst_bytes = 2;
  result = count_pipelined(network, config, 2);
  EXPECT_THAT(result.layers[0].advice,
              AllOf(StartsWith("50% of the interval of 18 clocks"),
                    HasSubstr("the 18 bytes of an image from DRAM set the pace"),
                    HasSubstr("more than 1 dram.bytes_per_clock")));
}

}  // namespace
}  // namespace colcomb::simulation
