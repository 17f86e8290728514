#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "colcomb/simulation/exact/array_front.hpp"
#include "colcomb/simulation/exact/output_quantizer.hpp"
#include "colcomb/simulation/machine/pooling_unit.hpp"

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
  const std::uint64_t mask = shape.load_lines() >= 64 ? ~0ULL : (1ULL << shape.load_lines()) - 1;
  const std::size_t last_column = shape.columns - 1;
  std::vector<Passed> passed;
  for (std::uint64_t clock = 0; clock < begin + 200; ++clock) {
    for (const RowResult& result : front->results()) passed.push_back({clock, result});
    for (std::size_t column = 0; column < shape.columns && column <= clock; ++column) {
      const std::size_t row = (clock - column) / shape.load_clocks;
      if (row >= shape.rows) continue;
      const std::uint64_t code = column == last_column ? weight_code(shape, weights[row], 0) : 0;
      const std::size_t low = (clock - column) % shape.load_clocks * shape.load_lines();
      front->put_beat(column, (code >> low) & mask);
    }
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

TEST(Timing, AMeanIsThereEighteenClocksAfterTheLastByte) {
  TileProgram program;
  program.array.rows = 1;
  program.layers.resize(1);
  program.layers[0].role = LayerRole::kPooled;
  program.layers[0].filters = 1;
  program.layers[0].sum_height = 1;
  program.layers[0].sum_width = 3;
  program.layers[0].pooling_fraction_bits = 1;
  program.schedule.tiles.resize(1);
  program.tiles.resize(1);
  machine::PoolingUnit unit(program);
  std::optional<std::uint64_t> written;
  std::uint8_t mean = 0;
  for (std::uint64_t clock = 0; clock < 100; ++clock) {
    if (unit.out().valid) {
      written = clock;
      mean = unit.out().mean;
    }
    EXPECT_EQ(written.has_value(), clock >= 68) << clock;
    machine::WordToken token;
    token.valid = true;
    token.pixel = clock == 2 ? 0 : clock == 3 ? 1 : 2;
    machine::PoolingUnit::In in;
    if (clock == 2 || clock == 3 || clock == 50) in.token = &token;
    in.byte = clock == 2 ? 10 : clock == 3 ? 21 : 4;
    unit.compute(in);
    unit.commit();
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
