#include "colcomb/tiling/schedule.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <optional>
#include <set>

#include "colcomb/base/error.hpp"
#include "colcomb/tiling/layout.hpp"
#include "tests/support/random_machine.hpp"
#include "tests/support/small_network.hpp"
#include "tests/support/word_oracle.hpp"

namespace colcomb::tiling {
namespace {

constexpr std::uint64_t kSeeds = 300;

std::uint64_t up(std::uint64_t a, std::uint64_t b) {
  return a / b + (a % b == 0 ? 0 : 1);
}

/// A random machine, its schedule, and what the schedule should follow from.
struct Sample {
  explicit Sample(std::uint64_t seed) {
    Random random(seed);
    auto [random_network, random_config] = tests::random_machine(random);
    network = std::move(random_network);
    config = random_config;
    validate(config, "random");
    for (std::size_t i = 0; i < network.layer_count(); ++i)
      layouts.push_back(input_layout(network.layer(i), network.description.layer(i), config));
    schedule = make_schedule(network, config);
  }

  const LayerDescription& layer(std::size_t i) const { return network.description.layer(i); }
  const auto& groups(std::size_t i) const { return network.layer(i).weights.groups.groups; }
  const std::vector<std::uint32_t>& groups_of(const Tile& tile) const {
    return layouts[tile.layer].column_tiles[tile.column_tile].groups;
  }
  std::vector<std::uint32_t> all_groups(std::size_t i) const {
    std::vector<std::uint32_t> all(groups(i).size());
    std::iota(all.begin(), all.end(), 0U);
    return all;
  }
  tests::WordOracle oracle(std::size_t i) const { return tests::WordOracle(layer(i)); }
  std::uint64_t pixels(std::size_t i) const { return oracle(i).words(); }
  /// Output pixels that the words complete: [first, second) of a batch.
  std::pair<std::uint64_t, std::uint64_t> outputs(std::size_t i, std::uint64_t begin,
                                                  std::uint64_t count) const {
    return {oracle(i).completed(begin), oracle(i).completed(begin + count)};
  }
  std::uint64_t words(std::size_t i) const { return config.batch * pixels(i); }
  std::uint64_t bursts(std::uint64_t begin, std::uint64_t end) const {
    if (begin >= end) return 0;
    const std::uint64_t burst = config.dram_burst_bytes;
    return (up(end, burst) - begin / burst) * burst;
  }

  /// Bytes of one plane of the layer's input that the words read for these groups' columns: whole
  /// rows, from each image's first to its last.
  std::uint64_t plane_bytes(std::size_t i, const std::vector<std::uint32_t>& of,
                            std::uint64_t begin, std::uint64_t count) const {
    std::int64_t least = 0;
    std::int64_t most = 0;
    bool any = false;
    for (const std::uint32_t g : of) {
      for (const auto m : groups(i)[g]) {
        least = std::min<std::int64_t>(least, layer(i).columns[m].dy);
        most = std::max<std::int64_t>(most, layer(i).columns[m].dy);
        any = true;
      }
    }
    return any ? plane_bytes(i, least, most, layer(i).stride, layer(i).in_height, layer(i).in_width,
                             begin, count)
               : 0;
  }
  std::uint64_t plane_bytes(std::size_t i, std::int64_t least, std::int64_t most,
                            std::size_t stride, std::size_t height, std::size_t width,
                            std::uint64_t begin, std::uint64_t count) const {
    std::set<std::uint64_t> rows;  // of all images
    for (std::uint64_t image = begin / pixels(i); image <= (begin + count - 1) / pixels(i);
         ++image) {
      const std::uint64_t first = std::max(begin, image * pixels(i)) - image * pixels(i);
      const std::uint64_t last =
          std::min(begin + count, (image + 1) * pixels(i)) - 1 - image * pixels(i);
      const auto y = [&](std::uint64_t word) {
        return static_cast<std::int64_t>(word / oracle(i).width * stride);
      };
      for (std::int64_t row = y(first) + least; row <= y(last) + most; ++row) {
        if (row >= 0 && row < static_cast<std::int64_t>(height))
          rows.insert(image * height + static_cast<std::uint64_t>(row));
      }
    }
    return rows.empty() ? 0 : bursts(*rows.begin() * width, (*rows.rbegin() + 1) * width);
  }
  std::uint64_t channels(std::size_t i, const std::vector<std::uint32_t>& of) const {
    std::set<std::int32_t> result;
    for (const std::uint32_t g : of) {
      for (const auto m : groups(i)[g]) result.insert(layer(i).columns[m].channel);
    }
    return result.size();
  }

