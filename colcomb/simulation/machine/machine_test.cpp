#include "colcomb/simulation/machine/machine.hpp"

#include <gtest/gtest.h>

#include "colcomb/base/check.hpp"
#include "colcomb/simulation/count_difference.hpp"
#include "colcomb/simulation/machine/run_program.hpp"
#include "colcomb/tiling/compile.hpp"
#include "tests/support/effort.hpp"
#include "tests/support/random_machine.hpp"
#include "tests/support/worked_example.hpp"

namespace colcomb::simulation::machine {
namespace {

// The table of docs/reference/cycle-model.md, "Worked example": M, the first weight-load cycle, B,
// the last result, done.
TEST(Machine, EventsOfTheWorkedExample) {
  struct Row {
    std::uint64_t dram, load, begin, result, done;
  };
  const std::vector<Row> expected = {{19, 22, 33, 85, 104},     {28, 33, 71, 123, 142},
                                     {56, 71, 95, 147, 166},    {94, 97, 133, 185, 204},
                                     {120, 133, 210, 246, 247}, {168, 210, 221, 273, 292},
                                     {260, 263, 274, 326, 345}, {267, 274, 298, 350, 369},
                                     {297, 300, 336, 388, 407}, {323, 336, 413, 449, 450}};
  const TileProgram program = tiling::compile(tests::worked_network(), tests::worked_array());
  const std::vector<std::uint8_t> images(2 * 15);
  Machine machine(program, images_in_memory(program, images), {.plain = true});
  machine.run_batches(2);
  for (std::size_t j = 0; j < expected.size(); ++j) {
    const TileRecord& tile = machine.record(j);
    EXPECT_EQ(tile.dram, expected[j].dram) << "tile " << j;
    EXPECT_EQ(tile.load, expected[j].load) << "tile " << j;
    EXPECT_EQ(tile.begin, expected[j].begin) << "tile " << j;
    EXPECT_EQ(tile.last_result, expected[j].result) << "tile " << j;
    EXPECT_EQ(tile.done, expected[j].done) << "tile " << j;
  }
}

TEST(Machine, NothingDependsOnTheOrderOfTheBlocks) {
  for (std::uint64_t seed = 1; seed <= tests::cases(20); ++seed) {
    Random random(seed);
    const tests::Machine sample = tests::random_machine(random);
    const TileProgram program = tiling::compile(sample.network, sample.config);
    const auto images =
        tests::random_images(random, sample.network.description.input, 2 * sample.config.batch);
    const Simulation ordered = run_program(program, images, {});
    const Simulation shuffled = run_program(program, images, {.shuffle = seed});
    EXPECT_EQ(first_count_difference(ordered.result, shuffled.result), "") << "seed " << seed;
    EXPECT_TRUE(ordered.values == shuffled.values) << "seed " << seed;
  }
}

// A program whose words follow each other faster than a row bus can serve its rows.
TEST(Machine, APlantedSecondAccessIsCaught) {
  TileProgram program = tiling::compile(tests::worked_network(), tests::worked_array());
  for (Tile& tile : program.schedule.tiles) tile.interval = 1;
  const std::vector<std::uint8_t> images(15);
  Machine machine(program, images_in_memory(program, images), {});
  EXPECT_THROW(machine.run_batches(1), InternalError);
}

}  // namespace
}  // namespace colcomb::simulation::machine
