#pragma once

#include <utility>
#include <vector>

#include "colcomb/artifacts/tile_program.hpp"

namespace colcomb::tests {

// A program written by hand, with every kind of source and transfer, in version4.program too. Raw
// images of 1 x 4 x 2 pixels become 4 planes of 2 x 1; layers a (2 filters, from whole images to
// DRAM), b (3 filters, from blocks, adds a from DRAM, is kept for c), c (2 filters, pooled, two
// column tiles, adds b), and the classifier d (1 class), on 2 x 2 cells that take 2 images
// together.

inline ArrayConfig golden_array() {
  ArrayConfig array;
  array.name = "tiny \xe2\x86\x92";
  array.rows = array.columns = 2;
  array.alpha = 3;
  array.accumulation_bits = 24;
  array.double_buffering = false;
  array.clock_mhz = 125.5;
  array.data_bytes = 32;
  array.input_bytes = 66;
  array.residual_bytes = 18;
  array.residual_input_bytes = 17;
  array.output_bytes = 35;
  array.weight_bytes = 19;
  array.partial_sum_bytes = 13;
  array.pooling_bytes = 31;
  array.pooling_windows = 2;
  array.dram_bytes_per_clock = 2;
  array.dram_burst_bytes = 4;
  array.dram_latency = 5;
  array.order = TileOrder::kOutputMajor;
  array.batch = 2;
  return array;
}

inline std::vector<LayerSetup> golden_layers() {
  LayerSetup a;
  a.name = "a \xe2\x86\x92";
  a.filters = 2;
  a.in_height = a.sum_height = 2;
  a.in_width = a.sum_width = 1;
  a.fraction_bits = 7;
  a.pooling_fraction_bits = 3;
  a.to_dram = true;
  a.pooling = PoolingWindow{.kind = PoolingKind::kMean,
                            .kernel_height = 2,
                            .pad_top = 1,
                            .out_height = 2,
                            .count_padding = true};
  LayerSetup b = a;
  b.name = "b";
  b.pooling.reset();
  b.filters = 3;
  b.fraction_bits = 22;
  b.residual_height = 2;
  b.residual_width = 1;
  b.keep = true;
  b.to_dram = false;
  LayerSetup c = b;
  c.name = "c";
  c.role = LayerRole::kPooled;
  c.filters = 2;
  c.stride = c.residual_stride = 2;
  c.sum_height = 1;
  c.fraction_bits = 0;
  c.keep = false;
  LayerSetup d;
  d.name = "d";
  d.role = LayerRole::kClassifier;
  d.filters = d.in_height = d.in_width = d.sum_height = d.sum_width = 1;
  d.fraction_bits = 11;
  d.pooling_fraction_bits = 3;
  d.to_dram = true;
  return {a, b, c, d};
}

inline Schedule golden_schedule() {
  Schedule schedule;
  schedule.input_in_dram = {0, 1, 0, 0};
  schedule.output_in_dram = {1, 0, 0, 0};
  schedule.waits_for_dram = {0, 1, 0, 0};
  schedule.residual_kept = {0, 1, 0, 0};
  schedule.pooling_clocks = {20, 0, 18, 0};
  schedule.slots = 2;
  // layer, first row, rows, column tile, groups, first word, words, outputs, first, last, K, Q, Z,
  // nonzeros, reads, writes, bytes of weights, inputs, outputs
  schedule.tiles = {{0, 0, 2, 0, 2, 0, 4, 4, true, true, 8, 2, 0, 4, 14, 0, 8, 16, 8},
                    {1, 0, 2, 0, 1, 0, 4, 4, true, true, 9, 2, 2, 2, 8, 8, 8, 16, 0},
                    {1, 2, 1, 0, 1, 0, 4, 4, true, true, 8, 2, 1, 1, 8, 8, 4, 0, 0},
                    {2, 0, 2, 0, 2, 0, 2, 2, true, false, 8, 2, 0, 3, 6, 0, 8, 0, 0},
                    {2, 0, 2, 1, 1, 0, 2, 2, false, true, 8, 1, 2, 2, 2, 4, 8, 0, 0},
                    {3, 0, 1, 0, 1, 0, 2, 2, true, true, 8, 2, 0, 1, 4, 0, 4, 0, 8}};
  return schedule;
}

inline Transfer golden_weights(std::uint64_t dram, std::uint32_t bursts) {
  Transfer transfer;
  transfer.dram = dram;
  transfer.bursts = bursts;
  return transfer;
}

inline std::vector<Transfer> golden_transfers() {
  const auto images = TransferKind::kImages;
  const auto input = TransferKind::kInput;
  const auto residual = TransferKind::kResidual;
  const auto output = TransferKind::kOutput;
  return {
      golden_weights(64, 2),
      // kind, per batch, DRAM, bursts, address, skip, bytes, first of bank_numbers or bus, banks
      {images, true, 128, 1, 0, 0, 0, 0, 1},
      {images, true, 132, 1, 4, 0, 0, 0, 1},
      {images, true, 136, 1, 0, 0, 0, 1, 1},
      {images, true, 140, 1, 4, 0, 0, 1, 1},
      {output, false, 104, 1, 0, 0, 4, 0, 0},
      {output, false, 108, 1, 4, 0, 4, 0, 0},
      golden_weights(72, 2),
      {input, false, 104, 1, 16, 0, 0, 0, 2},
      {input, false, 108, 1, 20, 0, 0, 0, 1},
      {residual, false, 104, 1, 0, 0, 0, 0, 0},
      {residual, false, 108, 1, 4, 0, 0, 0, 0},
      golden_weights(80, 1),
      golden_weights(84, 2),
      golden_weights(92, 2),
      golden_weights(100, 1),
      {output, true, 144, 2, 0, 0, 8, 0, 0}};
}

inline std::vector<TileSetup> golden_tiles() {
  std::vector<TileSetup> tiles(6);
  const auto set = [&](std::size_t index, InputSource input, std::pair<int, int> lines, int rows,
                       std::pair<int, int> writes, std::pair<int, int> reads,
                       std::pair<int, int> outputs) {
    const auto number = [](int value) { return static_cast<std::uint32_t>(value); };
    TileSetup& tile = tiles[index];
    tile.input = input;
    tile.line_begin = number(lines.first);
    tile.line_count = number(lines.second);
    tile.row_begin = number(rows);
    tile.write_begin = number(writes.first);
    tile.write_count = number(writes.second);
    tile.read_begin = number(reads.first);
    tile.reads = number(reads.second);
    tile.output_begin = number(outputs.first);
    tile.outputs = number(outputs.second);
    tile.weight_line_bytes = 1;
    tile.partial_sum_words = index < 3 ? 4 : 2;
    tile.send_gap = number(10) + static_cast<std::uint32_t>(index);
    tile.send_after_load = number(20) + static_cast<std::uint32_t>(index);
    tile.load_after_begin = number(30) + static_cast<std::uint32_t>(index);
  };
  set(0, InputSource::kImage, {0, 2}, 0, {0, 0}, {0, 5}, {5, 2});
  set(1, InputSource::kBlock, {2, 2}, 2, {0, 2}, {7, 5}, {12, 0});
  set(2, InputSource::kBlock, {2, 2}, 4, {2, 1}, {12, 1}, {13, 0});
  set(3, InputSource::kKept, {4, 2}, 5, {0, 0}, {13, 1}, {14, 0});
  set(4, InputSource::kKept, {6, 1}, 5, {3, 2}, {14, 1}, {15, 0});
  set(5, InputSource::kKept, {7, 2}, 7, {0, 0}, {15, 1}, {16, 1});
  tiles[0].new_block = tiles[1].new_block = true;
  tiles[1].input_offset = tiles[2].input_offset = 16;
  tiles[1].residual = tiles[2].residual = InputSource::kBlock;
  tiles[1].new_residual_block = tiles[2].new_residual_block = true;
  tiles[3].residual = InputSource::kKept;
  tiles[0].output_row_bytes = 4;
  tiles[5].output_row_bytes = 8;
  tiles[2].pooling_entry = 2;
  tiles[4].send_after_begin = 30;
  tiles[1].after_all = tiles[3].after_all = tiles[5].after_all = true;
  tiles[1].fetch_after_all = true;
  return tiles;
}

inline TileProgram golden_tile_program() {
  TileProgram program;
  program.array = golden_array();
  program.channels = 1;
  program.height = 4;
  program.width = 2;
  program.reshape_stride = 2;
  program.schedule = golden_schedule();
  program.layers = golden_layers();
  program.tiles = golden_tiles();
  // Two columns a line: address, dy, dx, padding, used.
  program.lines = {{0, 0, 0, 9, true},  {0, 0, 0, 7, true},    // a
                   {4, -1, 0, 8, true}, {4, 1, 0, 255, true},  //
                   {0, 0, 0, 0, true},  {},                    // b
                   {4, 0, 0, 0, true},  {},                    //
                   {0, 0, 0, 1, true},  {8, 0, -1, 2, true},   // c, column tile 0
                   {4, 1, 0, 3, true},  {},                    //
                   {8, 1, 0, 4, true},  {},                    // c, column tile 1
                   {12, 0, 0, 0, true}, {},                    // d
                   {14, 0, 0, 0, true}, {}};
  // Bias, adds a residual, its address, where the row is kept.
  program.rows = {{-2147483647 - 1, false, 0, 0},
                  {2147483647, false, 0, 0},
                  {3, true, 0, 0},
                  {-4, true, 4, 4},
                  {5, false, 0, 8},
                  {6, true, 0, 0},
                  {7, true, 4, 0},
                  {8, false, 0, 0}};
  // Two banks a write: address, row, used.
  program.writes = {{0, 0, true},  {},            // b, rows 0 and 1
                    {4, 1, true},  {},            //
                    {8, 0, true},  {8, 0, true},  // b, row 2
                    {12, 0, true}, {},            // c
                    {14, 1, true}, {}};
  program.transfers = golden_transfers();
  program.bank_numbers = {0, 1};
  // A byte is a weight-load cycle: 3 bits a column. The last one of a row has the select.
  program.weights = {0x01, 0x02, 0x04, 0x09, 0x08, 0x10, 0x20, 0x11,  // a
                     0x07, 0x06, 0x05, 0x01, 0x04, 0x03, 0x02, 0x00,  // b, rows 0 and 1
                     0x01, 0x00, 0x04, 0x02,                          // b, row 2
                     0x11, 0x12, 0x14, 0x08, 0x21, 0x22, 0x24, 0x02,  // c, column tile 0
                     0x01, 0x01, 0x01, 0x00, 0x02, 0x02, 0x02, 0x00,  // c, column tile 1
                     0x05, 0x00, 0x00, 0x01};                         // d
  program.memory = {64, {104, 0, 0, 0}, 128, 16, 24};
  program.slots = {8, 8, 8, 16, 8};
  return program;
}

}  // namespace colcomb::tests