  QuantizedNetwork network;
  ArrayConfig config;
  std::vector<InputLayout> layouts;
  Schedule schedule;
};

TEST(Schedule, CoversEveryCellAndWordOnce) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Sample s(seed);
    std::map<std::uint32_t, Matrix<std::uint8_t>> covered;  // per layer: rows x (groups x words)
    std::uint32_t layer_before = 0;
    for (const Tile& tile : s.schedule.tiles) {
      EXPECT_GE(tile.layer, layer_before);
      layer_before = tile.layer;
      const PackedMatrix<std::int8_t>& weights = s.network.layer(tile.layer).weights;
      const std::size_t groups = std::max<std::size_t>(1, weights.groups.size());
      const std::uint64_t words = s.words(tile.layer);
      Matrix<std::uint8_t>& cells =
          covered.try_emplace(tile.layer, weights.rows(), groups * words).first->second;
      ASSERT_TRUE(tile.rows >= 1 && tile.rows <= s.config.rows && tile.words >= 1);
      std::vector<std::uint32_t> columns = s.groups_of(tile);
      ASSERT_EQ(tile.groups, columns.size());
      ASSERT_LE(tile.groups, s.config.columns);
      std::uint64_t nonzeros = 0;
      if (weights.groups.size() == 0) columns = {0};
      for (std::size_t n = tile.row_begin; n < tile.row_begin + tile.rows; ++n) {
        for (const std::uint32_t g : columns) {
          nonzeros += tile.groups > 0 && weights.values(n, g) != 0 ? 1U : 0U;
          for (std::uint64_t w = tile.word_begin; w < tile.word_begin + tile.words; ++w)
            ++cells(n, g * words + w);
        }
      }
      EXPECT_EQ(tile.nonzeros, nonzeros);
      EXPECT_EQ(tile.first, tile.column_tile == 0);
      EXPECT_EQ(tile.last, tile.column_tile + 1 == s.layouts[tile.layer].column_tiles.size());
    }
    ASSERT_EQ(covered.size(), s.network.layer_count());
    for (const auto& [layer, cells] : covered) {
      EXPECT_TRUE(std::ranges::all_of(cells.values(), [](auto n) { return n == 1; }))
          << "layer " << layer;
    }
  }
}

