#include "colcomb/rtl/memory_images.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <span>

#include "colcomb/base/error.hpp"
#include "colcomb/rtl/bundles.hpp"
#include "colcomb/rtl/program_loads.hpp"
#include "colcomb/tiling/compile.hpp"
#include "tests/support/worked_example.hpp"

namespace colcomb::rtl {
namespace {

TileProgram worked_program() {
  return tiling::compile(tests::worked_network(), tests::worked_array());
}

/// A field of a record.
std::uint64_t value(const Bundle& bundle, const Bits& record, const std::string& name) {
  std::size_t at = 0;
  for (std::size_t i = bundle.fields().size(); i-- > bundle.index(name) + 1;)
    at += bundle.fields()[i].bits;
  std::uint64_t found = 0;
  for (std::size_t b = bundle.fields()[bundle.index(name)].bits; b-- > 0;)
    found = 2 * found + (record[at + b] ? 1 : 0);
  return found;
}

TEST(Bundle, HasTheFirstFieldHighest) {
  const Bundle bundle({{"a", 3}, {"b", 4}, {"c", 2}});
  Values values(bundle);
  values.set("a", 5);
  values.set_modulo("b", -2);
  values.set("c", 1);
  // 101 1110 01
  EXPECT_EQ(hex(values.bits()), "179");
  EXPECT_THROW(values.set("c", 4), InternalError);
  EXPECT_THROW(static_cast<void>(bundle.index("d")), InternalError);
}

// docs/reference/cycle-model.md, "Worked example".
TEST(MachineParameters, AreThoseOfTheWorkedExample) {
  const MachineParameters p = machine_parameters(worked_program(), 1, "worked");
  EXPECT_EQ(p.Rows, 2U);
  EXPECT_EQ(p.Interval, 8U);
  EXPECT_EQ(p.Buses, 1U);
  EXPECT_EQ(p.LoadLines, 2U);
  EXPECT_EQ(p.DataBytes, 100U);
  EXPECT_EQ(p.PartialSums, 6U);
  EXPECT_EQ(p.WindowWords, 10922U);  // 2^17 bytes of 12 each
  EXPECT_EQ(p.AddressBits, 14U);
  EXPECT_EQ(p.LoadLineBits, 4U);   // 2 rows x 5
  EXPECT_EQ(p.ReadClockBits, 2U);  // Q up to 2
  EXPECT_EQ(p.Tiles, 5U);
  EXPECT_EQ(p.Layers, 2U);
  EXPECT_EQ(p.MaxWriteClocks, 2U);
  EXPECT_EQ(p.WriteLines, 3U);    // tile 1 has two lines, tile 3 one
  EXPECT_EQ(p.RowTiles, 3U);      // filters 0 and 1, filter 2, both classes
  EXPECT_EQ(p.PoolEntries, 4U);   // two row tiles of two rows
  EXPECT_EQ(p.PoolSumBits, 10U);  // 3 x 255
  EXPECT_EQ(p.PixelBits, 2U);
}

TEST(MachineParameters, ServeTwoPrograms) {
  const MachineParameters one = machine_parameters(worked_program(), 1, "worked");
  MachineParameters other = one;
  other.Tiles = 3;
  other.WordBits = 9;
  const MachineParameters both = shared_parameters(one, other);
  EXPECT_EQ(both.Tiles, 5U);
  EXPECT_EQ(both.WordBits, 9U);
  other.Columns = 3;
  EXPECT_THROW(static_cast<void>(shared_parameters(one, other)), InternalError);
}

TEST(MachineParameters, RefuseWordsThatOvertakeThoseForTheRows) {
  TileProgram program = worked_program();
  program.tiles[1].send_gap = 1;  // tile 0 reads for two clocks
  try {
    static_cast<void>(machine_parameters(program, 1, "worked"));
    FAIL();
  } catch (const UserError& error) {
    EXPECT_EQ(error.parts().where, "worked");
    EXPECT_EQ(error.parts().field, "tile 1: send_gap");
    EXPECT_EQ(error.parts().value, "1");
  }
}

TEST(MachineParameters, RefuseMoreTablesThanTheStreamCanLoad) {
  TileProgram program = worked_program();
  for (std::size_t n = 0; n < 256; ++n) {
    program.layers.push_back(program.layers[1]);
    program.layers.back().table.assign(kTableEntries, static_cast<std::uint8_t>(n));
  }
  EXPECT_EQ(machine_parameters(program, 1, "worked").Tables, 256U);
  program.layers[0].table.assign(kTableEntries, 0);
  program.layers[0].table[0] = 1;
  try {
    static_cast<void>(machine_parameters(program, 1, "worked"));
    FAIL();
  } catch (const UserError& error) {
    EXPECT_EQ(error.parts().where, "worked");
    EXPECT_EQ(error.parts().field, "different activation tables");
    EXPECT_EQ(error.parts().value, "257");
  }
}

TEST(MachineParameters, RefuseATableForEachRow) {
  TileProgram program = worked_program();
  program.layers[0].table.assign(program.layers[0].filters * kTableEntries, 1);
  try {
    static_cast<void>(machine_parameters(program, 1, "worked"));
    FAIL();
  } catch (const UserError& error) {
    EXPECT_EQ(error.parts().where, "worked");
    EXPECT_EQ(error.parts().field, "layer first: activation table");
    EXPECT_EQ(error.parts().value, "one for each of 3 rows");
  }
}

TEST(MemoryImages, HoldTheWorkedExample) {
  const TileProgram program = worked_program();
  const MachineParameters p = machine_parameters(program, 1, "worked");
  const Bundles bundles(p);
  const MemoryImages images = memory_images(program, p);
  ASSERT_EQ(images.tile.words.size(), 5U);
  const auto of_tile = [&](std::size_t tile, const char* name) {
    return value(bundles.tile_record, images.tile.words[tile], name);
  };
  EXPECT_EQ(of_tile(0, "last"), 0U);
  EXPECT_EQ(of_tile(4, "last"), 1U);
  EXPECT_EQ(of_tile(0, "words_left"), 2U);
  EXPECT_EQ(of_tile(4, "words_left"), 0U);
  EXPECT_EQ(of_tile(3, "rows"), 1U);
  EXPECT_EQ(of_tile(1, "write_clocks"), 2U);
  EXPECT_EQ(of_tile(1, "whole"), 1U);
  EXPECT_EQ(of_tile(1, "first_column"), 0U);
  EXPECT_EQ(of_tile(4, "new_layer"), 1U);
  EXPECT_EQ(of_tile(3, "row_tile"), 1U);
  EXPECT_EQ(of_tile(0, "x_left"), 2U);
  // A map of 1 x 3 pixels: the next image is 3 bytes on, as from its last word 2 + 1.
  EXPECT_EQ(value(bundles.layer_record, images.layer.words[0], "input_image_step"), 1U);
  EXPECT_EQ(value(bundles.layer_record, images.layer.words[0], "pool_pixels"), 3U);
  // Biases are 0, so a row's descriptor is all 0.
  EXPECT_EQ(images.rows.size(), 2U);
  EXPECT_EQ(readmemh_text(images.keeps[1]), "0000\n0000\n0000\n");
  // Whole images, and weights of five tiles: two bursts of tile 4 are its last transfer.
  const auto& reads = images.read.words;
  EXPECT_EQ(value(bundles.read_record, reads.back(), "words"), 6U);
  EXPECT_EQ(value(bundles.read_record, reads.back(), "to_weights"), 1U);
  EXPECT_EQ(value(bundles.read_record, reads.back(), "next_distance"), 1U);
  // Only tile 4 writes: from the opening record four tiles on, then five, a batch's.
  ASSERT_EQ(images.write.words.size(), 3U);
  EXPECT_EQ(value(bundles.write_record, images.write.words[0], "next_distance"), 4U);
  EXPECT_EQ(value(bundles.write_record, images.write.words[2], "next_distance"), 5U);
  EXPECT_EQ(value(bundles.write_record, images.write.words[2], "end"), 4U);
}

TEST(MemoryImages, HaveNoTablesWhereNoLayerHasOne) {
  const TileProgram program = worked_program();
  const MachineParameters p = machine_parameters(program, 1, "worked");
  EXPECT_EQ(p.Tables, 0U);
  EXPECT_EQ(p.TableBits, 0U);
  EXPECT_TRUE(memory_images(program, p).tables.words.empty());
}

TEST(MemoryImages, HoldRowExponentsInFrontOfTheRows) {
  TileProgram program = worked_program();
  EXPECT_EQ(machine_parameters(program, 1, "worked").ExponentBits, 0U);
  LayerSetup& layer = program.layers[0];
  layer.row_exponents.resize(layer.filters, 0);
  layer.row_exponents.back() = 5;
  const MachineParameters p = machine_parameters(program, 1, "worked");
  EXPECT_EQ(p.ExponentBits, 3U);
  const Bundles bundles(p);
  const MemoryImages images = memory_images(program, p);
  std::vector<std::uint64_t> found;  // row tile by row tile, row by row
  for (std::size_t tile = 0; tile < images.rows[0].words.size(); ++tile) {
    for (const MemoryImage& row : images.rows)
      found.push_back(value(bundles.row_descriptor, row.words[tile], "exponent"));
  }
  std::vector<std::uint64_t> expected(found.size(), 0);
  expected[layer.filters - 1] = 5;
  EXPECT_EQ(found, expected);
}

TEST(MemoryImages, HoldEachActivationTableOnce) {
  TileProgram program = worked_program();
  ASSERT_EQ(program.layers.size(), 2U);
  for (std::size_t p = 0; p < kTableEntries; ++p)
    program.layers[1].table.push_back(static_cast<std::uint8_t>(255 - p));
  const auto table_of = [](const TileProgram& of, std::size_t layer) {
    const MachineParameters p = machine_parameters(of, 1, "worked");
    const MemoryImages images = memory_images(of, p);
    EXPECT_EQ(p.Tables * kTableEntries, images.tables.words.size());
    return value(Bundles(p).layer_record, images.layer.words[layer], "table");
  };
  EXPECT_EQ(table_of(program, 0), 0U);
  EXPECT_EQ(table_of(program, 1), 1U);
  program.layers[0].table = program.layers[1].table;
  EXPECT_EQ(table_of(program, 0), 1U);
  EXPECT_EQ(table_of(program, 1), 1U);
  program.layers[0].table[7] = 99;
  EXPECT_EQ(table_of(program, 0), 1U);
  EXPECT_EQ(table_of(program, 1), 2U);

  // Behind the write descriptors, at the place behind the last bank.
  const MachineParameters p = machine_parameters(program, 1, "worked");
  EXPECT_EQ(p.TableBits, 2U);  // 0, 1 and 2
  const std::vector<ProgramLoad> loads = program_loads(memory_images(program, p));
  const std::span tables = std::span(loads).last(2 * kTableEntries);
  for (std::size_t at = 0; at < tables.size(); ++at) {
    EXPECT_EQ(tables[at].memory, 7U);
    EXPECT_EQ(tables[at].place, program.array.columns);
    EXPECT_EQ(tables[at].index, at);
    EXPECT_EQ(tables[at].word.size(), 8U);
  }
  EXPECT_EQ(hex(tables[6].word), "f9");
  EXPECT_EQ(hex(tables[7].word), "63");
  EXPECT_EQ(hex(tables[kTableEntries + 7].word), "f8");
  EXPECT_NE(loads[loads.size() - 1 - tables.size()].place, program.array.columns);
}

TEST(MemoryImages, HaveAnExternalMemory) {
  const TileProgram program = worked_program();
  std::vector<std::uint8_t> batch(program.memory.logits);
  batch[0] = 10;
  batch[5] = 7;
  const auto bytes = dram_image(program, batch);
  EXPECT_EQ(bytes.size(), program.memory.batches + program.memory.batch_bytes);
  EXPECT_TRUE(std::equal(program.weights.begin(), program.weights.end(), bytes.begin()));
  EXPECT_EQ(bytes[program.memory.batches], 10);
  EXPECT_EQ(bytes[program.memory.batches + 5], 7);
  EXPECT_EQ(readmemh_text(std::span(bytes).subspan(program.memory.batches, 6), 4),
            "0000000a\n00000700\n");
}

}  // namespace
}  // namespace colcomb::rtl
