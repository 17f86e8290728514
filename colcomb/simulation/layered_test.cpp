#include "colcomb/simulation/layered.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>

#include "colcomb/base/error.hpp"
#include "colcomb/tiling/program.hpp"
#include "colcomb/tiling/tile_clocks.hpp"
#include "tests/support/random_machine.hpp"
#include "tests/support/small_network.hpp"

namespace colcomb::simulation {
namespace {

using tiling::Clock;
using tiling::TileClocks;
using tiling::TileTimes;

constexpr std::uint64_t kSeeds = 400;

tests::Machine machine(std::uint64_t seed) {
  Random random(seed);
  return tests::random_machine(random);
}

/// The formulas of "Time, layer after layer" written out over the whole history.
class LiteralClocks {
 public:
  LiteralClocks(const QuantizedNetwork& network, const ArrayConfig& config, std::int64_t batches)
      : network_(network.description),
        config_(config),
        program_(tiling::make_program(network, config)) {
    const auto count = batches * static_cast<std::int64_t>(program_.tiles.size());
    for (std::int64_t j = 0; j < count; ++j) step(j);
  }

  std::vector<TileTimes> times;

 private:
  const Tile& tile(Clock j) const {
    return program_.tiles[static_cast<std::size_t>(j) % program_.tiles.size()];
  }
  Clock interval(Clock j) const { return tile(j).interval; }
  Clock words(Clock j) const { return static_cast<Clock>(tile(j).words); }
  Clock result(Clock j, Clock w) const {
    return begin_[static_cast<std::size_t>(j)] + interval(j) * w + columns() + tile(j).rows - 1 +
           word();
  }
  Clock columns() const { return static_cast<Clock>(config_.columns); }
  Clock word() const { return static_cast<Clock>(config_.word_clocks()); }
  Clock end(Clock j) const {
    return j < 0 ? 0 : begin_[static_cast<std::size_t>(j)] + interval(j) * words(j);
  }
  Clock free(Clock j) const {
    if (j < 0) return 0;
    return tile(j).output_bytes > 0 ? result(j, words(j) - 1) + 1 : end(j);
  }
  bool begins_layer(Clock j) const {
    return static_cast<std::size_t>(j) % program_.tiles.size() == 0 ||
           tile(j).layer != tile(j - 1).layer;
  }
  bool waits(const Tile& t) const {
    if (t.layer == 0) return false;
    const auto source = network_.layer(t.layer).residual;
    return program_.output_in_dram[t.layer - 1] != 0 ||
           (source && program_.output_in_dram[*source] != 0);
  }

  void step(Clock j) {
    const Tile& t = tile(j);
    const Clock slots = static_cast<Clock>(program_.slots);
    std::uint64_t bytes = t.weight_bytes + t.input_bytes;
    if (j == 0) bytes += program_.initial_weight_bytes;
    const bool flush = begins_layer(j) && waits(t);
    Clock there = free(j - slots);
    if (flush) {
      there = 0;
      for (Clock i = 0; i < j; ++i) there = std::max(there, result(i, words(i) - 1) + 1);
    }
    for (Clock i = 0; i <= (flush ? j - 1 : j - slots); ++i) {
      if (written_.insert(i).second) bytes += tile(i).output_bytes;
    }
    const Clock dram_before = j == 0 ? 0 : times.back().dram;
    const auto width = config_.dram_bytes_per_clock;
    const Clock dram =
        bytes == 0 ? dram_before
                   : std::max(dram_before, there) + static_cast<Clock>((bytes + width - 1) / width);
    Clock load = dram;
    if (j > 0) {
      const Clock before = begin_.back();
      load =
          std::max(dram, config_.double_buffering ? before
                                                  : before + interval(j - 1) * (words(j - 1) - 1) +
                                                        static_cast<Clock>(config_.data_clocks()));
    }
    const Clock ready = load + static_cast<Clock>(t.rows * config_.load_clocks()) + 1;
    Clock depends = 0;
    if (!t.first) {
      depends = begin_.back() + columns() + word() + 4 +
                (words(j) - 1) * std::max<Clock>(0, interval(j - 1) - interval(j));
    } else if (begins_layer(j) && t.layer > 0) {
      for (Clock i = j - 1; i >= 0 && tile(i).layer + 1 == t.layer; --i)
        depends = std::max(depends, result(i, words(i) - 1) + 4);
      if (t.layer + 1 == network_.layer_count()) depends += 18;
    }
    const Clock begin = std::max({end(j - 1), ready, dram + 3, depends});
    begin_.push_back(begin);
    times.push_back({dram, ready, begin, end(j), result(j, words(j) - 1)});
  }

