#include "colcomb/tiling/pipeline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "colcomb/base/error.hpp"
#include "colcomb/tiling/pipeline_clocks.hpp"
#include "tests/support/effort.hpp"
#include "tests/support/random_machine.hpp"
#include "tests/support/small_network.hpp"

namespace colcomb::tiling {
namespace {

using testing::AllOf;
using testing::HasSubstr;

ArrayConfig pipelined_array() {
  ArrayConfig config;
  config.alpha = 1;
  config.cross_layer = true;
  return config;
}

// 3 x 3 taps on a map of 4 x 5 pixels.
TEST(ReadBox, CountsPixelsUpToTheLastThatIsRead) {
  const ReadBox box{4, 5, 1, -1, 1, -1, 1};
  EXPECT_EQ(box.needed(0, 0), 5U + 2);
  EXPECT_EQ(box.needed(0, 4), 10U);
  EXPECT_EQ(box.needed(2, 3), 20U);
  EXPECT_EQ(box.needed(3, 0), 15U + 2);
  EXPECT_EQ(box.needed(4, 1), 15U + 3);  // a word below the map
  EXPECT_EQ(box.needed(5, 1), 0U);
  const ReadBox left{4, 5, 1, 0, 0, -1, -1};
  EXPECT_EQ(left.needed(2, 0), 0U);
  EXPECT_EQ(left.needed(2, 1), 11U);
}

TEST(ReadBox, CountsPixelsThatNoLaterWordReads) {
  const ReadBox box{4, 5, 1, -1, 1, -1, 1};
  EXPECT_EQ(box.spent(0, 4), 0U);  // row 0 is read again from its begin
  EXPECT_EQ(box.spent(1, 0), 0U);
  EXPECT_EQ(box.spent(1, 3), 2U);
  EXPECT_EQ(box.spent(3, 0), 10U);
  EXPECT_EQ(box.spent(5, 0), 20U);
  const ReadBox strided{4, 5, 2, 0, 0, 0, 0};
  EXPECT_EQ(strided.spent(1, 0), 10U);
  EXPECT_EQ(strided.spent(1, 2), 14U);
}

// Against what all words read, pixel by pixel.
TEST(ReadBox, NeverGivesAwayWhatIsStillRead) {
  Random random(7);
  for (int i = 0; i < 300; ++i) {
    const auto offset = [&random] { return static_cast<std::int32_t>(random.below(7)) - 3; };
    ReadBox box{
        1 + random.below(5), 1 + random.below(5), 1 + random.below(3), offset(), 0, offset(), 0};
    box.most_dy = box.least_dy + static_cast<std::int32_t>(random.below(4));
    box.most_dx = box.least_dx + static_cast<std::int32_t>(random.below(4));
    const std::size_t rows = (box.height + box.stride - 1) / box.stride;
    const std::size_t columns = (box.width + box.stride - 1) / box.stride;
    std::uint64_t first = box.pixels();  // that the words from (y, x) on read
    for (std::size_t word = rows * columns; word-- > 0;) {
      const std::size_t y = word / columns;
      const std::size_t x = word % columns;
      std::uint64_t needed = 0;
      for (std::size_t q = 0; q < box.pixels(); ++q) {
        const auto dy =
            static_cast<std::int32_t>(q / box.width) - static_cast<std::int32_t>(y * box.stride);
        const auto dx =
            static_cast<std::int32_t>(q % box.width) - static_cast<std::int32_t>(x * box.stride);
        if (dy < box.least_dy || dy > box.most_dy || dx < box.least_dx || dx > box.most_dx)
          continue;
        needed = q + 1;
        first = std::min<std::uint64_t>(first, q);
      }
      EXPECT_EQ(box.needed(y, x), needed);
      EXPECT_LE(box.spent(y, x), first);
    }
  }
}

TEST(Pipeline, StagesAreAsLargeAsTheirLayers) {
  const QuantizedNetwork network = tests::dense_network(4, 4, 7, 9, 3);
  const Pipeline pipeline = compile_pipeline(network, pipelined_array());
  ASSERT_EQ(pipeline.stages.size(), 2U);
  EXPECT_EQ(pipeline.stages[0].program.array.rows, 9U);
  EXPECT_EQ(pipeline.stages[0].program.array.columns, 7U);
  EXPECT_EQ(pipeline.stages[1].program.array.rows, 3U);
  EXPECT_EQ(pipeline.stages[1].program.array.columns, 9U);
  EXPECT_EQ(pipeline.stages[0].input.planes, 1U);
  EXPECT_EQ(pipeline.stages[0].input.banks, 7U);
  EXPECT_EQ(pipeline.least_interval(), 16U * 8);
}

// What is possible with the default line buffers needs all of them: one place less somewhere makes
// some networks slower, and none faster.
TEST(Pipeline, DefaultLineBuffersAreNotMuchTooLarge) {
  std::size_t slower = 0;
  std::size_t tried = 0;
  for (std::uint64_t seed = 1; seed <= tests::cases(100); ++seed) {
    Random random(seed);
    tests::Machine machine = tests::random_machine(random);
    tests::set_random_lines(random, machine.network, machine.config);
    machine.config.line_bytes = 0;
    machine.config.input_bytes = 1U << 20U;
    Pipeline pipeline = compile_pipeline(machine.network, machine.config);
    const std::uint64_t interval = steady_interval(pipeline);
    for (Stage& stage : pipeline.stages) {
      if (stage.input.pixels == 1) continue;
      --stage.input.pixels;
      ++tried;
      PipelineClocks clocks(pipeline);
      bool stuck = false;
      for (int image = 0; image < 12; ++image) stuck = stuck || !clocks.next();
      if (stuck || steady_interval(pipeline) > interval) ++slower;
      ++stage.input.pixels;
    }
  }
  EXPECT_GT(slower, tried / 20);
}

TEST(Pipeline, RefusesLineBuffersWithoutRoomForAWord) {
  QuantizedNetwork network = tests::dense_network(4, 4, 2, 2, 3);
  LayerDescription& first = network.description.hidden[0];
  // Both rows of a word's box: five pixels.
  first.columns[0].dy = -1;
  ArrayConfig config = pipelined_array();
  config.line_bytes = 9;
  try {
    static_cast<void>(compile_pipeline(network, config));
    FAIL();
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("layer first: buffers.line_bytes is '9': must hold "
                                              "10 for the pixels that its words read")));
  }
  config.line_bytes = 10;
  EXPECT_EQ(compile_pipeline(network, config).stages[0].input.bytes(), 10U);
}

TEST(Pipeline, RefusesTooFewBytesBehindDram) {
  ArrayConfig config = pipelined_array();
  config.input_bytes = config.dram_burst_bytes + 1;
  try {
    static_cast<void>(compile_pipeline(tests::dense_network(4, 4, 2, 2, 3), config));
    FAIL();
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("layer first: buffers.input_bytes is '65': must hold 66"));
  }
}

}  // namespace
}  // namespace colcomb::tiling