TEST(Schedule, ClocksOfAWordFollowFromTheBanks) {
  std::size_t slow_reads = 0;
  std::size_t slow_writes = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Sample s(seed);
    for (const Tile& tile : s.schedule.tiles) {
      const std::size_t last_layer = s.network.layer_count() - 1;
      const tests::WordOracle oracle = s.oracle(tile.layer);
      const auto [first_output, end_output] = s.outputs(tile.layer, tile.word_begin, tile.words);
      EXPECT_EQ(tile.outputs, end_output - first_output);
      std::uint64_t lines = 0;
      std::uint64_t reads = 0;
      for (const std::uint32_t g : s.groups_of(tile)) {
        const auto& members = s.groups(tile.layer)[g];
        lines = std::max<std::uint64_t>(lines, members.size());
        for (const auto m : members) {
          const Column& column = s.layer(tile.layer).columns[m];
          for (std::uint64_t w = tile.word_begin; w < tile.word_begin + tile.words; ++w) {
            const auto p = static_cast<std::int64_t>(w % oracle.words());
            const auto width = static_cast<std::int64_t>(oracle.width);
            const auto stride = static_cast<std::int64_t>(s.layer(tile.layer).stride);
            const std::int64_t y = p / width * stride + column.dy;
            const std::int64_t x = p % width * stride + column.dx;
            reads += y >= 0 && y < static_cast<std::int64_t>(s.layer(tile.layer).in_height) &&
                             x >= 0 && x < static_cast<std::int64_t>(s.layer(tile.layer).in_width)
                         ? 1U
                         : 0U;
          }
        }
      }
      EXPECT_EQ(tile.reads, reads);
      const std::uint64_t q = std::max<std::uint64_t>(1, up(lines, s.config.bank_ports));
      EXPECT_EQ(tile.read_clocks, q);
      std::uint64_t z = 0;
      std::uint64_t writes = 0;
      if (tile.last && tile.layer < last_layer && s.schedule.input_in_dram[tile.layer + 1] == 0) {
        const auto& banks = s.layouts[tile.layer + 1].banks.banks;
        std::vector<std::uint64_t> bytes(s.config.columns);
        std::uint64_t copies = 0;
        for (std::size_t n = tile.row_begin; n < tile.row_begin + tile.rows; ++n) {
          copies += banks[n].size();
          for (const std::uint32_t bank : banks[n]) ++bytes[bank];
        }
        z = up(*std::ranges::max_element(bytes), s.config.bank_ports);
        std::uint64_t bytes_written = end_output - first_output;
        if (s.network.description.is_pooled(tile.layer))  // one byte an image
          bytes_written = end_output / oracle.pixels - first_output / oracle.pixels;
        writes = copies * bytes_written;
      }
      EXPECT_EQ(tile.write_clocks, z);
      EXPECT_EQ(tile.writes, writes);
      // The words between two outputs, of row tiles in turn too.
      std::uint64_t spacing = 1;
      if (s.layer(tile.layer).pooling && !s.network.description.is_pooled(tile.layer)) {
        spacing = oracle.words();
        std::optional<std::size_t> last;
        for (std::size_t w = 0; w < 2 * oracle.width; ++w) {  // a row that ends windows, twice
          const std::size_t y = oracle.height - 1;
          bool ends = false;
          for (std::size_t r = 0; r <= y; ++r)
            ends = ends || oracle.output[r * oracle.width + w % oracle.width] >= 0;
          if (ends && last) spacing = std::min<std::uint64_t>(spacing, w - *last);
          if (ends) last = w;
        }
      }
      std::uint64_t line_buffer = 1;  // the same word again three clocks later at the earliest
      while (s.layer(tile.layer).pooling && line_buffer * oracle.width < 3) ++line_buffer;
      EXPECT_EQ(tile.interval,
                std::max({s.config.word_interval(), q, up(z, spacing), line_buffer}));
      slow_reads += q > s.config.word_interval() ? 1U : 0U;
      slow_writes += z > std::max(s.config.word_interval(), q) ? 1U : 0U;
    }
  }
  EXPECT_GT(slow_reads, 100U);
  EXPECT_GT(slow_writes, 50U);
}

TEST(Schedule, TileCountsAreCeilFormulas) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Sample s(seed);
    ArrayConfig& config = s.config;
    config.data_bytes = config.input_bytes = config.residual_bytes = config.weight_bytes =
        config.residual_input_bytes = config.output_bytes = config.partial_sum_bytes = 1U << 30U;
    const Schedule schedule = make_schedule(s.network, config);
    for (std::uint32_t layer = 0; layer < s.network.layer_count(); ++layer) {
      const PackedMatrix<std::int8_t>& weights = s.network.layer(layer).weights;
      EXPECT_EQ(static_cast<std::uint64_t>(std::ranges::count(schedule.tiles, layer, &Tile::layer)),
                up(weights.rows(), config.rows) *
                    std::max<std::uint64_t>(1, up(weights.groups.size(), config.columns)))
          << "seed " << seed;
      EXPECT_EQ(schedule.input_in_dram[layer], 0);
      EXPECT_EQ(schedule.output_in_dram[layer], 0);
    }
    EXPECT_TRUE(schedule.weights_resident);
    EXPECT_EQ(schedule.slots, 2U);
  }
}