  const NetworkDescription& network_;
  const ArrayConfig& config_;
  TileProgram program_;
  std::vector<Clock> begin_;
  std::set<Clock> written_;
};

TEST(Layered, ClocksEqualTheFormulasWrittenOut) {
  std::size_t flushes = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const auto [network, config] = machine(seed);
    const TileProgram program = tiling::make_program(network, config);
    flushes += std::ranges::count(program.output_in_dram, 0) <
                       static_cast<std::ptrdiff_t>(program.output_in_dram.size())
                   ? 1U
                   : 0U;
    if (program.tiles.size() > 1500) continue;  // the written-out form is quadratic
    TileClocks clocks(network.description, config, program);
    for (const TileTimes& expected : LiteralClocks(network, config, 2).times)
      ASSERT_EQ(clocks.next(), expected) << "seed " << seed;
  }
  EXPECT_GT(flushes, 50U);
}

TEST(Layered, PartsSumToTheRunAndEveryLevelToTheNext) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const auto [network, config] = machine(seed);
    const std::uint64_t batches = 1 + seed % 3;
    const SimulationResult result = count_layered(network, config, batches * config.batch);
    const TileProgram program = tiling::make_program(network, config);
    TileClocks clocks(network.description, config, program);
    Clock end = 0;
    for (std::size_t j = 0; j < batches * program.tiles.size(); ++j) {
      const TileTimes times = clocks.next();
      end = std::max({end, times.last_result + 1, times.end});
    }
    EXPECT_EQ(result.total.cycles.total(), static_cast<std::uint64_t>(end)) << "seed " << seed;
    CycleCount tiles;
    CycleCount layers;
    ActivityCount tile_activity;
    for (const SimulatedPart& part : result.tiles) {
      tiles += part.cycles;
      tile_activity += part.activity;
    }
    for (const SimulatedPart& part : result.layers) layers += part.cycles;
    EXPECT_EQ(tiles, result.total.cycles);
    EXPECT_EQ(layers, result.total.cycles);
    EXPECT_EQ(tile_activity, result.total.activity);
    EXPECT_EQ(result.total.cycles.compute,
              result.total.activity.input_words * config.word_interval());
    EXPECT_EQ(result.tiles.size(), program.tiles.size());
  }
}

TEST(Layered, UsefulAndWastedMacsAreAllCells) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const auto [network, config] = machine(seed);
    const std::uint64_t images = 2 * config.batch;
    const SimulationResult result = count_layered(network, config, images);
    for (std::size_t i = 0; i < network.layer_count(); ++i) {
      const SimulatedPart& layer = result.layers[i];
      const LayerDescription& description = network.description.layer(i);
      EXPECT_EQ(layer.activity.useful_macs + layer.activity.wasted_macs,
                config.rows * config.columns * layer.activity.input_words);
      // Each nonzero weight meets each output pixel once, however the layer is cut.
      EXPECT_EQ(layer.activity.useful_macs, count_nonzeros(unpack(network.layer(i).weights)) *
                                                images * description.out_height() *
                                                description.out_width())
          << "seed " << seed;
      EXPECT_EQ(layer.activity.partial_sum_read_bytes, layer.activity.partial_sum_write_bytes);
    }
  }
}

