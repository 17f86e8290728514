#include "colcomb/simulation/exact/trace.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "colcomb/base/error.hpp"
#include "colcomb/simulation/exact/vcd_writer.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/worked_example.hpp"

namespace colcomb::simulation {
namespace {

const std::vector<std::uint8_t> kTracedImage = {10, 20, 30, 1, 2, 3, 4, 0, 5, 7, 7, 7, 2, 50, 100};

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(VcdWriter, WritesDeclarationsAndChangesOnly) {
  VcdWriter vcd;
  vcd.open_scope("top");
  const std::size_t a = vcd.declare("a", 1);
  const std::size_t b = vcd.declare("b", 4);
  vcd.close_scope();
  vcd.end_declarations();
  vcd.time(7);
  vcd.value(a, 1);
  vcd.value(b, 10);
  vcd.time(8);
  vcd.value(a, 1);
  vcd.value(b, 10);
  vcd.time(9);
  vcd.value(a, 0);
  vcd.finish();
  EXPECT_EQ(vcd.text(),
            "$timescale 1 ns $end\n$scope module top $end\n$var wire 1 ! a $end\n"
            "$var wire 4 \" b [3:0] $end\n$upscope $end\n$enddefinitions $end\n"
            "#7\n1!\nb1010 \"\n#9\n0!\n#10\n");
}

// Tile 1 of the worked example: weights from clock 33, words at 71, 79 and 87, of column 1 a clock
// later, results up to clock 123. Bank 0 of the input buffer, 100 bytes, holds channels 0, 1 and 4
// in planes of 4 bytes, the first batch in its second half of the first 24.
TEST(Trace, OfOneTile) {
  const tests::TemporaryFolder folder;
  TraceOptions options;
  options.tile = 1;
  options.vcd = folder.path() / "tile.vcd";
  options.csv = folder.path() / "tile.csv";
  const auto traced =
      trace_exact(tests::worked_network(), tests::worked_array(), kTracedImage, options);
  EXPECT_EQ(traced.result.latency, 247U);

  const std::string csv = text_of(options.csv);
  EXPECT_THAT(csv, testing::StartsWith("clock,store,operation,address\n33,weight buffer,read,"));
  // Channel 4 is in slot 2: addresses 12 + 8, 9, 10; the bank is read two clocks before the word's
  // first bit, row 0's partial sum too.
  for (const char* line : {"\n69,input buffer,read,20\n", "\n77,input buffer,read,21\n",
                           "\n85,input buffer,read,22\n", "\n69,partial-sum buffer,read,0\n"})
    EXPECT_THAT(csv, testing::HasSubstr(line));
  EXPECT_THAT(csv, testing::Not(testing::HasSubstr("\n124,")));

  const std::string vcd = text_of(options.vcd);
  EXPECT_THAT(vcd, testing::HasSubstr("$scope module row1_column1 $end\n$var wire 2 "));
  for (const char* block :
       {"controller", "memory_channel", "weight_loader", "column_feeder1", "row_feeder1",
        "row_output1", "pooling_unit0", "output_crossbar", "data_buffer", "array"})
    EXPECT_THAT(vcd, testing::HasSubstr(std::string("$scope module ") + block + " $end\n"));
  EXPECT_THAT(vcd, testing::HasSubstr("$enddefinitions $end\n#33\n"));
  EXPECT_THAT(vcd, testing::EndsWith("\n#124\n"));
}

TEST(Trace, OfACrossLayerPipeline) {
  const tests::TemporaryFolder folder;
  ArrayConfig config = tests::worked_array();
  config.cross_layer = true;
  TraceOptions options;
  options.first_clock = 5;
  options.last_clock = 50;
  options.vcd = folder.path() / "layers.vcd";
  EXPECT_EQ(trace_exact(tests::worked_network(), config, kTracedImage, options).result.latency,
            132U);
  const std::string vcd = text_of(options.vcd);
  for (const char* scope : {"image_reader", "layer0", "layer1", "sequencer", "column_feeder2",
                            "row_output2", "output_crossbar", "line_buffer"})
    EXPECT_THAT(vcd, testing::HasSubstr(std::string("$scope module ") + scope + " $end\n"));
  // An array of 3 x 3 cells and one of 2 x 2.
  EXPECT_THAT(vcd, testing::HasSubstr("$scope module array1 $end\n"));
  EXPECT_THAT(vcd, testing::HasSubstr("$scope module row2_column2 $end\n"));
  EXPECT_THAT(vcd, testing::HasSubstr("$enddefinitions $end\n#5\n"));
  // The first word's first bit is at cell (0, 0) in clock 16, its start one row up in clock 17.
  const std::string scope = "$scope module array0 $end\n$scope module row0_column0 $end\n";
  const std::string variable = "$var wire 1 ";
  const std::size_t start = vcd.find(variable, vcd.find(scope)) + variable.size();
  const std::string name = vcd.substr(start, vcd.find(' ', start) - start);
  const std::size_t clock = vcd.find("\n#17\n");
  ASSERT_NE(clock, std::string::npos);
  EXPECT_THAT(vcd.substr(clock + 1, vcd.find("\n#", clock + 1) - clock),
              testing::HasSubstr("\n1" + name + "\n"));
  options.tile = 0;
  EXPECT_THROW(
      static_cast<void>(trace_exact(tests::worked_network(), config, kTracedImage, options)),
      UserError);
}

TEST(Trace, RefusesWhatIsNotThere) {
  TraceOptions options;
  options.tile = 5;
  EXPECT_THROW(static_cast<void>(trace_exact(tests::worked_network(), tests::worked_array(),
                                             kTracedImage, options)),
               UserError);
}

}  // namespace
}  // namespace colcomb::simulation
