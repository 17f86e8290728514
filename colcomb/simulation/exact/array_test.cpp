#include "colcomb/simulation/exact/array.hpp"

#include <gtest/gtest.h>

#include <array>

#include "colcomb/base/random.hpp"
#include "colcomb/simulation/exact/cell.hpp"

namespace colcomb::simulation {
namespace {

struct Case {
  std::size_t rows;
  std::size_t columns;
};
constexpr std::array kShapes = {Case{1, 1},  Case{3, 5},  Case{7, 9},  Case{64, 1}, Case{65, 2},
                                Case{1, 70}, Case{32, 8}, Case{63, 3}, Case{13, 40}};

ArrayConfig config_of(Random& random, const Case& shape) {
  ArrayConfig config;
  config.rows = shape.rows;
  config.columns = shape.columns;
  config.cell = std::array{CellKind::kBalanced, CellKind::kInterleaved, CellKind::kMultiplexed,
                           CellKind::kParallel}[random.below(4)];
  const bool one_line = config.cell == CellKind::kBalanced || config.cell == CellKind::kInterleaved;
  config.alpha = one_line ? 1 : 1 + random.below(10);
  config.accumulation_bits = 16 + 8 * random.below(3);
  config.double_buffering = random.below(2) == 0;
  return config;
}

SouthInput random_south(Random& random, const ArrayConfig& config, std::size_t rarity) {
  SouthInput input;
  input.start = random.below(3) == 0;
  input.swap = random.below(rarity) == 0;
  input.load_valid = random.below(2) == 0;
  const std::uint64_t lines = (std::uint64_t{1} << config.alpha) - 1;
  input.data = random.below(1U << 20U) & lines;
  input.load = random.below(1U << 20U) & lines;
  if (config.cell != CellKind::kParallel) return input;
  for (std::size_t k = 0; k < config.alpha; ++k) {
    input.data_bytes.push_back(static_cast<std::uint8_t>(random.below(256)));
    input.load_bytes.push_back(static_cast<std::uint8_t>(random.below(256)));
  }
  return input;
}

/// Whatever enters, even what no controller would send, both arrays give the same.
TEST(SlicedArray, EqualsThePlainOneInEveryClock) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Random random(seed);
    const Case& shape = kShapes[seed % kShapes.size()];
    const ArrayConfig config = config_of(random, shape);
    const auto plain = make_plain_array(config);
    const auto sliced = make_sliced_array(config);
    std::vector<SouthInput> south(shape.columns);
    std::vector<std::uint32_t> west(shape.rows);
    const std::size_t rarity = 3 + random.below(40);
    for (int clock = 0; clock < 150; ++clock) {
      for (SouthInput& input : south) input = random_south(random, config, rarity);
      for (std::uint32_t& bits : west) bits = static_cast<std::uint32_t>(random.below(1U << 30U));
      plain->step(south, west);
      sliced->step(south, west);
      for (std::size_t r = 0; r < shape.rows; ++r) {
        const std::uint32_t mask =
            config.cell == CellKind::kParallel ? ~0U : (1U << config.streams()) - 1;
        ASSERT_EQ(plain->east()[r] & mask, sliced->east()[r] & mask)
            << "seed " << seed << " " << name_of(config.cell) << " " << shape.rows << " x "
            << shape.columns << " alpha " << config.alpha << " bits " << config.accumulation_bits
            << " double buffering " << config.double_buffering << " clock " << clock << " row "
            << r;
      }
    }
  }
}

/// One cell, by hand: -3 * 5 + 100 = 85, bit by bit, each bit one clock after it went in.
TEST(PlainArray, MultipliesAndAddsSerially) {
  ArrayConfig config;
  config.rows = config.columns = 1;
  config.alpha = 2;
  config.accumulation_bits = 16;
  const auto array = make_plain_array(config);
  const CellShape shape = shape_of(config);
  const std::uint32_t word = weight_word(-3, 1, config.cell);
  EXPECT_EQ(word, 3U | 1U << 8U | 1U << 9U);  // magnitude, sign, select
  std::vector<SouthInput> south(1);
  std::vector<std::uint32_t> west(1);
  ASSERT_EQ(shape.load_beats, 5U);  // 10 bits, two lines
  for (std::size_t beat = 0; beat < 5; ++beat) {
    const auto lines = beat_of(shape, word, beat);
    south[0] = {};
    south[0].load_valid = true;
    south[0].load = lines[0] | static_cast<std::uint64_t>(lines[1]) << 1U;
    array->step(south, west);
  }
  south[0] = {};
  south[0].swap = true;
  array->step(south, west);
  std::uint32_t result = 0;
  for (unsigned i = 0; i < 16; ++i) {
    south[0] = {};
    south[0].start = i == 0;
    if (i < 8)
      south[0].data = ((5U >> i & 1U) << 1U) | (~5U >> i & 1U);  // line 1; line 0 its opposite
    west[0] = 100U >> i & 1U;                                    // stream 0
    array->step(south, west);
    result |= (array->east()[0] & 1U) << i;
  }
  EXPECT_EQ(result, 85U);
}

}  // namespace
}  // namespace colcomb::simulation
