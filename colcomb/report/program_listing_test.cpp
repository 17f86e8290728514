#include "colcomb/report/program_listing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "colcomb/report/program_json.hpp"
#include "tests/golden/golden_program.hpp"
#include "tests/support/text_table.hpp"

namespace colcomb::report {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using Cells = std::vector<std::string>;

/// The cells of every line.
std::vector<Cells> cells(const std::string& text) {
  std::vector<Cells> result;
  for (const std::string& line : tests::lines_of(text)) result.push_back(tests::cells_of(line));
  return result;
}

TEST(ProgramListing, BeginsWithSizes) {
  const TileProgram program = tests::golden_tile_program();
  const std::string text = program_listing(program);
  EXPECT_EQ(text.find(program_summary(program)), 0U);
  for (const char* part :
       {"6 tiles of 4 layers for array tiny \xe2\x86\x92, 2 x 2 MX cells, alpha 3, 24 bits, "
        "output-major, batch 2\n",
        "images: 1 x 4 x 2, reshape stride 2\n", "weights: 40 bytes, read by each tile\n",
        "9 lines of 2 columns, 8 rows, 5 writes of 2 banks, 17 transfers\n",
        "128 bytes before the first batch, 24 for each batch\n"})
    EXPECT_THAT(text, HasSubstr(part));
}

TEST(ProgramListing, HasALineForEachPlaceLayerAndTile) {
  const auto lines = cells(program_listing(tests::golden_tile_program()));
  for (const Cells& line : std::vector<Cells>{
           {"weight image", "0x40", "0x68", "40"},
           {"map of a \xe2\x86\x92", "0x68", "0x70", "8"},
           {"images of batch 0", "0x80", "0x90", "16"},
           {"logits of batch 0", "0x90", "0x98", "8"},
           {"input", "2", "33", "images: 2 slots of 8; blocks: 2 slots of 8"},
           {"output", "1", "35", "2 slots of 16"},
           {"weights", "1", "19", "2 slots of 8"},
           {"a \xe2\x86\x92", "hidden", "2", "2 x 1", "1", "2 x 1", "mean 2 x 1 / 1", "2 x 1", "7",
            "-", "DRAM, whole images", "DRAM"},
           {"b", "hidden", "3", "2 x 1", "1", "2 x 1", "-", "2 x 1", "22", "2 x 1 / 1",
            "DRAM, in blocks", "data, residual"},
           {"c", "pooled", "2", "2 x 1", "2", "1 x 1", "-", "1 x 1", "0", "2 x 1 / 2", "data",
            "data"},
           {"d", "classifier", "1", "1 x 1", "1", "1 x 1", "-", "1 x 1", "11", "-", "data", "DRAM"},
           {"b", "1", "0-1", "0", "1", "0-3", "9", "2", "2", "11", "0", "21", "31", "8", "16", "0",
            "new block, new residual block, after all before, fetches after all before"},
           {"c", "4", "0-1", "1", "1", "0-1", "8", "1", "2", "14", "30", "24", "34", "8", "0", "0",
            "adds partial sums"}})
    EXPECT_THAT(lines, Contains(line));
}

TEST(ProgramListing, OfATileHasItsDescriptorsAndTransfers) {
  const std::string text = tile_listing(tests::golden_tile_program(), 1);
  for (const char* part :
       {"tile 1 of layer b: 2 rows from filter 0 on, 1 group of column tile 0, 4 words from 0 on\n",
        "columns read a block in the input buffer, new with this tile, offset 16: 2 lines in 2 "
        "clocks (Q), a word every 9 clocks (K)\n",
        "rows add to the bias, and residuals from the residual input buffer, new with this tile, "
        "offset 0\n",
        "results: 2 writes of a data bank in 2 clocks (Z)\n", "2 cells in use\n",
        "first word 11 after the last one of the tile before, 0 after its first one, 21 after the "
        "load; load 31 after that first one; all earlier tiles done; fetches when their outputs "
        "are written\n",
        "outputs: none\n"})
    EXPECT_THAT(text, HasSubstr(part));
  const auto lines = cells(text);
  for (const Cells& line :
       std::vector<Cells>{{"0", "1", "4", "0", "0", "0"},                // column, line
                          {"1", "1", "0", "-4", "22", "4", "4"},         // row
                          {"0", "1", "1", "4"},                          // write
                          {"7", "weights", "0x48", "2", "-", "0", "-"},  // transfers
                          {"8", "input", "0x68", "1", "-", "16", "banks 0 1"},
                          {"11", "residual", "0x6c", "1", "-", "4", "bus 0"}})
    EXPECT_THAT(lines, Contains(line));
  EXPECT_THAT(lines, Not(Contains(ElementsAre("1", "0", "0", "0", "0", "0"))));  // unused line
}

TEST(ProgramListing, OfATileSaysWhereResultsGo) {
  const TileProgram program = tests::golden_tile_program();
  EXPECT_THAT(tile_listing(program, 3), HasSubstr("partial sums: 2 partial sums a row; 0 writes"));
  const std::string pooled = tile_listing(program, 4);
  EXPECT_THAT(pooled, HasSubstr("rows add to partial sums, offset 0"));
  EXPECT_THAT(pooled, HasSubstr("accumulators of the pooling from 0 on; 2 writes"));
  const std::string logits = tile_listing(program, 5);
  EXPECT_THAT(logits, HasSubstr("results: output buffer, 8 bytes a row, offset 0; 0 writes"));
  EXPECT_THAT(cells(logits),
              Contains(Cells{"16", "output", "0x90 + batch", "2", "8 after 0", "0", "bus 0"}));
}

TEST(ProgramJson, HasTheStructsNumbers) {
  const TileProgram program = tests::golden_tile_program();
  const auto json = to_json(program);
  EXPECT_EQ(json["kind"], "tile program");
  EXPECT_EQ(json["sizes"], program_sizes(program));
  EXPECT_EQ(json["sizes"]["tiles"], 6);
  EXPECT_EQ(json["sizes"]["lines_per_column"], 9);
  EXPECT_EQ(json["array"]["array"]["alpha"], 3);
  EXPECT_EQ(json["memory"]["maps"], (std::vector<int>{104, 0, 0, 0}));
  EXPECT_EQ(json["slots"]["output"], 16);
  EXPECT_EQ(json["layers"][2]["role"], "pooled");
  EXPECT_EQ(json["tiles"][1]["interval"], 9);
  EXPECT_FALSE(json["tiles"][1].contains("lines"));
  const auto tile = tile_json(program, 1);
  EXPECT_EQ(tile["lines"].size(), 2U);
  EXPECT_EQ(tile["row_descriptors"][1]["bias"], -4);
  EXPECT_EQ(tile["writes"][1]["address"], 4);
  EXPECT_EQ(tile["reads"][1]["banks"], (std::vector<int>{0, 1}));
  EXPECT_EQ(tile["reads"][3]["bus"], 0);
  EXPECT_TRUE(tile["outputs"].empty());
  EXPECT_EQ(tile_json(program, 5)["outputs"][0]["bytes"], 8);
}

}  // namespace
}  // namespace colcomb::report
