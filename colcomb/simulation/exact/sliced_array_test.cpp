#include <gtest/gtest.h>

#include <vector>

#include "colcomb/simulation/exact/serial_array.hpp"
#include "tests/support/random_stimulus.hpp"

namespace colcomb::simulation {
namespace {

struct Size {
  std::size_t rows;
  std::size_t columns;
};

ArrayShape serial_shape(Size size, CellKind cell, std::size_t alpha, std::size_t bits,
                        bool double_buffering) {
  ArrayConfig config;
  config.rows = size.rows;
  config.columns = size.columns;
  config.cell = cell;
  config.alpha = alpha;
  config.accumulation_bits = bits;
  config.double_buffering = double_buffering;
  return array_shape(config);
}

std::string describe(const CellOutputs& out) {
  return "data " + std::to_string(out.data) + " load " + std::to_string(out.load) + " acc " +
         std::to_string(out.acc) + " start " + std::to_string(out.start) + " swap " +
         std::to_string(out.swap) + " load_valid " + std::to_string(out.load_valid);
}

/// Every output register of every cell, in every clock.
void expect_equal_arrays(const ArrayShape& shape, std::uint64_t seed, std::size_t clocks) {
  const auto plain = make_plain_array(shape);
  const auto sliced = make_sliced_array(shape);
  tests::RandomStimulus stimulus(shape, seed);
  std::vector<std::uint8_t> acc(shape.streams * shape.rows);
  std::vector<std::uint8_t> start(shape.rows);
  std::vector<std::uint8_t> plain_acc(acc);
  std::vector<std::uint8_t> plain_start(start);
  for (std::size_t clock = 0; clock < clocks; ++clock) {
    const SerialEdge edge = stimulus.next();
    plain->step(edge);
    sliced->step(edge);
    for (std::size_t row = 0; row < shape.rows; ++row) {
      for (std::size_t column = 0; column < shape.columns; ++column) {
        const CellOutputs expected = plain->outputs(row, column);
        const CellOutputs found = sliced->outputs(row, column);
        ASSERT_EQ(found, expected)
            << shape.rows << " x " << shape.columns << ", alpha " << shape.alpha << ", S "
            << shape.streams << ", double buffering " << shape.double_buffering << ", seed " << seed
            << ", clock " << clock << ", cell (" << row << ", " << column
            << "): " << describe(found) << " instead of " << describe(expected);
      }
    }
    plain->east(plain_acc, plain_start);
    sliced->east(acc, start);
    ASSERT_EQ(acc, plain_acc);
    ASSERT_EQ(start, plain_start);
  }
}

TEST(SlicedArray, EveryCellEqualsThePlainOneInEveryClock) {
  const std::vector<Size> sizes = {{1, 1}, {3, 5}, {64, 1}, {65, 2}, {7, 9}, {2, 65}, {17, 8}};
  std::uint64_t seed = 1;
  for (const Size size : sizes) {
    for (const bool double_buffering : {true, false}) {
      for (const std::size_t bits : {16U, 24U, 32U}) {
        const auto check = [&](CellKind cell, std::size_t alpha) {
          expect_equal_arrays(serial_shape(size, cell, alpha, bits, double_buffering), seed++, 250);
        };
        check(CellKind::kBalanced, 1);
        check(CellKind::kInterleaved, 1);
        for (const std::size_t alpha : {1U, 2U, 3U, 8U}) check(CellKind::kMultiplexed, alpha);
      }
    }
  }
  for (const std::size_t alpha : {5U, 9U, 13U, 16U, 33U, 64U}) {
    expect_equal_arrays(serial_shape({5, 3}, CellKind::kMultiplexed, alpha, 32, true), seed++, 250);
  }
}

// Long enough for the moving planes to come round several times.
TEST(SlicedArray, StaysEqualOverThousandsOfClocks) {
  expect_equal_arrays(serial_shape({4, 3}, CellKind::kMultiplexed, 4, 32, true), 99, 5000);
}

/// Sends one word and reads what leaves the array at the east, by hand's clocks: the result's bit b
/// leaves row r, column C - 1 in clock b + r + C.
std::uint32_t one_word(const ArrayShape& shape, std::uint8_t x, std::int32_t weight,
                       std::uint32_t accumulation) {
  const auto array = make_plain_array(shape);
  const std::uint32_t magnitude = static_cast<std::uint32_t>(weight < 0 ? -weight : weight);
  const std::uint32_t load_cycles = magnitude | (weight < 0 ? 256U : 0U);
  for (std::size_t b = 0; b < shape.load_clocks; ++b) {
    SerialEdge edge(shape);
    edge.load_valid.set(0);
    for (std::size_t k = 0; k < shape.alpha; ++k)
      edge.load[k].set(0, ((load_cycles >> (b * shape.alpha + k)) & 1U) != 0);
    array->step(edge);
  }
  SerialEdge swap(shape);
  swap.swap.set(0);
  array->step(swap);
  std::uint32_t result = 0;
  for (std::size_t t = 0; t < shape.accumulation_bits; ++t) {
    SerialEdge edge(shape);
    if (t == 0) edge.start.set(0);
    if (t < 8) edge.data[0].set(0, ((x >> t) & 1U) != 0);
    edge.acc(0, 0) = (accumulation >> t) & 1U;
    array->step(edge);
    result |= std::uint32_t{array->outputs(0, 0).acc & 1U} << t;
  }
  return result;
}

TEST(SerialCell, GivesAccumulationPlusProduct) {
  for (const std::size_t bits : {16U, 24U, 32U}) {
    const ArrayShape shape = serial_shape({1, 1}, CellKind::kMultiplexed, 2, bits, true);
    const std::uint32_t mask = bits == 32 ? ~0U : (1U << bits) - 1;
    for (const int weight : {-128, -127, -1, 0, 1, 3, 127}) {
      for (const unsigned x : {0U, 1U, 128U, 255U}) {
        for (const std::uint32_t acc : {0U, 1U, 0x7fffU, 0xffffffffU, 0x80000000U}) {
          const auto expected =
              (acc + static_cast<std::uint32_t>(weight * static_cast<int>(x))) & mask;
          EXPECT_EQ(one_word(shape, static_cast<std::uint8_t>(x), weight, acc & mask), expected)
              << weight << " * " << x << " + " << acc << " in " << bits << " bits";
        }
      }
    }
  }
}

}  // namespace
}  // namespace colcomb::simulation