TEST(Schedule, BytesFollowFromWhereMapsLie) {
  std::size_t blocks = 0;
  std::size_t residual_reads = 0;
  std::size_t map_writes = 0;
  std::size_t image_blocks = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Sample s(seed);
    const Schedule& schedule = s.schedule;
    const ArrayConfig& config = s.config;
    const bool weight_major = config.order == TileOrder::kWeightMajor;
    std::uint64_t weights = 0;
    const Tile* before = nullptr;
    for (const Tile& tile : schedule.tiles) {
      const LayerDescription& description = s.layer(tile.layer);
      const bool classifier = tile.layer + 1 == s.network.layer_count();
      const auto [first_output, end_output] = s.outputs(tile.layer, tile.word_begin, tile.words);
      std::uint64_t outputs = 0;
      if (tile.last && classifier) {
        outputs = tile.rows * s.bursts(4 * first_output, 4 * end_output);
      } else if (tile.last && schedule.output_in_dram[tile.layer] != 0) {
        outputs = tile.rows * s.bursts(first_output, end_output);
        ++map_writes;
      }
      EXPECT_EQ(tile.output_bytes, outputs);
      const std::uint64_t tile_weights = config.weight_image_bytes(tile.rows, tile.groups);
      EXPECT_EQ(tile.weight_bytes, schedule.weights_resident ? 0 : tile_weights);
      if (tile.word_begin == 0) weights += tile_weights;
      std::uint64_t inputs = 0;
      const bool new_block =
          before == nullptr || before->layer != tile.layer || before->word_begin != tile.word_begin;
      if (schedule.input_in_dram[tile.layer] != 0 && (weight_major || new_block)) {
        const auto of = weight_major ? s.groups_of(tile) : s.all_groups(tile.layer);
        inputs =
            s.channels(tile.layer, of) * s.plane_bytes(tile.layer, of, tile.word_begin, tile.words);
        ++blocks;
        image_blocks += tile.layer == 0 ? 1U : 0U;
      }
      if (tile.first && description.residual &&
          schedule.residual_kept[*description.residual] == 0) {
        const LayerDescription& source = s.layer(*description.residual);
        const std::uint64_t plane =
            s.plane_bytes(tile.layer, 0, 0, residual_stride(s.network.description, tile.layer),
                          source.out_height(), source.out_width(), tile.word_begin, tile.words);
        for (std::size_t n = tile.row_begin; n < tile.row_begin + tile.rows; ++n)
          inputs += n < source.out_channels ? plane : 0;
        ++residual_reads;
      }
      if (before == nullptr && schedule.input_in_dram[0] == 0) {
        inputs += s.channels(0, s.all_groups(0)) *
                  s.bursts(0, config.batch * description.in_height * description.in_width);
      }
      EXPECT_EQ(tile.input_bytes, inputs) << "layer " << tile.layer;
      before = &tile;
    }
    EXPECT_EQ(schedule.weights_resident, weights <= config.weight_bytes);
    EXPECT_EQ(schedule.initial_weight_bytes, schedule.weights_resident ? weights : 0);
    EXPECT_EQ(schedule.slots, config.weight_bytes < 2 * config.tile_bytes() ? 1U : 2U);
  }
  EXPECT_GT(blocks, 1000U);
  EXPECT_GT(image_blocks, 100U);
  EXPECT_GT(residual_reads, 20U);
  EXPECT_GT(map_writes, 100U);
}

/// Slots that a bank needs for what these groups' columns read.
std::size_t block_slots(const Sample& s, std::size_t layer, std::size_t column_tile) {
  if (s.config.order == TileOrder::kOutputMajor) return s.layouts[layer].banks.slot_count;
  return tile_banks(s.layouts[layer].column_tiles[column_tile], s.network.layer(layer),
                    s.layer(layer))
      .slot_count;
}

