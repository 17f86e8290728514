#include "colcomb/artifacts/array_config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "colcomb/artifacts/simulation_result.hpp"
#include "colcomb/base/error.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string refusal(std::string_view toml) {
  try {
    (void)parse_array_config(toml, "folder/some.toml");
  } catch (const UserError& error) {
    EXPECT_EQ(error.parts().where, "folder/some.toml");
    return error.what();
  }
  ADD_FAILURE() << "accepted: " << toml;
  return "";
}

TEST(ArrayConfig, EmptyFileIsTheDefault) {
  ArrayConfig expected;
  expected.name = "some";
  EXPECT_EQ(parse_array_config("", "folder/some.toml"), expected);
}

TEST(ArrayConfig, ReadsEveryKey) {
  const ArrayConfig config = parse_array_config(R"(
    [array]
    rows = 3
    columns = 5
    alpha = 4
    cell = "parallel"
    accumulation_bits = 24
    double_buffering = false
    clock_mhz = 99.5
    [buffers]
    data_bytes = 1000
    input_bytes = 1100
    residual_bytes = 1200
    residual_input_bytes = 1300
    output_bytes = 1400
    weight_bytes = 2000
    partial_sum_bytes = 300
    line_bytes = 1700
    bank_ports = 7
    [dram]
    bytes_per_clock = 2
    burst_bytes = 16
    latency = 9
    [schedule]
    order = "output-major"
    batch = 6
    cross_layer = false
  )",
                                                "wide.array.toml");
  ArrayConfig expected;
  expected.name = "wide.array";
  expected.rows = 3;
  expected.columns = 5;
  expected.alpha = 4;
  expected.cell = CellKind::kParallel;
  expected.accumulation_bits = 24;
  expected.double_buffering = false;
  expected.clock_mhz = 99.5;
  expected.data_bytes = 1000;
  expected.input_bytes = 1100;
  expected.residual_bytes = 1200;
  expected.residual_input_bytes = 1300;
  expected.output_bytes = 1400;
  expected.weight_bytes = 2000;
  expected.partial_sum_bytes = 300;
  expected.line_bytes = 1700;
  expected.bank_ports = 7;
  expected.dram_bytes_per_clock = 2;
  expected.dram_burst_bytes = 16;
  expected.dram_latency = 9;
  expected.order = TileOrder::kOutputMajor;
  expected.batch = 6;
  EXPECT_EQ(config, expected);
  EXPECT_TRUE(parse_array_config("schedule.cross_layer = true", "x").cross_layer);
  EXPECT_EQ(parse_array_config("array.clock_mhz = 200", "x").clock_mhz, 200.0);
}

// By the table of symbols in docs/reference/cycle-model.md, worked out by hand.
TEST(ArrayConfig, DerivedNumbers) {
  struct Case {
    CellKind cell;
    std::size_t bits, alpha, interval, streams, data, word, weight, load;
  };
  for (const Case& c : {Case{CellKind::kBalanced, 32, 1, 32, 1, 8, 32, 9, 9},
                        Case{CellKind::kBalanced, 16, 1, 16, 1, 8, 16, 9, 9},
                        Case{CellKind::kInterleaved, 24, 1, 8, 3, 8, 24, 9, 9},
                        Case{CellKind::kMultiplexed, 32, 8, 8, 4, 8, 32, 12, 2},
                        Case{CellKind::kMultiplexed, 16, 5, 8, 2, 8, 16, 12, 3},
                        Case{CellKind::kMultiplexed, 32, 2, 8, 4, 8, 32, 10, 5},
                        Case{CellKind::kMultiplexed, 32, 64, 8, 4, 8, 32, 15, 1},
                        Case{CellKind::kParallel, 32, 1, 1, 1, 1, 1, 8, 1},
                        Case{CellKind::kParallel, 24, 2, 1, 1, 1, 1, 9, 1},
                        Case{CellKind::kParallel, 32, 8, 1, 1, 1, 1, 11, 1}}) {
    ArrayConfig config;
    config.cell = c.cell;
    config.accumulation_bits = c.bits;
    config.alpha = c.alpha;
    EXPECT_EQ(config.word_interval(), c.interval);
    EXPECT_EQ(config.streams(), c.streams);
    EXPECT_EQ(config.data_clocks(), c.data);
    EXPECT_EQ(config.word_clocks(), c.word);
    EXPECT_EQ(config.weight_bits(), c.weight);
    EXPECT_EQ(config.load_clocks(), c.load);
  }
}

