#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "colcomb/simulation/exact/array_front.hpp"
#include "colcomb/simulation/exact/output_quantizer.hpp"
#include "colcomb/simulation/exact/pooling_block.hpp"
#include "colcomb/simulation/exact/weight_loader.hpp"

// Each block is not ready in clock t - 1 and ready in clock t, by the clocks of
// docs/reference/cycle-model.md.
namespace colcomb::simulation {
namespace {

struct Passed {
  std::uint64_t clock;
  RowResult result;
};

/// Loads `weights` (one column's, a row each) from clock 0 and sends x, its first bit in clock
/// `begin`; what leaves, and when.
std::vector<Passed> pass(const ArrayShape& shape, const std::vector<std::int8_t>& weights,
                         std::uint64_t begin, std::uint8_t x) {
  const auto front = make_front(shape);
  WeightLoader loader(shape);
  Matrix<std::uint64_t> codes(shape.rows, shape.columns);
  for (std::size_t row = 0; row < shape.rows; ++row)
    codes(row, shape.columns - 1) = weight_code(shape, weights[row], 0);
  loader.begin(0, codes);
  std::vector<Passed> passed;
  for (std::uint64_t clock = 0; clock < begin + 200; ++clock) {
    for (const RowResult& result : front->results()) passed.push_back({clock, result});
    loader.compute(clock, *front);
    for (std::size_t column = 0; column < shape.columns; ++column) {
      if (clock + 1 == begin + column) front->put_swap(column);
      const std::vector<std::uint8_t> lines = {x};
      if (clock == begin + column) front->put_word(column, lines);
    }
    for (std::size_t row = 0; row < shape.rows; ++row) {
      if (clock == begin + row) front->put_accumulation(row, 1000);
    }
    front->step();
  }
  return passed;
}

ArrayShape shape_of(CellKind cell, bool double_buffering) {
  ArrayConfig config;
  config.rows = 3;
  config.columns = 2;
  config.alpha = cell == CellKind::kBalanced || cell == CellKind::kInterleaved ? 1 : 2;
  config.cell = cell;
  config.double_buffering = double_buffering;
  return array_shape(config);
}

TEST(Timing, WeightsAreReadyOneClockAfterTheLastBeatsSwap) {
  const std::vector<std::int8_t> weights = {5, -7, 100};
  for (const CellKind cell :
       {CellKind::kBalanced, CellKind::kInterleaved, CellKind::kMultiplexed, CellKind::kParallel}) {
    const ArrayShape shape = shape_of(cell, true);
    const std::uint64_t ready = 3 * shape.load_clocks + 1;
    const auto right = pass(shape, weights, ready, 9);
    ASSERT_EQ(right.size(), 3U) << name_of(cell);
    for (std::size_t row = 0; row < 3; ++row) {
      EXPECT_EQ(right[row].result.row, row);
      EXPECT_EQ(right[row].result.value, static_cast<std::uint32_t>(1000 + 9 * weights[row]));
      EXPECT_EQ(right[row].clock, ready + shape.columns + row + shape.word_clocks);
    }
    // The last row's swap comes with its last weight-load cycle: too early for the last row alone.
    const auto early = pass(shape, weights, ready - 1, 9);
    ASSERT_EQ(early.size(), 3U);
    EXPECT_EQ(early[1].result.value, right[1].result.value);
    EXPECT_NE(early[2].result.value, right[2].result.value) << name_of(cell);
  }
}

TEST(Timing, WithoutDoubleBufferingTheLinesCarryTheWeights) {
  const std::vector<std::int8_t> weights = {-128, 1, 77};
  for (const CellKind cell :
       {CellKind::kBalanced, CellKind::kInterleaved, CellKind::kMultiplexed, CellKind::kParallel}) {
    const ArrayShape shape = shape_of(cell, false);
    const auto passed = pass(shape, weights, 3 * shape.load_clocks + 1, 255);
    ASSERT_EQ(passed.size(), 3U);
    for (std::size_t row = 0; row < 3; ++row)
      EXPECT_EQ(passed[row].result.value, static_cast<std::uint32_t>(1000 + 255 * weights[row]));
  }
}

TEST(Timing, AMeanIsWrittenEighteenClocksAfterTheLastByte) {
  std::optional<std::uint64_t> written;
  std::uint64_t clock = 0;
  std::uint8_t mean = 0;
  PoolingBlock block(1, 1, 3, 1, [&](std::size_t, std::size_t, std::uint8_t value) {
    written = clock;
    mean = value;
  });
  for (; clock < 100; ++clock) {
    if (clock == 2) block.add(clock, 0, 0, 10);
    if (clock == 3) block.add(clock, 0, 0, 21);
    if (clock == 50) block.add(clock, 0, 0, 4);
    block.compute(clock);
    EXPECT_EQ(written.has_value(), clock >= 68) << clock;
  }
  EXPECT_EQ(written, 68U);
  EXPECT_EQ(mean, 23);  // 35 * 2 / 3 + 1/2 = 23.8
}

TEST(Timing, QuantizerTakesEightBitsFromF) {
  EXPECT_EQ(quantize_bits(0x0000ff00U, 32, 8), 255);
  EXPECT_EQ(quantize_bits(0x00010000U, 32, 8), 255);
  EXPECT_EQ(quantize_bits(0x0000ab7fU, 32, 8), 0xab);
  EXPECT_EQ(quantize_bits(0xffffffffU, 32, 8), 0);
  EXPECT_EQ(quantize_bits(0x8000U, 16, 0), 0);
  EXPECT_EQ(quantize_bits(0x7fffU, 16, 11), 15);
  EXPECT_EQ(signed_value(0xffffU, 16), -1);
  EXPECT_EQ(signed_value(0x7fffffU, 24), 0x7fffff);
}

}  // namespace
}  // namespace colcomb::simulation