TEST(Schedule, BlocksAreTheLargestThatFit) {
  std::size_t cut = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Sample s(seed);
    const ArrayConfig& config = s.config;
    const Schedule& schedule = s.schedule;
    const std::uint64_t bus_rows = std::min(config.rows, config.rows_per_bus());
    std::uint64_t input_bank = config.input_bytes / config.columns;
    if (schedule.input_in_dram[0] == 0) {
      input_bank -= 2 * s.layouts[0].banks.slot_count *
                    s.bursts(0, config.batch * s.layer(0).in_height * s.layer(0).in_width);
    }
    for (std::size_t i = 0; i < s.network.layer_count(); ++i) {
      const LayerDescription& description = s.layer(i);
      const std::uint64_t words = s.words(i);
      const std::size_t column_tiles = s.layouts[i].column_tiles.size();
      const bool classifier = i + 1 == s.network.layer_count();
      const auto fits = [&](std::uint64_t begin, std::uint64_t b) {
        const std::uint64_t count = std::min(b, words - begin);
        if (column_tiles > 1 && bus_rows * count * config.accumulation_bits / 8 >
                                    config.partial_sum_bytes / config.row_buses())
          return false;
        for (std::size_t t = 0; schedule.input_in_dram[i] != 0 && t < column_tiles; ++t) {
          const auto of = config.order == TileOrder::kOutputMajor
                              ? s.all_groups(i)
                              : s.layouts[i].column_tiles[t].groups;
          if (2 * block_slots(s, i, t) * s.plane_bytes(i, of, begin, count) > input_bank)
            return false;
        }
        if (classifier || schedule.output_in_dram[i] != 0) {
          const std::uint64_t value = classifier ? 4 : 1;
          const auto [first, end] = s.outputs(i, begin, count);
          if (2 * bus_rows * s.bursts(value * first, value * end) >
              config.output_bytes / config.row_buses())
            return false;
        }
        if (description.residual && schedule.residual_kept[*description.residual] == 0) {
          const LayerDescription& source = s.layer(*description.residual);
          const std::uint64_t plane =
              s.plane_bytes(i, 0, 0, residual_stride(s.network.description, i), source.out_height(),
                            source.out_width(), begin, count);
          if (2 * bus_rows * plane > config.residual_input_bytes / config.row_buses()) return false;
        }
        return true;
      };
      const bool whole_rows = description.pooling && config.order == TileOrder::kOutputMajor &&
                              description.out_channels > config.rows;
      const std::uint64_t unit = whole_rows ? s.oracle(i).width : 1;
      std::uint64_t expected = 0;
      for (std::uint64_t b = 1; b <= words; ++b) {
        bool all = true;
        for (std::uint64_t begin = 0; begin < words && all; begin += b) all = fits(begin, b);
        if (all && (b % unit == 0 || b == words)) expected = b;
      }
      const auto tile = std::ranges::find(schedule.tiles, i, &Tile::layer);
      EXPECT_EQ(tile->words, expected) << "seed " << seed << ", layer " << i;
      cut += expected < words ? 1 : 0;
    }
  }
  EXPECT_GT(cut, 100U);
}

TEST(Schedule, OrderOfTiles) {
  const QuantizedNetwork network = tests::dense_network(3, 3, 3, 4, 2);
  ArrayConfig config;
  config.rows = 2;
  config.columns = 1;
  config.partial_sum_bytes = 2 * 4 * 3;  // three words a block
  std::vector<std::array<std::uint64_t, 3>> visited[2];
  for (const TileOrder order : {TileOrder::kWeightMajor, TileOrder::kOutputMajor}) {
    config.order = order;
    for (const Tile& tile : make_schedule(network, config).tiles) {
      if (tile.layer != 0) break;
      if (order == TileOrder::kWeightMajor)
        visited[0].push_back({tile.row_begin, tile.word_begin, tile.column_tile});
      else
        visited[1].push_back({tile.word_begin, tile.row_begin, tile.column_tile});
    }
  }
  EXPECT_EQ(visited[0].size(), 2U * 3 * 3);
  EXPECT_TRUE(std::ranges::is_sorted(visited[0]));
  EXPECT_TRUE(std::ranges::is_sorted(visited[1]));
}