TEST(Layered, OrdersDifferInTrafficOnly) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    auto [network, config] = machine(seed);
    config.order = TileOrder::kWeightMajor;
    const SimulationResult weight = count_layered(network, config, config.batch);
    config.order = TileOrder::kOutputMajor;
    const SimulationResult output = count_layered(network, config, config.batch);
    EXPECT_EQ(weight.total.activity.useful_macs, output.total.activity.useful_macs);
    EXPECT_EQ(weight.total.activity.data_write_bytes, output.total.activity.data_write_bytes);
    EXPECT_EQ(weight.total.activity.dram_write_bytes, output.total.activity.dram_write_bytes);
  }
}

// 6 channels of 4 x 4 pixels to 4 filters on 2 x 8 cells: two row tiles, one column tile. The layer
// is streamed: 96 + 96 bytes of images alone exceed the buffer.
TEST(Layered, StreamedTrafficByHand) {
  const QuantizedNetwork network = tests::dense_network(4, 4, 6, 4, 2);
  ArrayConfig config;
  config.rows = 2;
  config.columns = 8;
  config.alpha = 1;
  config.weight_bytes = 18;  // one full tile of 2 x 8 x 9 bits
  // Weight-major: 2 * (24 y + 2 * 4 y) <= 144 for blocks of y whole rows lets y = 2; a third row
  // would want 192. Nine words touch a third row too.
  config.data_bytes = 144;
  config.order = TileOrder::kWeightMajor;
  const SimulationResult weight = count_layered(network, config, 1);
  // Output-major: all 4 filters' outputs, 2 * (48 + 4 * 8) = 160 > 144: six words, of which the
  // third block (words 12 to 15) has four, and the second (6 to 11) touches rows 1 and 2.
  config.order = TileOrder::kOutputMajor;
  const SimulationResult output = count_layered(network, config, 1);
  const std::uint64_t tile_weights = 14;  // 2 x 6 x 9 bits = 108
  const ActivityCount& by_weight = weight.layers[0].activity;
  const ActivityCount& by_output = output.layers[0].activity;
  EXPECT_EQ(by_weight.tiles, 2U * 2);
  EXPECT_EQ(by_weight.dram_read_bytes, 2U * 96 + 4 * tile_weights);  // inputs once per row tile
  EXPECT_EQ(by_output.tiles, 3U * 2);
  EXPECT_EQ(by_output.dram_read_bytes, (2 + 2 + 1) * 24U + 6 * tile_weights);
  EXPECT_EQ(by_weight.dram_write_bytes, 0U);  // the last map goes to the pooling block
}

TEST(Layered, DoubleBufferingIsNeverSlower) {
  std::size_t faster = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    auto [network, config] = machine(seed);
    config.double_buffering = false;
    const SimulationResult single = count_layered(network, config, config.batch);
    config.double_buffering = true;
    const SimulationResult twice = count_layered(network, config, config.batch);
    EXPECT_LE(twice.latency, single.latency) << "seed " << seed;
    EXPECT_LE(twice.interval, single.interval) << "seed " << seed;
    faster += twice.latency < single.latency ? 1 : 0;
  }
  EXPECT_GT(faster, kSeeds / 4);
}

TEST(Layered, WiderMemoryIsNeverSlower) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    auto [network, config] = machine(seed);
    std::uint64_t latency = ~std::uint64_t{0};
    std::uint64_t interval = ~std::uint64_t{0};
    for (const std::size_t width : {1, 2, 3, 10, 100}) {
      config.dram_bytes_per_clock = width;
      const SimulationResult result = count_layered(network, config, config.batch);
      EXPECT_LE(result.latency, latency) << "seed " << seed;
      EXPECT_LE(result.interval, interval) << "seed " << seed;
      latency = result.latency;
      interval = result.interval;
    }
  }
}