// 3 x 5 cells with two load lines a column: 10 bits a weight in five weight-load cycles.
TEST(ArrayConfig, WeightsTakeWholeLinesAndBursts) {
  ArrayConfig odd;
  odd.rows = 3;
  odd.columns = 5;
  odd.alpha = 2;
  odd.dram_bytes_per_clock = 2;
  odd.dram_burst_bytes = 8;
  EXPECT_EQ(odd.weight_line_bytes(0), 0U);
  EXPECT_EQ(odd.weight_line_bytes(4), 1U);
  EXPECT_EQ(odd.weight_line_bytes(5), 2U);  // 10 bits
  EXPECT_EQ(odd.tile_bytes(), 32U);         // 3 x 5 x 2 bytes, four bursts
  EXPECT_EQ(odd.weight_image_bytes(1, 4), 8U);
  EXPECT_EQ(odd.weight_image_bytes(2, 5), 24U);
  EXPECT_EQ(odd.weight_image_bytes(2, 0), 0U);
  // 17 columns: 34 bits are more than DRAM moves in a clock, so that each line is as long as the
  // buffer's, five bytes in three words.
  odd.columns = 17;
  EXPECT_EQ(odd.weight_line_bytes(8), 2U);
  EXPECT_EQ(odd.weight_line_bytes(9), 6U);
  EXPECT_EQ(odd.weight_line_bytes(17), 6U);
}

TEST(ArrayConfig, RowsShareBuses) {
  ArrayConfig config;
  config.rows = 20;
  config.columns = 3;
  EXPECT_EQ(config.rows_per_bus(), 8U);
  EXPECT_EQ(config.row_buses(), 3U);
  EXPECT_EQ(config.row_bank_bytes(100), 33U);
  EXPECT_EQ(config.column_bank_bytes(100), 33U);
  config.cell = CellKind::kParallel;
  EXPECT_EQ(config.row_buses(), 20U);
  config.cell = CellKind::kBalanced;
  EXPECT_EQ(config.row_buses(), 1U);
}

TEST(ArrayConfig, UnknownNamesAreErrorsThatListTheKnownOnes) {
  EXPECT_THAT(refusal("[aray]\nrows = 1"),
              AllOf(HasSubstr("unknown table"), HasSubstr("'aray'"),
                    HasSubstr("[array], [buffers], [pooling], [dram], [schedule]")));
  EXPECT_THAT(refusal("rows = 1"), AllOf(HasSubstr("unknown table"), HasSubstr("'rows'")));
  EXPECT_THAT(refusal("array = 1"), AllOf(HasSubstr("not a table"), HasSubstr("'array'")));
  EXPECT_THAT(refusal("[[array]]\nrows = 1"), HasSubstr("not a table"));
  EXPECT_THAT(refusal("[dram]\nbandwidth = 1"),
              AllOf(HasSubstr("'dram.bandwidth'"),
                    HasSubstr("keys bytes_per_clock, burst_bytes, latency")));
  EXPECT_THAT(refusal("[array.deeper]\nrows = 1"), HasSubstr("'array.deeper'"));
  EXPECT_THAT(refusal("[schedule]\nBatch = 1"), HasSubstr("order, batch, cross_layer"));
}

