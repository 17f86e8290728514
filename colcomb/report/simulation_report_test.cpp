#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "colcomb/report/simulation_json.hpp"
#include "colcomb/report/simulation_table.hpp"

namespace colcomb::report {
namespace {

using ::testing::HasSubstr;

SimulationResult example() {
  SimulationResult result;
  result.engine = "fast";
  result.images = 2;
  result.latency = 1500;
  result.interval = 1000;
  SimulatedPart layer;
  layer.name = "conv0";
  layer.rows = 32;
  layer.groups = 17;
  layer.array_cells = layer.cells = 1024;
  layer.nonzeros = 512;
  layer.cycles = {600, 10, 90, 200, 100};
  layer.activity.tiles = 2;
  layer.activity.useful_macs = 512;
  layer.activity.wasted_macs = 512;
  layer.activity.dram_read_bytes = 77;
  layer.advice = "buy more memory";
  result.layers = {layer};
  result.tiles = {layer};
  result.tiles[0].tile = 0;
  result.total = layer;
  result.total.name = "network";
  return result;
}

TEST(SimulationTable, ShowsWhereClocksGoAndTheAdvice) {
  const std::string table = simulation_table(example());
  for (const char* part : {"32 x 17", "60.0%", "1.0%", "9.0%", "20.0%", "10.0%", "50.0%",
                           "conv0: buy more memory", "150000.0 frames/s", "10.00 us"}) {
    EXPECT_THAT(table, HasSubstr(part));
  }
  EXPECT_THAT(activity_table(example()), HasSubstr("77"));
  EXPECT_THAT(tile_table(example()), HasSubstr("32 x 17"));
}

TEST(ComparisonTable, RelatesEverythingToTheFirst) {
  SimulationResult slow = example();
  slow.interval = 3000;
  slow.latency = 3000;
  slow.tiles.resize(4);
  const std::vector<NamedSimulation> runs = {{"slow", slow}, {"fast", example()}};
  const std::string table = comparison_table(runs);
  EXPECT_THAT(table, HasSubstr("3.00x"));  // frames
  EXPECT_THAT(table, HasSubstr("0.50x"));  // latency
  EXPECT_THAT(table, HasSubstr("0.25x"));  // tiles
}

TEST(SimulationJson, HoldsEveryNumber) {
  const auto json = to_json(example(), true);
  EXPECT_EQ(json["latency"], 1500);
  EXPECT_EQ(json["config"]["array"]["cell"], "MX");
  EXPECT_EQ(json["layers"][0]["cycles"]["total"], 1000);
  EXPECT_EQ(json["layers"][0]["cycles"]["weight_load"], 200);
  EXPECT_EQ(json["tiles"][0]["tile"], 0);
  EXPECT_EQ(json["total"]["activity"]["dram_read_bytes"], 77);
  EXPECT_FALSE(to_json(example(), false).contains("tiles"));
}

TEST(SimulationCsv, HasOneLinePerPartAndEqualColumns) {
  for (const bool tiles : {false, true}) {
    const std::string csv = simulation_csv(example(), tiles);
    std::vector<std::size_t> commas;
    std::size_t count = 0;
    for (const char c : csv) {
      if (c == ',') ++count;
      if (c != '\n') continue;
      commas.push_back(count);
      count = 0;
    }
    EXPECT_THAT(commas, ::testing::ElementsAre(24, 24, 24));
  }
}

}  // namespace
}  // namespace colcomb::report
