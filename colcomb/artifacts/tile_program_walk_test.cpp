// What validate() promises, tried out: a program made wrong is refused, or all that its words,
// transfers and weights touch lies within the memories, by the formulas of
// docs/reference/tile-program.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "colcomb/artifacts/tile_program.hpp"
#include "tests/golden/golden_program.hpp"
#include "tests/support/corruption.hpp"
#include "tests/support/effort.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb {
namespace {

/// Touches everything that one batch touches, word by word.
class Walk {
 public:
  explicit Walk(const TileProgram& program) : p_(program) {}

  /// Empty, or what lies outside its memory.
  std::string run() {
    for (std::size_t t = 0; t < p_.schedule.tiles.size() && outside_.empty(); ++t) tile(t);
    for (const Transfer& transfer : p_.initial) move(transfer);
    return outside_;
  }

 private:
  void touch(std::int64_t address, std::uint64_t bytes, const char* what) {
    if (address >= 0 && static_cast<std::uint64_t>(address) < bytes) return;
    outside_ =
        std::string(what) + " at " + std::to_string(address) + " of " + std::to_string(bytes);
  }

  void tile(std::size_t index) {
    const Tile& tile = p_.schedule.tiles.at(index);
    const TileSetup& setup = p_.tiles.at(index);
    const LayerSetup& layer = p_.layers.at(tile.layer);
    const WordGrid grid = layer.words();
    const std::uint64_t pixels = grid.words();
    std::int64_t k_out = 0;
    for (std::uint64_t k = 0; k < tile.words && outside_.empty(); ++k) {
      const auto image = static_cast<std::int64_t>((tile.word_begin + k) / pixels);
      const auto y = static_cast<std::int64_t>((tile.word_begin + k) % pixels / grid.width());
      const auto x = static_cast<std::int64_t>((tile.word_begin + k) % grid.width());
      lines(setup, layer, image, y, x);
      const auto pixel =
          grid.completed_by(static_cast<std::size_t>(y), static_cast<std::size_t>(x));
      const auto out = image * static_cast<std::int64_t>(grid.outputs()) +
                       static_cast<std::int64_t>(pixel.value_or(0));
      for (std::uint32_t r = 0; r < tile.rows; ++r) {
        this->row(tile, setup, layer, r, static_cast<std::int64_t>(k), {image, y, x});
        if (tile.last && pixel) result(tile, setup, layer, r, out, k_out);
        windows(setup, layer, r, x);
      }
      const bool pooled = layer.role == LayerRole::kPooled;
      if (pixel) writes(tile, setup, pooled ? image : out);
      if (pixel) ++k_out;
    }
    for (std::uint32_t i = 0; i < setup.reads; ++i) move(p_.transfers.at(setup.read_begin + i));
    for (std::uint32_t i = 0; i < setup.outputs; ++i) move(p_.transfers.at(setup.output_begin + i));
    load(tile, setup);
  }

  struct Word {
    std::int64_t image, y, x;
  };

  void windows(const TileSetup& setup, const LayerSetup& layer, std::uint32_t r, std::int64_t x) {
    if (!layer.pooling) return;
    const auto column = layer.pooling->horizontal().completed_by(static_cast<std::size_t>(x));
    if (!column) return;
    const std::uint64_t word =
        setup.window_entry + r % p_.array.rows_per_bus() * layer.pooling->out_width + *column;
    const std::uint64_t bytes = p_.array.pooling_word_bytes();
    touch(static_cast<std::int64_t>((word + 1) * bytes - 1),
          p_.array.pooling_bytes / p_.array.row_buses(), "line buffer");
  }