TEST(ArrayConfig, WrongTypesAreErrors) {
  EXPECT_THAT(refusal("array.rows = \"32\""),
              AllOf(HasSubstr("array.rows"), HasSubstr("32"), HasSubstr("whole number")));
  EXPECT_THAT(refusal("array.rows = 32.0"), HasSubstr("whole number"));
  EXPECT_THAT(refusal("array.rows = -1"), AllOf(HasSubstr("'-1'"), HasSubstr("not negative")));
  EXPECT_THAT(refusal("array.rows = [1, 2]"), HasSubstr("whole number"));
  EXPECT_THAT(refusal("array.rows.x = 1"), HasSubstr("whole number"));
  EXPECT_THAT(refusal("array.double_buffering = 1"), HasSubstr("true or false"));
  EXPECT_THAT(refusal("array.clock_mhz = \"fast\""), HasSubstr("must be a number"));
  EXPECT_THAT(refusal("array.cell = \"mx\""), HasSubstr(R"("BL", "IL", "MX", "parallel")"));
  EXPECT_THAT(refusal("array.cell = 1"), HasSubstr(R"("BL", "IL", "MX", "parallel")"));
  EXPECT_THAT(refusal("schedule.order = \"both\""), HasSubstr(R"("weight-major", "output-major")"));
}

TEST(ArrayConfig, EveryLimitIsASentence) {
  EXPECT_THAT(refusal("array.rows = 0"), HasSubstr("array.rows is '0': must be 1 to 1024"));
  EXPECT_THAT(refusal("array.rows = 1025"), HasSubstr("must be 1 to 1024"));
  EXPECT_THAT(refusal("array.columns = 0"), HasSubstr("array.columns"));
  EXPECT_THAT(refusal("array.alpha = 65"), HasSubstr("array.alpha is '65': must be 1 to 64"));
  EXPECT_THAT(refusal("array.alpha = 0"), HasSubstr("must be 1 to 64"));
  EXPECT_THAT(refusal("array.cell = \"BL\""), HasSubstr("BL and IL cells have one data line"));
  EXPECT_THAT(refusal("array.cell = \"IL\"\narray.alpha = 2"), HasSubstr("array.alpha is '2'"));
  EXPECT_THAT(refusal("array.accumulation_bits = 20"), HasSubstr("must be 16, 24 or 32"));
  EXPECT_THAT(refusal("array.clock_mhz = 0"), HasSubstr("must be above 0"));
  EXPECT_THAT(refusal("array.clock_mhz = nan"), HasSubstr("must be above 0"));
  EXPECT_THAT(refusal("array.clock_mhz = inf"), HasSubstr("must be above 0"));
  EXPECT_THAT(refusal("buffers.data_bytes = 0"), HasSubstr("buffers.data_bytes"));
  EXPECT_THAT(refusal("buffers.data_bytes = 4294967297"),
              HasSubstr("buffers.data_bytes is '4294967297': must be 1 to 4294967296"));
  EXPECT_THAT(refusal("buffers.input_bytes = 0"), HasSubstr("buffers.input_bytes"));
  EXPECT_THAT(refusal("buffers.output_bytes = 0"), HasSubstr("buffers.output_bytes"));
  EXPECT_THAT(refusal("buffers.residual_bytes = 9000000000000000000"),
              HasSubstr("buffers.residual_bytes"));
  EXPECT_THAT(refusal("buffers.residual_input_bytes = 9000000000000000000"),
              HasSubstr("buffers.residual_input_bytes"));
  EXPECT_THAT(refusal("buffers.bank_ports = 0"), HasSubstr("bank_ports is '0': must be 1 to 1024"));
  EXPECT_THAT(refusal("buffers.bank_ports = 1025"), HasSubstr("must be 1 to 1024"));
  EXPECT_THAT(refusal("dram.bytes_per_clock = 0"), HasSubstr("dram.bytes_per_clock"));
  EXPECT_THAT(refusal("dram.bytes_per_clock = 12"),
              HasSubstr("dram.bytes_per_clock is '12': must be a power of two"));
  EXPECT_THAT(refusal("dram.burst_bytes = 96"),
              HasSubstr("dram.burst_bytes is '96': must be a power of two"));
  EXPECT_THAT(refusal("dram.burst_bytes = 8"),
              HasSubstr("dram.burst_bytes is '8': must be 16 to 1048576"));
  EXPECT_THAT(refusal("dram.latency = 1"), HasSubstr("dram.latency is '1': must be 2 to 1048576"));
  EXPECT_THAT(refusal("buffers.partial_sum_bytes = 9000000000000000000"),
              HasSubstr("partial_sum_bytes"));
  EXPECT_THAT(refusal("schedule.batch = 0"), HasSubstr("must be 1 to 1024"));
  EXPECT_THAT(refusal("schedule.batch = 2\nschedule.cross_layer = true"),
              HasSubstr("must be 1 with cross_layer"));
  // 32 rows of two weight-load cycles, each 32 columns x 8 bits.
  EXPECT_THAT(refusal("buffers.weight_bytes = 2047"), HasSubstr("one full tile, 2048 bytes"));
  EXPECT_EQ(parse_array_config("buffers.weight_bytes = 2048", "x").weight_bytes, 2048U);
  EXPECT_EQ(
      parse_array_config("buffers.weight_bytes = 1\nschedule.cross_layer = true", "x").weight_bytes,
      1U);
}

