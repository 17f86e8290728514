#include "colcomb/artifacts/tile_program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/golden/golden_program.hpp"
#include "tests/support/corruption.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb {
namespace {

using ::testing::HasSubstr;
using tests::golden_tile_program;
using tests::TemporaryFolder;

const tests::Loader kLoadProgram = [](const std::filesystem::path& path) {
  (void)load_tile_program(path);
};

/// A program made wrong, and what is said of it.
struct Broken {
  const char* said;
  void (*edit)(TileProgram&);
};

void expect_each_refused(const std::vector<Broken>& rows) {
  for (const Broken& row : rows) {
    TileProgram program = golden_tile_program();
    row.edit(program);
    try {
      validate(program, "net.program");
      ADD_FAILURE() << "accepted: " << row.said;
    } catch (const UserError& error) {
      EXPECT_THAT(error.what(), HasSubstr(row.said));
      EXPECT_EQ(error.parts().where, "net.program");
    }
  }
}

TEST(TileProgram, TheExampleIsValid) {
  EXPECT_NO_THROW(validate(golden_tile_program(), "net.program"));
}

TEST(TileProgram, ArrayAndLayersKeepTheirRules) {
  expect_each_refused({
      {"array name", [](TileProgram& p) { p.array.name = "\n"; }},
      {"array.rows is '0'", [](TileProgram& p) { p.array.rows = 0; }},
      {"schedule.cross_layer is 'true'",
       [](TileProgram& p) {
         p.array.batch = 1;
         p.array.cross_layer = true;
       }},
      {"channels is '0'", [](TileProgram& p) { p.channels = 0; }},
      {"height is '16385'", [](TileProgram& p) { p.height = 16385; }},
      {"width is '0'", [](TileProgram& p) { p.width = 0; }},
      {"reshape_stride is '3': must be 1 to 64 and divide",
       [](TileProgram& p) { p.reshape_stride = 3; }},
      {"reshape_stride is '0'", [](TileProgram& p) { p.reshape_stride = 0; }},
      {"layers is '1': must be at least 2", [](TileProgram& p) { p.layers.resize(1); }},
      {"schedule.input_in_dram is '3': must have one value per layer",
       [](TileProgram& p) { p.schedule.input_in_dram.pop_back(); }},
      {"schedule.output_in_dram is '5'",
       [](TileProgram& p) { p.schedule.output_in_dram.push_back(0); }},
      {"schedule.waits_for_dram is '0'", [](TileProgram& p) { p.schedule.waits_for_dram.clear(); }},
      {"schedule.residual_kept is '0'", [](TileProgram& p) { p.schedule.residual_kept.clear(); }},
      {"memory.maps is '3'", [](TileProgram& p) { p.memory.maps.pop_back(); }},
      {"tiles is '5': must be as many as the schedule has",
       [](TileProgram& p) { p.tiles.pop_back(); }},
      {"schedule.slots is '0'", [](TileProgram& p) { p.schedule.slots = 0; }},
      {"schedule.slots is '3'", [](TileProgram& p) { p.schedule.slots = 3; }},
      {"name of layer 1", [](TileProgram& p) { p.layers[1].name = "\x80"; }},
      {"layer b: role is '1'", [](TileProgram& p) { p.layers[1].role = LayerRole::kPooled; }},
      {"layer d: role is '0'", [](TileProgram& p) { p.layers[3].role = LayerRole::kHidden; }},
      {"layer b: filters is '0'", [](TileProgram& p) { p.layers[1].filters = 0; }},
      {"layer b: stride is '65'", [](TileProgram& p) { p.layers[1].stride = 65; }},
      {"layer b: sum_height is '0'", [](TileProgram& p) { p.layers[1].sum_height = 0; }},
      {"layer b: sum_width is '4294967295'",
       [](TileProgram& p) { p.layers[1].sum_width = 4294967295U; }},
      {"schedule.pooling_clocks is '3': must have one value per layer",
       [](TileProgram& p) { p.schedule.pooling_clocks.pop_back(); }},
      {"schedule.layer_waits is '2': must have one value per layer, or none",
       [](TileProgram& p) {
         p.schedule.layer_waits = {0, 0};
       }},
      {"layer b: schedule.pooling_clocks is '18': must be those of the layer's poolings",
       [](TileProgram& p) { p.schedule.pooling_clocks[1] = 18; }},
      {"pooling is 'kernel 2, padding 2, 2 windows of 2 pixels': must have a kernel of 1 to 256",
       [](TileProgram& p) { p.layers[0].pooling->pad_top = 2; }},
      {"pooling is 'kernel 0,", [](TileProgram& p) { p.layers[0].pooling->kernel_width = 0; }},
      {"pooling is 'kernel 2, padding 1, 4 windows of 2 pixels': must have 1 to 16384 windows",
       [](TileProgram& p) { p.layers[0].pooling->out_height = 4; }},
      {"pooling is 'kernel 2, padding 1, 2 windows of 2 pixels': must have a pixel in at most",
       [](TileProgram& p) { p.array.pooling_windows = 1; }},
      {"pooling is '65': must have a stride",
       [](TileProgram& p) { p.layers[0].pooling->stride = 65; }},
      {"layer d: pooling is 'present'", [](TileProgram& p) { p.layers[3].pooling.emplace(); }},
      {"layer b: pooling is 'reaches beyond the map'",
       [](TileProgram& p) {
         p.layers[1].pooling.emplace();
         p.layers[1].pooling->kernel_height = p.layers[1].pooling->out_height = 2;
       }},
      {"layer b: fraction_bits is '23'", [](TileProgram& p) { p.layers[1].fraction_bits = 23; }},
      {"layer b: row_exponents is '1': must be absent or have one per filter",
       [](TileProgram& p) { p.layers[1].row_exponents = {1}; }},
      {"layer b: row_exponents is '8': must be 0 to 7",
       [](TileProgram& p) { p.layers[1].row_exponents.resize(p.layers[1].filters, 8); }},
      {"layer b: row_exponents is '0': must be absent where all are 0",
       [](TileProgram& p) { p.layers[1].row_exponents.resize(p.layers[1].filters, 0); }},
      {"layer d: row_exponents is",
       [](TileProgram& p) { p.layers[3].row_exponents.resize(p.layers[3].filters, 1); }},
      {"layer b: table is '255'", [](TileProgram& p) { p.layers[1].table.resize(255); }},
      {"layer d: table is '256': must be absent in the classifier",
       [](TileProgram& p) { p.layers[3].table.resize(256); }},
      {"layer c: pooling_fraction_bits is '9'",
       [](TileProgram& p) { p.layers[2].pooling_fraction_bits = 9; }},
      {"layer b: in_height is '3': must be the size of the map",
       [](TileProgram& p) { p.layers[1].in_height = 3; }},
      {"in_width is '2'", [](TileProgram& p) { p.layers[0].in_width = 2; }},
      {"layer d: in_height is '2'", [](TileProgram& p) { p.layers[3].in_height = 2; }},
      {"source is '0': must be absent", [](TileProgram& p) { p.layers[0].source = 0; }},
      {"layer d: more_inputs is '1': must be none",
       [](TileProgram& p) { p.layers[3].more_inputs.resize(1); }},
      {"layer c: source is '2': must be an earlier layer",
       [](TileProgram& p) { p.layers[2].source = 2; }},
      {"layer c: more_inputs is '64': must be at most 63",
       [](TileProgram& p) { p.layers[2].more_inputs.resize(64); }},
      {"layer c: in_height is '99': must be the size of the map",
       [](TileProgram& p) {
         p.layers[2].more_inputs = {{0, 99, 99, 1, 1}};
       }},
      {"layer c: stride is '0'",
       [](TileProgram& p) {
         const LayerSetup& c = p.layers[2];
         p.layers[2].more_inputs = {{1, c.in_height, c.in_width, 0, 1}};
       }},
      {"layer c: first_column_tile is '1': must not be below",
       [](TileProgram& p) {
         const LayerInput input{1, p.layers[2].in_height, p.layers[2].in_width, 1, 2};
         p.layers[2].more_inputs = {input, input};
         p.layers[2].more_inputs[1].first_column_tile = 1;
       }},
      {"layer d: sum_height and sum_width is '1 x 2'",
       [](TileProgram& p) { p.layers[3].sum_width = 2; }},
      {"layer c: residual_stride is '0'", [](TileProgram& p) { p.layers[2].residual_stride = 0; }},
      {"layer b: residual_height is '1': must hold the last pixel",
       [](TileProgram& p) { p.layers[1].residual_height = 1; }},
      {"layer b: residual_width is '0'", [](TileProgram& p) { p.layers[1].residual_width = 0; }},
      {"residual_width is '1': must be 0", [](TileProgram& p) { p.layers[0].residual_width = 1; }},
      {"layer d: residual_height is '1'",
       [](TileProgram& p) { p.layers[3].residual_height = p.layers[3].residual_width = 1; }},
      {"schedule.input_in_dram is '2'", [](TileProgram& p) { p.schedule.input_in_dram[0] = 2; }},
      {"layer c: schedule.input_in_dram is '1': must be 0 if a layer that it reads",
       [](TileProgram& p) { p.schedule.input_in_dram[2] = 1; }},
      {"layer c: schedule.output_in_dram is '1'",
       [](TileProgram& p) { p.schedule.output_in_dram[2] = 1; }},
      {"layer c: schedule.residual_kept is '1'",
       [](TileProgram& p) { p.schedule.residual_kept[2] = 1; }},
      {"layer b: keep is 'false'", [](TileProgram& p) { p.layers[1].keep = false; }},
      {"layer b: to_dram is 'true'", [](TileProgram& p) { p.layers[1].to_dram = true; }},
      {"layer d: to_dram is 'false'", [](TileProgram& p) { p.layers[3].to_dram = false; }},
  });
}

TEST(TileProgram, MemoryKeepsItsRules) {
  expect_each_refused({
      {"weights is '39': must be whole bursts", [](TileProgram& p) { p.weights.pop_back(); }},
      {"memory.weights is '66': must be a multiple", [](TileProgram& p) { p.memory.weights = 66; }},
      {"memory.maps is '100': must lie behind", [](TileProgram& p) { p.memory.maps[0] = 100; }},
      {"memory.maps is '104': must be 0", [](TileProgram& p) { p.memory.maps[1] = 104; }},
      {"memory.batches is '108': must lie behind", [](TileProgram& p) { p.memory.batches = 108; }},
      {"memory.batches is '1099511627760': must end within 2^40",
       [](TileProgram& p) { p.memory.batches = (1ULL << 40U) - 16; }},
      {"memory.weights is '18446744073709551612': must end within",
       [](TileProgram& p) { p.memory.weights = ~3ULL; }},
      {"memory.logits is '20'", [](TileProgram& p) { p.memory.logits = 20; }},
      {"memory.batch_bytes is '28'", [](TileProgram& p) { p.memory.batch_bytes = 28; }},
      {"slots.images is '10': must be whole bursts", [](TileProgram& p) { p.slots.images = 10; }},
      {"slots.images is '20': must fit", [](TileProgram& p) { p.slots.images = 20; }},
      {"slots.input is '12': must fit", [](TileProgram& p) { p.slots.input = 12; }},
      {"slots.residual is '12': must fit", [](TileProgram& p) { p.slots.residual = 12; }},
      {"slots.output is '18446744073709551612'", [](TileProgram& p) { p.slots.output = ~3ULL; }},
      {"slots.weights is '4': must be a full tile's", [](TileProgram& p) { p.slots.weights = 4; }},
      {"slots.weights is '8': must fit", [](TileProgram& p) { p.array.weight_bytes = 15; }},
      {"weights is '40': must fit the weight buffer",
       [](TileProgram& p) {
         p.schedule.weights_resident = true;
         p.slots.weights = 0;
       }},
      {"lines is '19'", [](TileProgram& p) { p.lines.resize(19); }},
      {"writes is '9'", [](TileProgram& p) { p.writes.resize(9); }},
      {"bank_numbers is '2'", [](TileProgram& p) { p.bank_numbers[1] = 2; }},
  });
}

TEST(TileProgram, TilesKeepTheirRules) {
  expect_each_refused({
      {"tile 0: layer is '1'", [](TileProgram& p) { p.schedule.tiles[0].layer = 1; }},
      {"tile 3: layer is '0'", [](TileProgram& p) { p.schedule.tiles[3].layer = 0; }},
      {"tile 5: layer is '4'", [](TileProgram& p) { p.schedule.tiles[5].layer = 4; }},
      {"layer b: row tiles is '1'",
       [](TileProgram& p) {
         p.schedule.tiles.erase(p.schedule.tiles.begin() + 2);
         p.tiles.erase(p.tiles.begin() + 2);
       }},
      {"layer c: row tiles is '1'",
       [](TileProgram& p) {
         for (Tile* const tile : {&p.schedule.tiles[3], &p.schedule.tiles[4]})
           tile->words = tile->outputs = 1;
       }},
      {"tile 1: output pixels is '3': must be as many as the tile's words complete",
       [](TileProgram& p) { p.schedule.tiles[1].outputs = 3; }},
      {"tile 0: window_entry is '4': must leave out_width words",
       [](TileProgram& p) { p.tiles[0].window_entry = 4; }},
      {"tiles is '5': must be those of all layers",
       [](TileProgram& p) {
         p.schedule.tiles.pop_back();
         p.tiles.pop_back();
       }},
      {"tiles is '0'",
       [](TileProgram& p) {
         p.schedule.tiles.clear();
         p.tiles.clear();
       }},
      {"tile 1: row_begin is '1'", [](TileProgram& p) { p.schedule.tiles[1].row_begin = 1; }},
      {"tile 2: row_begin is '4'", [](TileProgram& p) { p.schedule.tiles[2].row_begin = 4; }},
      {"tile 2: rows is '2'", [](TileProgram& p) { p.schedule.tiles[2].rows = 2; }},
      {"tile 2: rows is '0'", [](TileProgram& p) { p.schedule.tiles[2].rows = 0; }},
      {"tile 0: groups is '3'", [](TileProgram& p) { p.schedule.tiles[0].groups = 3; }},
      {"tile 0: nonzeros is '5'", [](TileProgram& p) { p.schedule.tiles[0].nonzeros = 5; }},
      {"tile 0: words is '0 from 0 on'", [](TileProgram& p) { p.schedule.tiles[0].words = 0; }},
      {"tile 0: words is '18446744073709551615 from 1 on'",
       [](TileProgram& p) {
         p.schedule.tiles[0].word_begin = 1;
         p.schedule.tiles[0].words = ~0ULL;
       }},
      {"tile 0: word_begin is '1': must be where",
       [](TileProgram& p) {
         p.schedule.tiles[0].word_begin = 1;
         p.schedule.tiles[0].words = 3;
       }},
      {"tile 0: first is 'false'", [](TileProgram& p) { p.schedule.tiles[0].first = false; }},
      {"tile 4: first is 'true'", [](TileProgram& p) { p.schedule.tiles[4].first = true; }},
      {"tile 5: first is 'true': must be false until",
       [](TileProgram& p) {
         p.schedule.tiles[4].last = false;
         p.tiles[4].write_count = 0;
         p.schedule.tiles[4].write_clocks = 0;
       }},
      {"tile 4: column_tile is '1'", [](TileProgram& p) { p.schedule.tiles[3].last = true; }},
      {"tile 4: column_tile is '2'", [](TileProgram& p) { p.schedule.tiles[4].column_tile = 2; }},
      {"tile 4: words is '1 from 0 on': must be those of the column tile",
       [](TileProgram& p) { p.schedule.tiles[4].words = 1; }},
      {"last tile is '5'",
       [](TileProgram& p) {
         p.schedule.tiles[5].last = false;
         p.tiles[5].outputs = 0;
       }},
      {"tile 2: after_all is 'true'", [](TileProgram& p) { p.tiles[2].after_all = true; }},
      {"tile 1: after_all is 'false'", [](TileProgram& p) { p.tiles[1].after_all = false; }},
      {"tile 1: after_all is 'true'",
       [](TileProgram& p) {
         p.schedule.layer_waits = {0, 100, 0, 0};
       }},
      {"tile 1: fetch_after_all is 'true'",
       [](TileProgram& p) { p.schedule.waits_for_dram[1] = 0; }},
      {"tile 2: fetch_after_all is 'true'",
       [](TileProgram& p) { p.tiles[2].fetch_after_all = true; }},
      {"tile 0: line_count is '4': must be at most the array's alpha",
       [](TileProgram& p) { p.tiles[0].line_count = 4; }},
      {"tile 5: line_begin is '8'", [](TileProgram& p) { p.tiles[5].line_begin = 8; }},
      {"tile 5: line_begin is '4294967295'",
       [](TileProgram& p) { p.tiles[5].line_begin = 4294967295U; }},
      {"tile 3: rows from row_begin is '7'", [](TileProgram& p) { p.tiles[3].row_begin = 7; }},
      {"tile 4: write_begin is '4'", [](TileProgram& p) { p.tiles[4].write_begin = 4; }},
      {"tile 4: read_begin is '17'", [](TileProgram& p) { p.tiles[4].read_begin = 17; }},
      {"tile 5: output_begin is '17'", [](TileProgram& p) { p.tiles[5].output_begin = 17; }},
      {"tile 0: read_clocks is '1'", [](TileProgram& p) { p.schedule.tiles[0].read_clocks = 1; }},
      {"tile 1: write_clocks is '0'", [](TileProgram& p) { p.schedule.tiles[1].write_clocks = 0; }},
      {"tile 0: interval is '7'", [](TileProgram& p) { p.schedule.tiles[0].interval = 7; }},
      {"tile 0: input is '1'", [](TileProgram& p) { p.tiles[0].input = InputSource::kKept; }},
      {"tile 0: input is '0'", [](TileProgram& p) { p.tiles[0].input = InputSource::kNone; }},
      {"tile 1: input is '2'", [](TileProgram& p) { p.tiles[1].input = InputSource::kImage; }},
      {"tile 0: new_block is 'false'", [](TileProgram& p) { p.tiles[0].new_block = false; }},
      {"tile 3: new_block is 'true'", [](TileProgram& p) { p.tiles[3].new_block = true; }},
      {"tile 4: residual is '1'", [](TileProgram& p) { p.tiles[4].residual = InputSource::kKept; }},
      {"tile 3: residual is '2'",
       [](TileProgram& p) { p.tiles[3].residual = InputSource::kImage; }},
      {"tile 3: residual is '0'", [](TileProgram& p) { p.tiles[3].residual = InputSource::kNone; }},
      {"tile 3: new_residual_block is 'true'",
       [](TileProgram& p) { p.tiles[3].new_residual_block = true; }},
      {"tile 0: write_count is '1'",
       [](TileProgram& p) {
         p.tiles[0].write_count = 1;
         p.schedule.tiles[0].write_clocks = 1;
       }},
      {"tile 1: outputs is '1'", [](TileProgram& p) { p.tiles[1].outputs = 1; }},
  });
}

TEST(TileProgram, AddressesLieInTheirBanks) {
  expect_each_refused({
      {"tile 1: input_offset is '9223372036854775807'",
       [](TileProgram& p) { p.tiles[1].input_offset = INT64_MAX; }},
      {"tile 1: residual_offset is '-9223372036854775808'",
       [](TileProgram& p) { p.tiles[1].residual_offset = INT64_MIN; }},
      {"tile 0: line is '1 of bank 0 reads bytes 5 to 8': must read bytes 0 to 7",
       [](TileProgram& p) {
         p.lines[2] = {5, 0, 0, 0, true};
       }},
      {"tile 0: line is '0 of bank 0 reads bytes -1 to 2'",
       [](TileProgram& p) { p.tiles[0].input_offset = -1; }},
      {"tile 1: line is '0 of bank 0 reads bytes 15 to 18': must read bytes 16 to 23",
       [](TileProgram& p) { p.tiles[1].input_offset = 15; }},
      {"tile 3: line is '0 of bank 1 reads bytes 14 to 16': must read bytes 0 to 15",
       [](TileProgram& p) {
         p.lines[9] = {14, 0, 0, 0, true};
       }},
      {"tile 0: line's dy is '-32769'", [](TileProgram& p) { p.lines[0].dy = -32769; }},
      {"tile 0: line's dx is '2147483647'", [](TileProgram& p) { p.lines[0].dx = 2147483647; }},
      {"tile 1: residual of row is '1 of bank 0 reads bytes 5 to 8'",
       [](TileProgram& p) { p.rows[3].residual_address = 5; }},
      {"tile 3: residual of row is '0 of bank 0 reads bytes 16 to 18': must read bytes 0 to 17",
       [](TileProgram& p) { p.rows[5].residual_address = 16; }},
      {"tile 2: keep_address is '15'", [](TileProgram& p) { p.rows[4].keep_address = 15; }},
      {"tile 3: partial_sum_words is '1': must hold",
       [](TileProgram& p) { p.tiles[3].partial_sum_words = 1; }},
      {"tile 4: partial_sum_words is '3': must leave",
       [](TileProgram& p) { p.tiles[4].partial_sum_words = 3; }},
      {"tile 3: partial_sum_words is '2': must leave",
       [](TileProgram& p) { p.array.partial_sum_bytes = 11; }},
      {"tile 0: output_offset is '-1'", [](TileProgram& p) { p.tiles[0].output_offset = -1; }},
      {"tile 0: output_row_bytes is '13'",
       [](TileProgram& p) { p.tiles[0].output_row_bytes = 13; }},
      {"tile 5: output_row_bytes is '8'", [](TileProgram& p) { p.tiles[5].output_offset = 9; }},
      {"tile 4: pooling_entry is '1'", [](TileProgram& p) { p.tiles[4].pooling_entry = 1; }},
      {"tile 4: pooling_entry is '4294967295'",
       [](TileProgram& p) { p.tiles[4].pooling_entry = 4294967295U; }},
      {"tile 2: write's row is '1'", [](TileProgram& p) { p.writes[5].row = 1; }},
      {"tile 1: write's address is '13'", [](TileProgram& p) { p.writes[2].address = 13; }},
      {"tile 4: write's address is '15'", [](TileProgram& p) { p.writes[8].address = 15; }},
  });
}

TEST(TileProgram, TransfersKeepTheirRules) {
  expect_each_refused({
      {"schedule.initial_weight_bytes is '4'",
       [](TileProgram& p) { p.schedule.initial_weight_bytes = 4; }},
      {"initial is '1'", [](TileProgram& p) { p.initial = {p.transfers[0]}; }},
      {"transfer 0: kind is '4'",
       [](TileProgram& p) { p.transfers[0].kind = TransferKind::kOutput; }},
      {"transfer 5: kind is '0'",
       [](TileProgram& p) { p.transfers[5].kind = TransferKind::kWeights; }},
      {"transfer 1: kind is '2'",
       [](TileProgram& p) { p.transfers[1].kind = TransferKind::kInput; }},
      {"transfer 12: kind is '2'",
       [](TileProgram& p) { p.transfers[12].kind = TransferKind::kInput; }},
      {"transfer 13: kind is '3'",
       [](TileProgram& p) { p.transfers[13].kind = TransferKind::kResidual; }},
      {"tile 0: weight_bytes is '4'",
       [](TileProgram& p) {
         p.transfers[0].bursts = 2;
         p.schedule.tiles[0].weight_bytes = 4;
       }},
      {"tile 1: input_bytes is '0'", [](TileProgram& p) { p.schedule.tiles[1].input_bytes = 0; }},
      {"tile 5: output_bytes is '4'", [](TileProgram& p) { p.schedule.tiles[5].output_bytes = 4; }},
      {"tile 4: reads is '2': must have one transfer of weights",
       [](TileProgram& p) {
         p.tiles[4].read_begin = 12;
         p.tiles[4].reads = 2;
         p.schedule.tiles[4].weight_bytes = 12;
       }},
      {"transfer 0: bursts is '0'", [](TileProgram& p) { p.transfers[0].bursts = 0; }},
      {"transfer 0: dram is '66'", [](TileProgram& p) { p.transfers[0].dram = 66; }},
      {"transfer 0: dram is '60'", [](TileProgram& p) { p.transfers[0].dram = 60; }},
      {"transfer 15: dram is '100'", [](TileProgram& p) { p.transfers[15].bursts = 2; }},
      {"transfer 15: dram is '18446744073709551612'",
       [](TileProgram& p) { p.transfers[15].dram = ~3ULL; }},
      {"transfer 0: dram is '64'", [](TileProgram& p) { p.transfers[0].bursts = 4294967295U; }},
      {"transfer 0: address is '4'", [](TileProgram& p) { p.transfers[0].address = 4; }},
      {"transfer 0: address is '0': must leave its bursts in the bank",
       [](TileProgram& p) { p.transfers[0].bursts = 3; }},
      {"transfer 0: bank_begin is '1'", [](TileProgram& p) { p.transfers[0].bank_begin = 1; }},
      {"transfer 0: banks is '1'", [](TileProgram& p) { p.transfers[0].banks = 1; }},
      {"transfer 0: per_batch is 'true'", [](TileProgram& p) { p.transfers[0].per_batch = true; }},
      {"transfer 0: skip and bytes is '1 and 0'", [](TileProgram& p) { p.transfers[0].skip = 1; }},
      {"transfer 1: per_batch is 'false'",
       [](TileProgram& p) { p.transfers[1].per_batch = false; }},
      {"transfer 1: dram is '144'", [](TileProgram& p) { p.transfers[1].dram = 144; }},
      {"transfer 1: address is '8'", [](TileProgram& p) { p.transfers[1].address = 8; }},
      {"transfer 1: address is '2'", [](TileProgram& p) { p.transfers[1].address = 2; }},
      {"transfer 1: banks is '0'", [](TileProgram& p) { p.transfers[1].banks = 0; }},
      {"transfer 3: banks is '2'", [](TileProgram& p) { p.transfers[3].banks = 2; }},
      {"transfer 3: banks is '1'", [](TileProgram& p) { p.transfers[3].bank_begin = 4294967295U; }},
      {"transfer 8: per_batch is 'true'", [](TileProgram& p) { p.transfers[8].per_batch = true; }},
      {"transfer 8: address is '12'", [](TileProgram& p) { p.transfers[8].address = 12; }},
      {"transfer 8: dram is '128'", [](TileProgram& p) { p.transfers[8].dram = 128; }},
      {"transfer 10: per_batch is 'true'",
       [](TileProgram& p) { p.transfers[10].per_batch = true; }},
      {"transfer 10: dram is '128'", [](TileProgram& p) { p.transfers[10].dram = 128; }},
      {"transfer 10: address is '8'", [](TileProgram& p) { p.transfers[10].address = 8; }},
      {"transfer 10: bank_begin is '1'", [](TileProgram& p) { p.transfers[10].bank_begin = 1; }},
      {"transfer 5: per_batch is 'true'", [](TileProgram& p) { p.transfers[5].per_batch = true; }},
      {"transfer 5: dram is '64'", [](TileProgram& p) { p.transfers[5].dram = 64; }},
      {"transfer 5: address is '16'", [](TileProgram& p) { p.transfers[5].address = 16; }},
      {"transfer 5: bank_begin is '1'", [](TileProgram& p) { p.transfers[5].bank_begin = 1; }},
      {"transfer 5: skip is '4'", [](TileProgram& p) { p.transfers[5].skip = 4; }},
      {"transfer 5: bytes is '0'", [](TileProgram& p) { p.transfers[5].bytes = 0; }},
      {"transfer 5: bytes is '4294967295'",
       [](TileProgram& p) {
         p.transfers[5].skip = 1;
         p.transfers[5].bytes = 4294967295U;
       }},
      {"transfer 16: dram is '128'", [](TileProgram& p) { p.transfers[16].dram = 128; }},
  });
}

TEST(TileProgram, WeightsKeepTheirRules) {
  expect_each_refused({
      {"tile 0: weight_line_bytes is '2'",
       [](TileProgram& p) { p.tiles[0].weight_line_bytes = 2; }},
      {"tile 0: weight_address is '4'", [](TileProgram& p) { p.tiles[0].weight_address = 4; }},
      {"tile 4: weight_bytes is '4': must be the tile's weights",
       [](TileProgram& p) {
         p.transfers[14].bursts = 1;
         p.schedule.tiles[4].weight_bytes = 4;
       }},
      {"tile 0: weights is 'select 3 at row 0, column 1'",
       [](TileProgram& p) { p.weights[3] = 0x18; }},
      {"tile 1: weights is 'select 0 at row 1, column 0'",
       [](TileProgram& p) { p.weights[15] = 0x04; }},
      {"tile 1: weights is 'bit 3 of line 4'", [](TileProgram& p) { p.weights[12] |= 0x08U; }},
  });
}

TileProgram resident_program() {
  TileProgram program = golden_tile_program();
  program.array.weight_bytes = 41;
  program.schedule.weights_resident = true;
  program.schedule.initial_weight_bytes = 40;
  program.slots.weights = 0;
  program.initial = {tests::golden_weights(64, 10)};
  for (std::size_t t = 0; t < program.tiles.size(); ++t) {
    TileSetup& setup = program.tiles[t];
    setup.weight_address = program.transfers[setup.read_begin].dram - 64;
    program.schedule.tiles[t].weight_bytes = 0;
    ++setup.read_begin;
    --setup.reads;
  }
  return program;
}

TEST(TileProgram, ResidentWeightsKeepTheirRules) {
  const TileProgram good = resident_program();
  EXPECT_NO_THROW(validate(good, "p"));
  const auto said = [&](void (*edit)(TileProgram&)) -> std::string {
    TileProgram program = good;
    edit(program);
    try {
      validate(program, "p");
    } catch (const UserError& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_THAT(said([](TileProgram& p) { p.initial.clear(); }), HasSubstr("initial is '0'"));
  EXPECT_THAT(said([](TileProgram& p) { p.initial[0].bursts = 9; }),
              HasSubstr("initial transfer: bursts is '9'"));
  EXPECT_THAT(said([](TileProgram& p) { p.initial[0].kind = TransferKind::kImages; }),
              HasSubstr("initial transfer: kind is '1'"));
  EXPECT_THAT(said([](TileProgram& p) {
                --p.tiles[5].read_begin;
                ++p.tiles[5].reads;
              }),
              HasSubstr("transfer 15: kind is '0': must not be 0 (weights) of a tile"));
  EXPECT_THAT(said([](TileProgram& p) { p.tiles[4].weight_address = 36; }),
              HasSubstr("tile 4: weight_address is '36'"));
  EXPECT_THAT(said([](TileProgram& p) { p.tiles[4].weight_address = ~3ULL; }),
              HasSubstr("tile 4: weight_address is '18446744073709551612'"));
  EXPECT_THAT(said([](TileProgram& p) { p.tiles[5].weight_address = 2; }),
              HasSubstr("tile 5: weight_address is '2'"));
}

TEST(TileProgramFile, RoundTripIsExact) {
  const TemporaryFolder folder;
  for (const TileProgram& program : {golden_tile_program(), resident_program()}) {
    save_tile_program(program, folder / "p");
    EXPECT_EQ(load_tile_program(folder / "p"), program);
    EXPECT_EQ(read_tile_program(read_file(folder / "p"), "p"), program);
  }
}

TEST(TileProgramFile, RefusesEveryTruncationAndFlip) {
  const TemporaryFolder folder;
  save_tile_program(golden_tile_program(), folder / "p");
  const Bytes content = read_file(folder / "p");
  tests::expect_every_truncation_refused(kLoadProgram, content, folder / "t");
  tests::expect_every_flip_refused(kLoadProgram, content, folder / "f");
}

TEST(TileProgramFile, HostilePayloadIsRefusedOrValid) {
  const TemporaryFolder folder;
  save_tile_program(golden_tile_program(), folder / "p");
  const auto refused = tests::count_refused_hostile_payloads(kLoadProgram, read_file(folder / "p"),
                                                             folder / "h", 2000);
  EXPECT_GT(refused, 1000U);
}

TEST(TileProgramFile, FailedSaveKeepsTheOldFile) {
  const TemporaryFolder folder;
  const TileProgram good = golden_tile_program();
  save_tile_program(good, folder / "p");
  TileProgram bad = good;
  bad.reshape_stride = 0;
  EXPECT_THAT(tests::refusal([&](const auto& path) { save_tile_program(bad, path); }, folder / "p"),
              HasSubstr("reshape_stride is '0'"));
  EXPECT_EQ(load_tile_program(folder / "p"), good);
}

}  // namespace
}  // namespace colcomb