TEST(Layered, MorePortsAreNeverSlower) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    auto [network, config] = machine(seed);
    config.data_read_bytes_per_clock = 1;
    const std::uint64_t narrow = count_layered(network, config, config.batch).latency;
    config.data_read_bytes_per_clock = 1000;
    EXPECT_LE(count_layered(network, config, config.batch).latency, narrow) << "seed " << seed;
  }
}

// With room for everything a larger batch only spreads weights and waits over more words.
TEST(Layered, DoublingTheBatchNeverLosesFrames) {
  std::size_t gained = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    auto [network, config] = machine(seed);
    config.data_bytes = config.partial_sum_bytes = 1U << 30U;
    config.batch = 1;
    const SimulationResult once = count_layered(network, config, 2);
    config.batch = 2;
    const SimulationResult twice = count_layered(network, config, 2);
    EXPECT_LE(twice.interval, 2 * once.interval) << "seed " << seed;
    EXPECT_EQ(twice.total.activity.useful_macs, once.total.activity.useful_macs);
    gained += twice.interval < 2 * once.interval ? 1 : 0;
  }
  EXPECT_GT(gained, kSeeds / 2);
}

// Ends may come in a rhythm of up to six batches (the size of the state), hence the mean over 60.
TEST(Layered, TheIntervalIsTheMeanOfManyBatches) {
  std::size_t uneven = 0;
  for (std::uint64_t sample = 0; sample < 5 * kSeeds; ++sample) {
    const std::uint64_t seed = 1 + sample / 5;
    auto [network, config] = machine(seed);
    config.dram_bytes_per_clock = std::array{1, 2, 3, 10, 100}[sample % 5];
    const TileProgram program = tiling::make_program(network, config);
    const SimulationResult result = count_layered(network, config, config.batch);
    TileClocks clocks(network.description, config, program);
    std::vector<std::uint64_t> ends;
    for (std::size_t batch = 0; batch < 81; ++batch) {
      Clock end = 0;
      for (std::size_t t = 0; t < program.tiles.size(); ++t)
        end = std::max(end, clocks.next().last_result + 1);
      ends.push_back(static_cast<std::uint64_t>(end));
    }
    EXPECT_EQ(result.latency, ends[0]) << "seed " << seed;
    EXPECT_EQ(result.interval, (ends[80] - ends[20] + 59) / 60) << "seed " << seed;
    uneven += result.interval != ends[80] - ends[79] ? 1 : 0;
  }
  EXPECT_GT(uneven, 0U);
}

// A layer without weights still gives its biases: one column tile, nothing read.
TEST(Layered, AllZeroLayer) {
  QuantizedNetwork network = tests::dense_network(2, 2, 3, 5, 2);
  network.layer(0).weights = pack(Matrix<std::int8_t>(5, 3), {});
  ArrayConfig config;
  config.rows = 2;
  config.columns = 2;
  config.alpha = 1;
  const SimulationResult result = count_layered(network, config, 1);
  const ActivityCount& activity = result.layers[0].activity;
  EXPECT_EQ(activity.tiles, 3U);
  EXPECT_EQ(activity.input_words, 12U);
  EXPECT_EQ(activity.useful_macs, 0U);
  EXPECT_EQ(activity.wasted_macs, 48U);
  EXPECT_EQ(activity.data_read_bytes, 0U);
  EXPECT_EQ(activity.data_write_bytes, 20U);
  EXPECT_EQ(result.layers[0].cell_utilization(), 0.0);
}

TEST(Layered, RefusesWhatDoesNotFit) {
  const QuantizedNetwork network = tests::dense_network(2, 2, 3, 5, 2);
  ArrayConfig config;
  config.columns = 2;
  config.partial_sum_bytes = 0;
  EXPECT_THROW((void)count_layered(network, config, 1), UserError);
}

}  // namespace
}  // namespace colcomb::simulation
