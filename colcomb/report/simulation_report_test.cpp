#include <gtest/gtest.h>

#include "colcomb/report/simulation_json.hpp"
#include "colcomb/report/simulation_table.hpp"
#include "tests/support/text_table.hpp"

namespace colcomb::report {
namespace {

using Cells = std::vector<std::string>;

/// The i-th counter of activity.def is 100 + i, but for the multiply-accumulates.
SimulationResult example_simulation() {
  SimulationResult result;
  result.engine = "fast";
  result.images = 2;
  result.latency = 1500;
  result.interval = 1000;
  SimulatedPart layer;
  layer.name = "conv0";
  layer.rows = 32;
  layer.groups = 17;
  layer.array_cells = 1024;
  layer.cells = 2048;
  layer.nonzeros = 512;
  layer.cycles.compute = 600;
  layer.cycles.fill = 10;
  layer.cycles.drain = 90;
  layer.cycles.weight_load = 200;
  layer.cycles.stall = 100;
  std::uint64_t next = 100;
  for (const ActivityCounter& counter : activity_counters()) layer.activity.*counter.count = next++;
  layer.activity.tiles = 4;
  layer.activity.useful_macs = 512;
  layer.activity.wasted_macs = 1536;
  layer.advice = "buy more DRAM";
  result.layers = {layer};
  result.tiles = {layer, layer};
  result.tiles[0].tile = 0;
  result.tiles[1].tile = 1;
  result.tiles[1].name = "a,b";
  result.total = layer;
  result.total.name = "network";
  return result;
}

// 150 MHz: 1500 clocks are 10 us, an image every 1000 clocks is 150,000 a second.
TEST(SimulationTable, SaysWhichLayersArePoolings) {
  SimulationResult result = example_simulation();
  result.layers[0].fixed = true;
  result.layers[0].advice = "";
  EXPECT_NE(simulation_table(result).find(
                "a layer of fixed weights: its input again, for a pooling of its own"),
            std::string::npos);
  EXPECT_EQ(simulation_table(example_simulation()).find("pooling"), std::string::npos);
  EXPECT_EQ(to_json(result, false)["layers"][0]["fixed"], true);
  EXPECT_FALSE(to_json(example_simulation(), false)["layers"][0].contains("fixed"));
}

TEST(SimulationTable, ShowsWhereClocksGoAndTheAdvice) {
  const auto lines = tests::lines_of(simulation_table(example_simulation()));
  ASSERT_EQ(lines.size(), 8U);  // two of heading, header, rule, layer, rule, total, advice
  EXPECT_EQ(
      lines[0],
      "32 x 32 array, weight-major, batch 1, alpha 8, MX cells, 32 bits, 150 MHz (fast engine, "
      "2 images)");
  EXPECT_EQ(lines[1],
            "latency 1500 clocks = 10.00 us; one image every 1000 clocks: 150000.0 frames/s");
  EXPECT_EQ(tests::cells_of(lines[2]),
            (Cells{"layer", "filters x groups", "tiles", "clocks", "of all", "compute", "fill",
                   "drain", "weights", "stall", "cells used"}));
  // 4 executed tiles over 2 images; 512 of 2048 cells.
  EXPECT_EQ(tests::cells_of(lines[4]), (Cells{"conv0", "32 x 17", "2", "1000", "100.0%", "60.0%",
                                              "1.0%", "9.0%", "20.0%", "10.0%", "25.0%"}));
  EXPECT_EQ(tests::cells_of(lines[6]), (Cells{"total", "2", "1000", "100.0%", "60.0%", "1.0%",
                                              "9.0%", "20.0%", "10.0%", "25.0%"}));
  EXPECT_EQ(lines[7], "conv0: buy more DRAM");
}

TEST(SimulationTable, CrossLayerRunsSayWhatIsLoadedBefore) {
  SimulationResult result = example_simulation();
  result.config.cross_layer = true;
  result.configuration = 77;
  result.images = 1;
  result.total.array_cells = 3770;
  result.total.line_buffer_bytes = 900;
  result.layers[0].line_buffer_bytes = 700;
  const auto lines = tests::lines_of(simulation_table(result));
  EXPECT_EQ(
      lines[0],
      "an array per layer, cross-layer pipelined, 3770 cells and 900 bytes of line buffers in "
      "all, alpha 8, MX cells, 32 bits, 150 MHz (fast engine, 1 image)");
  EXPECT_EQ(lines[2], "before clock 0: 77 clocks to load all arrays");
  EXPECT_EQ(tests::cells_of(lines[3])[2], "line buffer");
  EXPECT_EQ(tests::cells_of(lines[5])[2], "700 bytes");
}

TEST(TileTable, HasALinePerTile) {
  const auto lines = tests::lines_of(tile_table(example_simulation()));
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(tests::cells_of(lines[3]), (Cells{"a,b", "1", "32 x 17", "1000", "100.0%", "60.0%",
                                              "1.0%", "9.0%", "20.0%", "10.0%", "25.0%"}));
}

// Weights are counted in bits: 111 are 14 bytes.
TEST(ActivityTable, ShowsEveryTrafficCounterInBytes) {
  const auto lines = tests::lines_of(activity_table(example_simulation()));
  ASSERT_EQ(lines.size(), 6U + 11U);
  EXPECT_EQ(lines[0], "bytes over all images:");
  EXPECT_EQ(tests::cells_of(lines[1]),
            (Cells{"layer", "MACs", "useful", "data read", "data write", "residual write",
                   "residual read", "output write", "partial sum read", "partial sum write",
                   "weight load", "dram read", "dram write", "table read"}));
  const Cells figures = {"2048", "25.0%", "104", "105", "106", "107", "108",
                         "109",  "110",   "14",  "112", "113", "114"};
  for (const auto& [line, name] : {std::pair(3, "conv0"), std::pair(5, "network")}) {
    Cells expected = {name};
    expected.insert(expected.end(), figures.begin(), figures.end());
    EXPECT_EQ(tests::cells_of(lines[static_cast<std::size_t>(line)]), expected);
  }
  EXPECT_EQ(lines[6], "data read: From data and input buffer to the shift block");
}

TEST(ComparisonTable, RelatesEverythingToTheFirst) {
  SimulationResult slow = example_simulation();
  slow.interval = 3000;
  slow.latency = 3000;
  slow.tiles.resize(8);
  slow.total.array_cells = 512;
  slow.total.activity.useful_macs = 1024;
  const std::vector<NamedSimulation> runs = {{"slow", slow}, {"quick", example_simulation()}};
  const auto lines = tests::lines_of(comparison_table(runs));
  ASSERT_EQ(lines.size(), 4U);
  // 1024 / 2560 and 512 / 2048 MACs; 20 and 10 us; 50,000 and 150,000 frames/s.
  EXPECT_EQ(tests::cells_of(lines[2]),
            (Cells{"slow", "512", "8", "1.00x", "40.0%", "20.00 us", "1.00x", "50000.0", "1.00x"}));
  EXPECT_EQ(tests::cells_of(lines[3]), (Cells{"quick", "1024", "2", "0.25x", "25.0%", "10.00 us",
                                              "0.50x", "150000.0", "3.00x"}));
}

TEST(SimulationJson, HoldsEveryNumber) {
  SimulationResult result = example_simulation();
  result.configuration = 5;
  const auto json = to_json(result, true);
  EXPECT_EQ(json["engine"], "fast");
  EXPECT_EQ(json["images"], 2);
  EXPECT_EQ(json["latency"], 1500);
  EXPECT_DOUBLE_EQ(json["latency_seconds"], 1e-5);
  EXPECT_EQ(json["interval"], 1000);
  EXPECT_DOUBLE_EQ(json["frames_per_second"], 150000);
  EXPECT_EQ(json["configuration"], 5);
  EXPECT_EQ(json["config"]["array"]["cell"], "MX");
  const auto& layer = json["layers"][0];
  EXPECT_EQ(layer["name"], "conv0");
  EXPECT_EQ(layer["rows"], 32);
  EXPECT_EQ(layer["groups"], 17);
  EXPECT_EQ(layer["array_cells"], 1024);
  EXPECT_EQ(layer["cells"], 2048);
  EXPECT_EQ(layer["nonzeros"], 512);
  EXPECT_DOUBLE_EQ(layer["cell_utilization"], 0.25);
  EXPECT_DOUBLE_EQ(layer["time_utilization"], 0.6);
  EXPECT_EQ(layer["advice"], "buy more DRAM");
  EXPECT_EQ(layer["cycles"], nlohmann::ordered_json::parse(
                                 R"({"total": 1000, "compute": 600, "fill": 10, "drain": 90,
                                     "weight_load": 200, "stall": 100})"));
  EXPECT_EQ(layer["activity"],
            nlohmann::ordered_json::parse(
                R"({"tiles": 4, "input_words": 101, "useful_macs": 512, "wasted_macs": 1536,
                    "data_read_bytes": 104, "data_write_bytes": 105, "residual_write_bytes": 106,
                    "residual_read_bytes": 107, "output_write_bytes": 108,
                    "partial_sum_read_bytes": 109, "partial_sum_write_bytes": 110,
                    "weight_load_bits": 111, "dram_read_bytes": 112, "dram_write_bytes": 113,
                    "table_read_bytes": 114})"));
  EXPECT_FALSE(layer.contains("tile"));
  EXPECT_EQ(json["total"]["name"], "network");
  EXPECT_EQ(json["tiles"][1]["tile"], 1);
  EXPECT_FALSE(to_json(result, false).contains("tiles"));
}

TEST(SimulationCsv, HasALinePerPartAndTheTotal) {
  const std::string header =
      "layer,tile,rows,groups,array_cells,cells,nonzeros,clocks,compute,fill,drain,weight_load,"
      "stall,"
      "tiles,input_words,useful_macs,wasted_macs,data_read_bytes,data_write_bytes,residual_write_"
      "bytes,residual_read_bytes,output_write_bytes,"
      "partial_sum_read_bytes,partial_sum_write_bytes,weight_load_bits,dram_read_bytes,"
      "dram_write_bytes,table_read_bytes\n";
  const std::string figures =
      "32,17,1024,2048,512,1000,600,10,90,200,100,4,101,512,1536,104,105,106,107,108,109,110,111,"
      "112,113,114\n";
  EXPECT_EQ(simulation_csv(example_simulation(), false),
            header + "conv0,," + figures + "network,," + figures);
  EXPECT_EQ(simulation_csv(example_simulation(), true),
            header + "conv0,0," + figures + "\"a,b\",1," + figures + "network,," + figures);
}

// Every part and every counter once: sums of two runs double each.
TEST(SimulatedCounts, AddUpInEveryPart) {
  const SimulatedPart part = example_simulation().layers[0];
  CycleCount cycles = part.cycles;
  cycles += part.cycles;
  for (const CyclePart& row : cycle_parts())
    EXPECT_EQ(cycles.*row.count, 2 * (part.cycles.*row.count)) << row.name;
  EXPECT_EQ(cycles.total(), 2000U);
  ActivityCount activity = part.activity;
  activity += part.activity;
  for (const ActivityCounter& row : activity_counters())
    EXPECT_EQ(activity.*row.count, 2 * (part.activity.*row.count)) << row.name;
}

}  // namespace
}  // namespace colcomb::report
