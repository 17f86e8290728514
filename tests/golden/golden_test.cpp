// Files of this version, written once and kept: a reader that no longer understands them has
// changed the format and must raise its version.
#include <gtest/gtest.h>

#include <filesystem>

#include "colcomb/base/files.hpp"
#include "tests/golden/golden_files.hpp"
#include "tests/golden/golden_program.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::tests {
namespace {

const std::filesystem::path kFolder = COLCOMB_GOLDEN_DIR;

TEST(GoldenFiles, ThePackedNetworkHoldsWhatWasWritten) {
  const QuantizedNetwork read = load_packed_network(kFolder / "version4.packed");
  const QuantizedNetwork written = golden_packed_network();
  EXPECT_EQ(read.description.input, written.description.input);
  EXPECT_EQ(read.description.data, written.description.data);
  for (std::size_t i = 0; i < written.layer_count(); ++i) {
    EXPECT_EQ(read.description.layer(i), written.description.layer(i)) << i;
    EXPECT_EQ(read.layer(i), written.layer(i)) << i;
  }
  EXPECT_EQ(read.pooling, written.pooling);
  EXPECT_EQ(read.origin, written.origin);
  EXPECT_EQ(read.samples, written.samples);
  EXPECT_EQ(read, written);
}

TEST(GoldenFiles, TheCheckpointHoldsWhatWasWritten) {
  const Checkpoint read = load_checkpoint(kFolder / "version4.ckpt");
  const Checkpoint written = golden_checkpoint();
  EXPECT_EQ(read.network.description, written.network.description);
  for (std::size_t i = 0; i < written.network.layer_count(); ++i)
    EXPECT_EQ(read.network.layer(i), written.network.layer(i)) << i;
  EXPECT_EQ(read.training.identity, written.training.identity);
  EXPECT_EQ(read.training.optimizer, written.training.optimizer);
  EXPECT_EQ(read.training.history, written.training.history);
  EXPECT_EQ(read, written);
}

TEST(GoldenFiles, TheTileProgramHoldsWhatWasWritten) {
  const TileProgram read = load_tile_program(kFolder / "version4.program");
  const TileProgram written = golden_tile_program();
  EXPECT_EQ(read.array, written.array);
  EXPECT_EQ(read.schedule, written.schedule);
  EXPECT_EQ(read.layers, written.layers);
  EXPECT_EQ(read.tiles, written.tiles);
  EXPECT_EQ(read.lines, written.lines);
  EXPECT_EQ(read.rows, written.rows);
  EXPECT_EQ(read.writes, written.writes);
  EXPECT_EQ(read.transfers, written.transfers);
  EXPECT_EQ(read.weights, written.weights);
  EXPECT_EQ(read.memory, written.memory);
  EXPECT_EQ(read.slots, written.slots);
  EXPECT_EQ(read, written);
}

// One writer gives equal bytes for equal values; another FlatBuffers may lay them out otherwise.
TEST(GoldenFiles, AreAsLargeAsWhatIsWrittenNow) {
  const TemporaryFolder folder;
  save_packed_network(golden_packed_network(), folder / "packed");
  save_checkpoint(golden_checkpoint(), folder / "ckpt");
  save_tile_program(golden_tile_program(), folder / "program");
  const auto close = [](const std::filesystem::path& a, const std::filesystem::path& b) {
    const auto x = static_cast<double>(std::filesystem::file_size(a));
    const auto y = static_cast<double>(std::filesystem::file_size(b));
    return x > 0.9 * y && x < 1.1 * y;
  };
  EXPECT_TRUE(close(folder / "packed", kFolder / "version4.packed"));
  EXPECT_TRUE(close(folder / "ckpt", kFolder / "version4.ckpt"));
  EXPECT_TRUE(close(folder / "program", kFolder / "version4.program"));
}

}  // namespace
}  // namespace colcomb::tests
