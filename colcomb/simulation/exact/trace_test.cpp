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

const std::vector<std::uint8_t> kImage = {10, 20, 30, 1, 2, 3, 4, 0, 5, 7, 7, 7, 2, 50, 100};

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

// Tile 1 of the worked example: weights from clock 21, words at 59, 67 and 75, of column 2 at 60,
// ..., results up to clock 110.
TEST(Trace, OfOneTile) {
  const tests::TemporaryFolder folder;
  TraceOptions options;
  options.tile = 1;
  options.vcd = folder.path() / "tile.vcd";
  options.csv = folder.path() / "tile.csv";
  const auto traced = trace_exact(tests::worked_network(), tests::worked_array(), kImage, options);
  EXPECT_EQ(traced.result.latency, 229U);

  const std::string csv = text_of(options.csv);
  EXPECT_THAT(csv, testing::StartsWith("clock,store,operation,address\n"
                                       "27,images of even batches,read,1\n"));
  // The last group's column is channel 4: addresses 12, 13, 14 of the image, two clocks before the
  // words' first bits.
  for (const char* line :
       {"\n57,images of even batches,read,12\n", "\n65,images of even batches,read,13\n",
        "\n73,images of even batches,read,14\n", "\n97,images of even batches,read,2\n"})
    EXPECT_THAT(csv, testing::HasSubstr(line));
  EXPECT_THAT(csv, testing::Not(testing::HasSubstr("\n117,")));

  const std::string vcd = text_of(options.vcd);
  EXPECT_THAT(vcd, testing::HasSubstr("$scope module row1_column1 $end\n$var wire 2 "));
  EXPECT_THAT(vcd, testing::HasSubstr("$enddefinitions $end\n#21\n"));
  EXPECT_THAT(vcd, testing::EndsWith("\n#111\n"));
  // start_out of cell (0, 0), the third signal, rises in the clock after a word's first bit.
  EXPECT_THAT(vcd, testing::ContainsRegex("#60\n([^#]*\n)?1#\n"));
}

TEST(Trace, RefusesWhatIsNotThere) {
  TraceOptions options;
  options.tile = 5;
  EXPECT_THROW(static_cast<void>(
                   trace_exact(tests::worked_network(), tests::worked_array(), kImage, options)),
               UserError);
}

}  // namespace
}  // namespace colcomb::simulation
