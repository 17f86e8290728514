#include "colcomb/tiling/compile.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <span>
#include <utility>

#include "colcomb/tiling/tile_clocks.hpp"
#include "tests/support/effort.hpp"
#include "tests/support/random_machine.hpp"
#include "tests/support/small_network.hpp"

namespace colcomb::tiling {
namespace {

constexpr std::uint64_t kCompileSeeds = tests::cases(200);

struct CompiledSample {
  explicit CompiledSample(std::uint64_t seed) {
    Random random(seed);
    auto [random_network, random_config] = tests::random_machine(random);
    network = std::move(random_network);
    config = random_config;
    program = compile(network, config);
  }

  std::span<const Transfer> reads(const TileSetup& setup) const {
    return std::span(program.transfers).subspan(setup.read_begin, setup.reads);
  }
  std::span<const Transfer> outputs(const TileSetup& setup) const {
    return std::span(program.transfers).subspan(setup.output_begin, setup.outputs);
  }
  std::uint64_t bytes(const Transfer& transfer) const {
    return transfer.bursts * config.dram_burst_bytes;
  }
  std::uint64_t bytes(std::span<const Transfer> transfers) const {
    std::uint64_t sum = 0;
    for (const Transfer& transfer : transfers) sum += bytes(transfer);
    return sum;
  }
  const LineDescriptor& line(const TileSetup& setup, std::size_t l, std::size_t column) const {
    return program.lines[(setup.line_begin + l) * config.columns + column];
  }
  const WriteDescriptor& write(const TileSetup& setup, std::size_t w, std::size_t bank) const {
    return program.writes[(setup.write_begin + w) * config.columns + bank];
  }

