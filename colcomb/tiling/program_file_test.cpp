// Compiled programs are valid, and come back from their files.
#include <gtest/gtest.h>

#include <set>

#include "colcomb/base/error.hpp"
#include "colcomb/tiling/compile.hpp"
#include "tests/support/effort.hpp"
#include "tests/support/random_array.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::tiling {
namespace {

TileProgram random_program(std::uint64_t seed) {
  Random random(seed);
  QuantizedNetwork network = tests::random_quantized_network(random);
  if (random.below(3) == 0) network = tests::with_small_accumulations(network);
  return compile(network, tests::random_array(random, network));
}

TEST(ProgramFile, OfARandomNetworkIsValid) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 1; seed <= tests::cases(1000); ++seed) {
    const TileProgram program = random_program(seed);
    try {
      validate(program, "program");
    } catch (const UserError& error) {
      ADD_FAILURE() << "seed " << seed << ": " << error.what();
    }
    // The rules have something to be tried on.
    for (const Transfer& transfer : program.transfers)
      seen.insert("transfer " + std::to_string(static_cast<int>(transfer.kind)));
    for (const TileSetup& setup : program.tiles) {
      seen.insert("input " + std::to_string(static_cast<int>(setup.input)));
      seen.insert("residual " + std::to_string(static_cast<int>(setup.residual)));
      if (setup.write_count > 0) seen.insert("writes");
    }
    for (const LayerSetup& layer : program.layers) {
      if (layer.table_by_row()) seen.insert("tables by row");
    }
    seen.insert(program.schedule.weights_resident ? "resident" : "read again");
    seen.insert(program.schedule.slots == 1 ? "one slot" : "two slots");
  }
  EXPECT_EQ(seen.size(), 5U + 3 + 3 + 1 + 1 + 2 + 2);
}

TEST(ProgramFile, HoldsWhatWasCompiled) {
  const tests::TemporaryFolder folder;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const TileProgram program = random_program(seed);
    save_tile_program(program, folder / "p");
    EXPECT_EQ(load_tile_program(folder / "p"), program) << "seed " << seed;
  }
}

}  // namespace
}  // namespace colcomb::tiling