TEST(ArrayConfig, MalformedTomlNamesTheLine) {
  EXPECT_THAT(refusal("[array]\nrows = 1\ncolumns ="), HasSubstr("line 3"));
  EXPECT_THAT(refusal("[array\n"), HasSubstr("line 1"));
  EXPECT_THAT(refusal("[array]\nrows = 1\nrows = 2"), HasSubstr("line 3"));
  EXPECT_THAT(refusal("\xff\xfe"), HasSubstr("line 1"));
}

TEST(ArrayConfig, LoadsFilesAndNamesMissingOnes) {
  const tests::TemporaryFolder folder;
  std::ofstream(folder / "tiny.toml") << "[array]\nrows = 2\n";
  const ArrayConfig config = load_array_config(folder / "tiny.toml");
  EXPECT_EQ(config.rows, 2U);
  EXPECT_EQ(config.name, "tiny");
  EXPECT_THROW((void)load_array_config(folder / "absent.toml"), UserError);
}

TEST(ArrayConfig, TheRepositorysConfigurationsLoad) {
  const std::filesystem::path configs = COLCOMB_CONFIGS;
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(configs)) {
    if (entry.is_directory()) continue;  // technologies/
    const ArrayConfig config = load_array_config(entry.path());
    EXPECT_EQ(config.cross_layer, config.name == "mx-cross-layer");
    ++count;
  }
  EXPECT_EQ(count, 6U);
  ArrayConfig expected;
  expected.name = "mx-32x32";
  EXPECT_EQ(load_array_config(configs / "mx-32x32.toml"), expected);
  EXPECT_EQ(load_array_config(configs / "mx-64x64.toml").columns, 64U);
  EXPECT_EQ(load_array_config(configs / "il-32x32.toml").cell, CellKind::kInterleaved);
  EXPECT_EQ(load_array_config(configs / "bl-32x32.toml").cell, CellKind::kBalanced);
  EXPECT_EQ(load_array_config(configs / "parallel-32x32.toml").alpha, 8U);
  EXPECT_EQ(load_array_config(configs / "parallel-32x32.toml").bank_ports, 8U);
}

TEST(SimulationResult, Ratios) {
  SimulationResult result;
  EXPECT_EQ(result.frames_per_second(), 0.0);
  EXPECT_EQ(result.total.cell_utilization(), 0.0);
  result.config.clock_mhz = 100;
  result.config.batch = 4;
  result.interval = 1000;
  result.latency = 2500;
  EXPECT_DOUBLE_EQ(result.frames_per_second(), 400000);
  EXPECT_DOUBLE_EQ(result.latency_seconds(), 25e-6);
  result.total.cells = 40;
  result.total.nonzeros = 10;
  result.total.cycles = {.compute = 30, .fill = 1, .drain = 2, .weight_load = 3, .stall = 4};
  EXPECT_DOUBLE_EQ(result.total.cell_utilization(), 0.25);
  EXPECT_DOUBLE_EQ(result.total.time_utilization(), 0.75);
  result.total.cycles += {.compute = 10, .fill = 20, .drain = 30, .weight_load = 40, .stall = 50};
  EXPECT_EQ(result.total.cycles, (CycleCount{40, 21, 32, 43, 54}));
  EXPECT_EQ(result.total.cycles.total(), 190U);
}

}  // namespace
}  // namespace colcomb