std::string schedule_refusal(const QuantizedNetwork& network, const ArrayConfig& config) {
  try {
    (void)make_schedule(network, config);
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

// 5 channels of 3 x 3 pixels to 4 filters on 2 x 1 cells: one bus, one bank, bursts of 8 bytes.
TEST(Schedule, BuffersTooSmallNameLayerAndRule) {
  const QuantizedNetwork network = tests::dense_network(3, 3, 5, 4, 2);
  ArrayConfig config;
  config.rows = 2;
  config.columns = 1;
  config.dram_bytes_per_clock = config.dram_burst_bytes = 8;
  config.partial_sum_bytes = 7;
  EXPECT_THAT(schedule_refusal(network, config),
              testing::HasSubstr("layer first: buffers.partial_sum_bytes is '7 bytes in a bank': "
                                 "must hold 8 for a single word"));
  config.partial_sum_bytes = 8;
  EXPECT_EQ(schedule_refusal(network, config), "");
  // Two batches of images take 2 x 5 planes of two bursts. With less, a single word's tile reads
  // one row of one channel, three bytes of one burst, or two where the row is bytes 6 to 8.
  config.input_bytes = 159;
  EXPECT_EQ(make_schedule(network, config).input_in_dram[0], 1);
  config.input_bytes = 32;
  EXPECT_EQ(schedule_refusal(network, config), "");
  config.input_bytes = 31;
  EXPECT_THAT(schedule_refusal(network, config),
              testing::HasSubstr("layer first: buffers.input_bytes"));
  config.input_bytes = 160;
  EXPECT_EQ(make_schedule(network, config).input_in_dram[0], 0);
  // Two rows' logits of one image, twice.
  config.output_bytes = 31;
  EXPECT_THAT(schedule_refusal(network, config),
              testing::HasSubstr("layer linear: buffers.output_bytes"));
  config.output_bytes = 32;
  EXPECT_EQ(schedule_refusal(network, config), "");
  config.data_bytes = 3;
  EXPECT_THAT(schedule_refusal(network, config),
              testing::HasSubstr("layer linear: pooled bytes is '4 in a "
                                 "bank': must fit"));
}

// An input buffer that would just hold the images leaves room for the blocks of a later layer.
TEST(Schedule, ImagesLeaveRoomForBlocks) {
  Random random(1);
  const QuantizedNetwork network = tests::convolution_chain(random, 4, 2, 2);
  ArrayConfig config;
  config.rows = 2;
  config.columns = 2;
  config.dram_bytes_per_clock = config.dram_burst_bytes = 4;
  config.data_bytes = 2 * 15;  // a bank takes one map less than one plane of 16 pixels
  // Each bank holds one channel. Two batches of images are 32 bytes a bank, two blocks of a word of
  // the second layer, at most two rows for the one group of a column tile, 16.
  config.input_bytes = 2 * (32 + 15);
  const Schedule blocked = make_schedule(network, config);
  EXPECT_EQ(blocked.input_in_dram, (std::vector<std::uint8_t>{1, 1, 0}));
  config.input_bytes = 2 * (32 + 16);
  const Schedule whole = make_schedule(network, config);
  EXPECT_EQ(whole.input_in_dram, (std::vector<std::uint8_t>{0, 1, 0}));
}

TEST(Schedule, ResidualSourceMayHaveFewerChannels) {
  NetworkDescription network;
  network.hidden.resize(2);
  network.layer(0).out_channels = 5;
  network.layer(1).out_channels = 9;
  EXPECT_EQ(residual_rows(network, 1, 0, 4), 0U);
  network.layer(1).residual = 0;
  EXPECT_EQ(residual_rows(network, 1, 0, 4), 4U);
  EXPECT_EQ(residual_rows(network, 1, 4, 4), 1U);
  EXPECT_EQ(residual_rows(network, 1, 8, 1), 0U);
}

}  // namespace
}  // namespace colcomb::tiling