  void lines(const TileSetup& setup, const LayerSetup& layer, std::int64_t image, std::int64_t y,
             std::int64_t x) {
    const std::uint64_t columns = p_.array.columns;
    if (setup.line_count > p_.array.alpha) outside_ = "more lines than alpha";
    for (std::uint64_t l = 0; l < setup.line_count; ++l) {
      for (std::uint64_t c = 0; c < columns; ++c) {
        const LineDescriptor& line = p_.lines.at((setup.line_begin + l) * columns + c);
        const std::int64_t row = y * layer.stride + line.dy;
        const std::int64_t column = x * layer.stride + line.dx;
        if (!line.used || row < 0 || row >= layer.in_height || column < 0 ||
            column >= layer.in_width)
          continue;
        const std::int64_t address = line.address + setup.input_offset +
                                     (image * layer.in_height + row) * layer.in_width + column;
        const std::uint64_t input = p_.array.input_bytes / columns;
        const auto turn = [](std::uint64_t slot) { return static_cast<std::int64_t>(slot); };
        if (setup.input == InputSource::kKept)
          touch(address, p_.array.data_bytes / columns, "data");
        if (setup.input == InputSource::kImage) {
          touch(address, input, "image");
          touch(address + turn(p_.slots.images), input, "image, turn 1");
        }
        if (setup.input == InputSource::kBlock) {
          touch(address, input, "block");
          touch(address + turn(p_.slots.input), input, "block, turn 1");
        }
      }
    }
  }

  void row(const Tile& tile, const TileSetup& setup, const LayerSetup& layer, std::uint32_t r,
           std::int64_t k, const Word& w) {
    const std::uint64_t buses = p_.array.row_buses();
    const RowDescriptor& row = p_.rows.at(setup.row_begin + r);
    const std::uint64_t place = r % p_.array.rows_per_bus();
    if (r / p_.array.rows_per_bus() >= buses) outside_ = "bus";
    if (setup.residual != InputSource::kNone && row.has_residual) {
      const std::int64_t pixel =
          (w.image * layer.residual_height + w.y * layer.residual_stride) * layer.residual_width +
          w.x * layer.residual_stride;
      const std::int64_t address = row.residual_address + setup.residual_offset + pixel;
      if (setup.residual == InputSource::kKept) {
        touch(address, p_.array.residual_bytes / buses, "residual");
      } else {
        const auto slot = static_cast<std::int64_t>(p_.slots.residual);
        touch(address, p_.array.residual_input_bytes / buses, "residual block");
        touch(address + slot, p_.array.residual_input_bytes / buses, "residual block, turn 1");
      }
    }
    if (!tile.first || !tile.last) {
      touch(static_cast<std::int64_t>(place * setup.partial_sum_words) + k,
            8 * (p_.array.partial_sum_bytes / buses) / p_.array.accumulation_bits, "partial sum");
    }
  }

  /// Of output pixel `out` of the batch, the tile's `k`-th.
  void result(const Tile& tile, const TileSetup& setup, const LayerSetup& layer, std::uint32_t r,
              std::int64_t out, std::int64_t k) {
    const std::uint64_t buses = p_.array.row_buses();
    const RowDescriptor& row = p_.rows.at(setup.row_begin + r);
    const std::uint64_t place = r % p_.array.rows_per_bus();
    if (!tile.last) return;
    if (layer.keep) touch(row.keep_address + out, p_.array.residual_bytes / buses, "kept");
    if (layer.to_dram) {
      const std::int64_t bytes = layer.role == LayerRole::kClassifier ? 4 : 1;
      const std::int64_t address = static_cast<std::int64_t>(place * setup.output_row_bytes) +
                                   setup.output_offset + bytes * k;
      touch(address, p_.array.output_bytes / buses, "output");
      touch(address + bytes - 1 + static_cast<std::int64_t>(p_.slots.output),
            p_.array.output_bytes / buses, "output, turn 1");
    }
    if (layer.role == LayerRole::kPooled) {
      const std::uint64_t tiles = (layer.filters + p_.array.rows - 1) / p_.array.rows;
      touch(static_cast<std::int64_t>(setup.pooling_entry + place),
            tiles * std::min(p_.array.rows, p_.array.rows_per_bus()), "accumulator");
    }
  }