  QuantizedNetwork network;
  ArrayConfig config;
  TileProgram program;
};

TEST(Compile, TransfersMoveTheBytesOfTheSchedule) {
  for (std::uint64_t seed = 1; seed <= kCompileSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const CompiledSample s(seed);
    const Schedule& schedule = s.program.schedule;
    EXPECT_EQ(s.bytes(s.program.initial), schedule.initial_weight_bytes);
    ASSERT_EQ(s.program.tiles.size(), schedule.tiles.size());
    for (std::size_t t = 0; t < schedule.tiles.size(); ++t) {
      const Tile& tile = schedule.tiles[t];
      const TileSetup& setup = s.program.tiles[t];
      EXPECT_EQ(s.bytes(s.reads(setup)), tile.weight_bytes + tile.input_bytes);
      EXPECT_EQ(s.bytes(s.outputs(setup)), tile.output_bytes);
      EXPECT_EQ((setup.line_count + s.config.bank_ports - 1) / s.config.bank_ports,
                tile.groups == 0 ? 0 : tile.read_clocks);
      EXPECT_EQ((setup.write_count + s.config.bank_ports - 1) / s.config.bank_ports,
                tile.write_clocks);
      for (const Transfer& transfer : s.outputs(setup)) {
        EXPECT_LT(transfer.skip, s.config.dram_burst_bytes);
        EXPECT_LE(transfer.skip + transfer.bytes, s.bytes(transfer));
        EXPECT_GT(transfer.skip + transfer.bytes + s.config.dram_burst_bytes, s.bytes(transfer));
      }
    }
  }
}

TEST(Compile, EverythingIsWithinItsBank) {
  for (std::uint64_t seed = 1; seed <= kCompileSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const CompiledSample s(seed);
    const SlotBytes& slots = s.program.slots;
    const std::uint64_t columns = s.config.columns;
    const std::uint64_t buses = s.config.row_buses();
    EXPECT_LE(2 * (slots.images + slots.input), s.config.input_bytes / columns);
    EXPECT_LE(2 * slots.residual, s.config.residual_input_bytes / buses);
    EXPECT_LE(2 * slots.output, s.config.output_bytes / buses);
    EXPECT_LE(s.program.schedule.slots * slots.weights, s.config.weight_bytes);
    const std::uint64_t bus_rows = std::min(s.config.rows, s.config.rows_per_bus());
    for (std::size_t t = 0; t < s.program.tiles.size(); ++t) {
      const Tile& tile = s.program.schedule.tiles[t];
      const TileSetup& setup = s.program.tiles[t];
      const LayerSetup& layer = s.program.layers[tile.layer];
      const std::uint64_t plane = std::uint64_t{layer.in_height} * layer.in_width * s.config.batch;
      for (std::size_t l = 0; l < setup.line_count; ++l) {
        for (std::size_t c = 0; c < columns; ++c) {
          const LineDescriptor& line = s.line(setup, l, c);
          if (!line.used) continue;
          if (setup.input == InputSource::kKept) {
            EXPECT_LE(line.address + plane, s.config.data_bytes / columns);
          }
          if (setup.input == InputSource::kImage) {
            EXPECT_LE(line.address + plane, slots.images);
          }
          if (setup.input == InputSource::kBlock) {
            EXPECT_LT(line.address, slots.input);
          }
        }
      }
      for (const Transfer& transfer : s.reads(setup)) {
        const std::uint64_t end = transfer.address + s.bytes(transfer);
        EXPECT_EQ(transfer.dram % s.config.dram_burst_bytes, 0U);
        if (transfer.kind == TransferKind::kImages) {
          EXPECT_LE(end, slots.images);
        }
        if (transfer.kind == TransferKind::kInput) {
          EXPECT_GE(transfer.address, 2 * slots.images);
          EXPECT_LE(end, 2 * slots.images + slots.input);
        }
        if (transfer.kind == TransferKind::kResidual) {
          EXPECT_LE(end, slots.residual);
        }
        if (transfer.kind == TransferKind::kWeights) {
          EXPECT_LE(end, slots.weights);
        }
      }
      for (const Transfer& transfer : s.outputs(setup)) {
        EXPECT_EQ(transfer.dram % s.config.dram_burst_bytes, 0U);
        EXPECT_LE(transfer.address + s.bytes(transfer), slots.output);
      }
      if (!tile.first || !tile.last) {
        EXPECT_LE(bus_rows * setup.partial_sum_words * s.config.accumulation_bits / 8,
                  s.config.partial_sum_bytes / buses);
        EXPECT_GE(setup.partial_sum_words, tile.words);
      }
    }
  }
}

// Two groups share one column: one reads four channels' rows, the other three rows of one channel.
// A bank with two halves of 16 bytes takes either, but not four planes of three rows.
TEST(Compile, PlanesAreNoLongerThanTheirColumnTileReads) {
  QuantizedNetwork network =
      tests::pointwise_network(4, 4, Matrix<std::int8_t>(1, 5, {1, 0, 0, 0, 1}),
                               {{{0, 1, 2, 3}, {4}}}, Matrix<std::int8_t>(1, 1, {1}), {{{0}}});
  LayerDescription& layer = network.description.hidden[0];
  layer.in_channels = network.description.input.channels = 4;
  layer.columns = {{0, 0, 0}, {1, 0, 0}, {2, 0, 0}, {3, 0, 0}, {0, 2, 0}};
  network.hidden[0].padding.resize(4);
  ArrayConfig config;
  config.rows = config.columns = 1;
  config.alpha = 4;
  config.dram_bytes_per_clock = config.dram_burst_bytes = 4;
  config.input_bytes = 32;
  config.partial_sum_bytes = 4;  // one word a block
  const TileProgram program = compile(network, config);
  ASSERT_EQ(program.schedule.input_in_dram[0], 1);
  EXPECT_EQ(program.slots.input, 16U);
}

/// One byte of a plane: channel, index in the batch's plane.
using Byte = std::pair<std::uint64_t, std::uint64_t>;

/// Per bank: what it holds at an address, in the present half.
using Contents = std::map<std::pair<std::uint32_t, std::int64_t>, Byte>;

/// Fills the banks as the transfers of one tile do; false where two of them meet.
bool fill(Contents& contents, const CompiledSample& s, const TileSetup& setup, TransferKind kind,
          std::uint64_t dram_begin, std::uint64_t dram_plane) {
  Contents added;
  for (const Transfer& transfer : s.reads(setup)) {
    if (transfer.kind != kind) continue;
    const std::uint64_t from = transfer.dram - dram_begin;
    for (std::uint64_t b = 0; b < s.bytes(transfer); ++b) {
      for (std::uint32_t i = 0; i < transfer.banks; ++i) {
        const std::uint32_t bank = s.program.bank_numbers[transfer.bank_begin + i];
        const Byte byte = {from / dram_plane, from % dram_plane + b};
        if (!added.emplace(std::pair{bank, static_cast<std::int64_t>(transfer.address + b)}, byte)
                 .second)
          return false;
      }
    }
  }
  contents = std::move(added);
  return true;
}

// Layers that read the input buffer find there, at the address that they compute for a pixel, that
// pixel's byte of their channel.
TEST(Compile, BlocksHoldWhatTheLinesRead) {
  std::size_t reads = 0;
  for (std::uint64_t seed = 1; seed <= kCompileSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const CompiledSample s(seed);
    const std::uint64_t burst = s.config.dram_burst_bytes;
    const std::vector<InputLayout> layouts = [&] {
      std::vector<InputLayout> result;
      for (std::size_t i = 0; i < s.network.layer_count(); ++i) {
        result.push_back(
            input_layout(s.network.layer(i), s.network.description.layer(i), s.config));
      }
      return result;
    }();
    Contents images;
    Contents block;
    for (std::size_t t = 0; t < s.program.tiles.size(); ++t) {
      const Tile& tile = s.program.schedule.tiles[t];
      const TileSetup& setup = s.program.tiles[t];
      if (setup.input == InputSource::kNone || setup.input == InputSource::kKept) continue;
      const LayerDescription& layer = s.network.description.layer(tile.layer);
      const std::uint64_t pixels = layer.in_height * layer.in_width;
      const std::uint64_t plane = (s.config.batch * pixels + burst - 1) / burst * burst;
      const std::uint64_t begin =
          tile.layer == 0 ? s.program.memory.batches : s.program.memory.maps[tile.layer - 1];
      const bool whole = setup.input == InputSource::kImage;
      Contents& contents = whole ? images : block;
      if (setup.new_block) {
        ASSERT_TRUE(fill(contents, s, setup, whole ? TransferKind::kImages : TransferKind::kInput,
                         begin, plane));
      }
      const auto& groups = layouts[tile.layer].column_tiles[tile.column_tile].groups;
      for (std::uint32_t c = 0; c < groups.size(); ++c) {
        const auto& members = s.network.layer(tile.layer).weights.groups.groups[groups[c]];
        for (std::size_t l = 0; l < members.size(); ++l) {
          const LineDescriptor& line = s.line(setup, l, c);
          const Column& column = layer.columns[members[l]];
          ASSERT_TRUE(line.used);
          EXPECT_EQ(line.dy, column.dy);
          EXPECT_EQ(line.dx, column.dx);
          for (std::uint64_t w = tile.word_begin; w < tile.word_begin + tile.words; ++w) {
            const std::uint64_t outputs = layer.words().words();
            const auto p = static_cast<std::int64_t>(w % outputs);
            const auto width = static_cast<std::int64_t>(layer.words().width());
            const auto stride = static_cast<std::int64_t>(layer.stride);
            const std::int64_t y = p / width * stride + column.dy;
            const std::int64_t x = p % width * stride + column.dx;
            if (y < 0 || x < 0 || y >= static_cast<std::int64_t>(layer.in_height) ||
                x >= static_cast<std::int64_t>(layer.in_width))
              continue;
            const std::int64_t pixel = static_cast<std::int64_t>(w / outputs * pixels) +
                                       y * static_cast<std::int64_t>(layer.in_width) + x;
            const auto found =
                contents.find({c, std::int64_t{line.address} + setup.input_offset + pixel});
            ASSERT_NE(found, contents.end()) << "tile " << t << ", column " << c << ", line " << l;
            EXPECT_EQ(found->second, (Byte{column.channel, pixel})) << "tile " << t;
            ++reads;
          }
        }
      }
      for (std::size_t l = 0; l < setup.line_count; ++l) {
        for (std::size_t c = 0; c < s.config.columns; ++c) {
          const bool used = c < groups.size() &&
                            l < s.network.layer(tile.layer).weights.groups.groups[groups[c]].size();
          EXPECT_EQ(s.line(setup, l, c).used, used);
        }
      }
    }
  }
  EXPECT_GT(reads, tests::cases(10000));
}

// What one layer writes to the data buffer is where the next one's lines read it.
TEST(Compile, ALayersWritesAreTheNextOnesReads) {
  std::size_t checked = 0;
  for (std::uint64_t seed = 1; seed <= kCompileSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const CompiledSample s(seed);
    // Per layer: bank, channel, and the address written.
    std::vector<std::map<std::pair<std::size_t, std::uint64_t>, std::uint32_t>> written(
        s.network.layer_count());
    for (std::size_t t = 0; t < s.program.tiles.size(); ++t) {
      const Tile& tile = s.program.schedule.tiles[t];
      const TileSetup& setup = s.program.tiles[t];
      for (std::size_t w = 0; w < setup.write_count; ++w) {
        for (std::size_t bank = 0; bank < s.config.columns; ++bank) {
          const WriteDescriptor& write = s.write(setup, w, bank);
          if (!write.used) continue;
          EXPECT_LT(write.row, tile.rows);
          const auto [found, is_new] =
              written[tile.layer].try_emplace({bank, tile.row_begin + write.row}, write.address);
          EXPECT_EQ(found->second, write.address);
        }
      }
      if (setup.input != InputSource::kKept) continue;
      const auto layout = input_layout(s.network.layer(tile.layer),
                                       s.network.description.layer(tile.layer), s.config);
      const auto& groups = layout.column_tiles[tile.column_tile].groups;
      for (std::size_t c = 0; c < groups.size(); ++c) {
        const auto& members = s.network.layer(tile.layer).weights.groups.groups[groups[c]];
        for (std::size_t l = 0; l < members.size(); ++l) {
          const auto channel = static_cast<std::uint64_t>(
              s.network.description.layer(tile.layer).columns[members[l]].channel);
          const auto found = written[tile.layer - 1].find({c, channel});
          ASSERT_NE(found, written[tile.layer - 1].end());
          EXPECT_EQ(s.line(setup, l, c).address, found->second);
          ++checked;
        }
      }
    }
  }
  EXPECT_GT(checked, tests::cases(1000));
}

// A controller that knows the waits of the program alone decides in the closed form's clocks.
TEST(Compile, WaitsGiveTheClocksOfTheClosedForm) {
  for (std::uint64_t seed = 1; seed <= kCompileSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const CompiledSample s(seed);
    const std::vector<Tile>& tiles = s.program.schedule.tiles;
    TileClocks clocks(s.config, s.program.schedule);
    Clock first = 0;  // decisions of the tile before
    Clock last = 0;
    Clock done = 0;
    for (std::size_t j = 0; j < 2 * tiles.size(); ++j) {
      const Tile& tile = tiles[j % tiles.size()];
      const TileSetup& setup = s.program.tiles[j % tiles.size()];
      const TileTimes times = clocks.next();
      Clock load = times.dram;
      if (j > 0) load = std::max(load, first + setup.load_after_begin);
      Clock send = load + setup.send_after_load;
      if (j > 0) {
        send = std::max(send, last + setup.send_gap);
        send = std::max(send, first + setup.send_after_begin);
        if (setup.after_all) send = std::max(send, done);
      }
      ASSERT_EQ(times.load, load + 3) << "tile " << j;
      ASSERT_EQ(times.begin, send + tile.read_clocks + 4) << "tile " << j;
      first = send;
      last = send + static_cast<Clock>(tile.interval * (tile.words - 1));
      done = times.done;
    }
  }
}

// The regions of the external memory follow each other.
TEST(Compile, RegionsOfMemoryShareNoByte) {
  for (std::uint64_t seed = 1; seed <= kCompileSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const CompiledSample s(seed);
    const MemoryMap& memory = s.program.memory;
    const std::uint64_t burst = s.config.dram_burst_bytes;
    const auto planes = [&](std::uint64_t count, std::uint64_t bytes) {
      return count * ((bytes + burst - 1) / burst * burst);
    };
    std::uint64_t end = memory.weights + s.program.weights.size();
    for (std::size_t i = 0; i < s.network.description.hidden.size(); ++i) {
      if (s.program.schedule.output_in_dram[i] == 0) continue;
      const LayerDescription& layer = s.network.description.layer(i);
      EXPECT_GE(memory.maps[i], end);
      EXPECT_EQ(memory.maps[i] % burst, 0U);
      end = memory.maps[i] +
            planes(layer.out_channels, s.config.batch * layer.out_height() * layer.out_width());
    }
    const LayerDescription& first = s.network.description.layer(0);
    EXPECT_GE(memory.batches, end);
    EXPECT_GE(memory.logits,
              planes(first.in_channels, s.config.batch * first.in_height * first.in_width));
    EXPECT_GE(memory.batch_bytes,
              memory.logits + planes(s.network.description.classes, 4 * s.config.batch));
    for (const std::uint64_t address : {memory.batches, memory.logits, memory.batch_bytes})
      EXPECT_EQ(address % burst, 0U);
  }
}

}  // namespace
}  // namespace colcomb::tiling
