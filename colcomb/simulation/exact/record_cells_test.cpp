#include "colcomb/simulation/exact/record_cells.hpp"

#include <gtest/gtest.h>

#include "tests/support/worked_example.hpp"

namespace colcomb::simulation {
namespace {

CellRecording worked_recording() {
  return record_cells(tests::worked_network(), tests::worked_array(), tests::worked_image(), {});
}

// Tile 0 of docs/reference/cycle-model.md, "Worked example": load 22, B 33, three words 8 clocks
// apart; filters 0 and 1 in the groups {0, 1} and {2, 3}.
TEST(RecordCells, TheWorkedExamplesFirstTile) {
  const CellRecording recording = worked_recording();
  EXPECT_EQ(recording.layer, "first");
  EXPECT_EQ(recording.first_clock, 22U);
  EXPECT_EQ(recording.words, 3U);
  EXPECT_EQ(recording.groups, (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(recording.columns, (std::vector<std::vector<std::uint32_t>>{{0, 1}, {2, 3}}));
  EXPECT_EQ(recording.weights, Matrix<std::int8_t>(2, 2, {3, -2, 5, 1}));
  EXPECT_EQ(recording.selects, Matrix<std::uint8_t>(2, 2, {0, 0, 1, 1}));
  // Pixel p of the channels 0, 1 | 2, 3.
  EXPECT_EQ(recording.inputs, (std::vector<std::uint8_t>{10, 1, 4, 7,  //
                                                         20, 2, 0, 7,  //
                                                         30, 3, 5, 7}));
  // A cell's register shows the word's first bit a clock after it came: B + 1, one clock more each
  // column and row.
  for (std::size_t row = 0; row < 2; ++row) {
    for (std::size_t column = 0; column < 2; ++column) {
      const std::uint64_t first = 33 + 1 + row + column - recording.first_clock;
      EXPECT_FALSE(recording.cell(first - 1, row, column).start);
      EXPECT_TRUE(recording.cell(first, row, column).start);
      EXPECT_TRUE(recording.cell(first + 8, row, column).start);
      EXPECT_TRUE(recording.cell(first, row, column).active);
    }
  }
}

// Partial sums: 3 x0 - 2 x2 and 5 x1 + x3, 34 clocks behind the word's entry (C + T), a clock more
// for row 1.
TEST(RecordCells, ResultsAreTheSumsOfTheirWords) {
  const CellRecording recording = worked_recording();
  struct Expected {
    std::uint64_t clock;
    std::uint32_t row;
    std::int64_t value;
    std::uint32_t word;
  };
  const std::vector<Expected> expected = {{67, 0, 30 - 8, 0},  {68, 1, 5 + 7, 0},
                                          {75, 0, 60 - 0, 1},  {76, 1, 10 + 7, 1},
                                          {83, 0, 90 - 10, 2}, {84, 1, 15 + 7, 2}};
  ASSERT_EQ(recording.results.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(recording.results[i].clock, expected[i].clock) << i;
    EXPECT_EQ(recording.results[i].row, expected[i].row) << i;
    EXPECT_EQ(recording.results[i].value, expected[i].value) << i;
    EXPECT_EQ(recording.results[i].word, expected[i].word) << i;
  }
}

// What leaves the last column, bit by bit, is the result: stream of word w is w modulo S.
TEST(RecordCells, BitsOfTheLastColumnAreTheResults) {
  const CellRecording recording = worked_recording();
  const ArrayConfig& config = recording.config;
  for (const RecordedResult& result : recording.results) {
    std::uint64_t bits = 0;
    for (std::uint64_t bit = 0; bit < config.accumulation_bits; ++bit) {
      const std::uint64_t clock = 33 + 8 * result.word + result.row + config.columns + bit;
      const std::uint32_t acc =
          recording.cell(clock - recording.first_clock, result.row, config.columns - 1).acc;
      bits |= std::uint64_t{acc >> (result.word % config.streams()) & 1U} << bit;
    }
    EXPECT_EQ(static_cast<std::int32_t>(static_cast<std::uint32_t>(bits)), result.value);
  }
}

}  // namespace
}  // namespace colcomb::simulation