  void writes(const Tile& tile, const TileSetup& setup, std::int64_t byte) {
    const std::uint64_t columns = p_.array.columns;
    for (std::uint64_t i = 0; i < setup.write_count * columns; ++i) {
      const WriteDescriptor& write = p_.writes.at(setup.write_begin * columns + i);
      if (!write.used) continue;
      touch(write.row, tile.rows, "row");
      touch(write.address + byte, p_.array.data_bytes / columns, "data write");
    }
  }

  void move(const Transfer& transfer) {
    const std::uint64_t bytes = transfer.bursts * std::uint64_t{p_.array.dram_burst_bytes};
    const std::uint64_t end = p_.memory.batches + p_.memory.batch_bytes;
    const std::uint64_t buses = p_.array.row_buses();
    touch(static_cast<std::int64_t>(transfer.dram), end, "DRAM");
    touch(static_cast<std::int64_t>(transfer.dram + bytes - 1), end, "DRAM");
    std::uint64_t bank = p_.array.input_bytes / p_.array.columns;
    std::uint64_t slot = 0;
    switch (transfer.kind) {
      case TransferKind::kWeights:
        bank = p_.array.weight_bytes;
        slot = (p_.schedule.slots - 1) * p_.slots.weights;
        break;
      case TransferKind::kImages:
        slot = p_.slots.images;
        break;
      case TransferKind::kInput:
        slot = p_.slots.input;
        break;
      case TransferKind::kResidual:
        bank = p_.array.residual_input_bytes / buses;
        slot = p_.slots.residual;
        break;
      case TransferKind::kOutput:
        bank = p_.array.output_bytes / buses;
        slot = p_.slots.output;
    }
    touch(static_cast<std::int64_t>(transfer.address + slot + bytes - 1), bank, "transfer");
    for (std::uint32_t b = 0; b < transfer.banks; ++b)
      touch(p_.bank_numbers.at(transfer.bank_begin + b), p_.array.columns, "bank");
    if (transfer.banks == 0 && transfer.kind != TransferKind::kWeights)
      touch(transfer.bank_begin, buses, "bus");
  }

  void load(const Tile& tile, const TileSetup& setup) {
    const std::uint64_t bytes =
        std::uint64_t{tile.rows} * p_.array.load_clocks() * setup.weight_line_bytes;
    if (bytes == 0) return;
    touch(static_cast<std::int64_t>(setup.weight_address + bytes - 1 +
                                    (p_.schedule.slots - 1) * p_.slots.weights),
          p_.array.weight_bytes, "weights");
  }

  const TileProgram& p_;
  std::string outside_;
};

TEST(TileProgramWalk, WhatPassesStaysInItsMemories) {
  const tests::TemporaryFolder folder;
  const TileProgram golden = tests::golden_tile_program();
  EXPECT_EQ(Walk(golden).run(), "");
  save_tile_program(golden, folder / "p");
  const Bytes content = read_file(folder / "p");
  std::size_t passed = 0;
  const std::uint64_t changes = tests::cases(100'000);
  for (std::uint64_t i = 0; i < changes; ++i) {
    Random random = Random::stream(1, 0, i);
    Bytes changed = content;
    for (std::size_t edits = 1 + random.below(3); edits > 0; --edits) {
      const std::size_t at = 32 + random.below(content.size() - 32);
      changed[at] = random.below(2) == 0
                        ? changed[at] ^ static_cast<std::byte>(1U << random.below(8))
                        : static_cast<std::byte>(random.below(256));
    }
    tests::reseal(changed);
    std::optional<TileProgram> program;
    try {
      program = read_tile_program(changed, "p");
    } catch (const UserError&) {
      continue;
    }
    ++passed;
    ASSERT_EQ(Walk(*program).run(), "") << "stream 1, iteration " << i;
  }
  EXPECT_GT(passed, changes / 10);
}

}  // namespace
}  // namespace colcomb
