#include "colcomb/simulation/layered.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <vector>

#include "colcomb/base/error.hpp"
#include "colcomb/tiling/schedule.hpp"
#include "colcomb/tiling/tile_clocks.hpp"
#include "tests/support/effort.hpp"
#include "tests/support/random_machine.hpp"
#include "tests/support/small_network.hpp"
#include "tests/support/word_oracle.hpp"

namespace colcomb::simulation {
namespace {

using tiling::Clock;
using tiling::TileClocks;
using tiling::TileTimes;

constexpr std::uint64_t kLayeredSeeds = tests::cases(400);

tests::Machine layered_machine(std::uint64_t seed) {
  Random random(seed);
  return tests::random_machine(random);
}

/// The same machine with buffers for other numbers than it was made with.
void fit_buffers(const QuantizedNetwork& network, ArrayConfig& config, std::uint64_t seed) {
  Random random(seed);
  tests::set_random_buffers(random, network, config);
}

/// The controller and the DRAM channel of docs/reference/cycle-model.md, clock by clock: each clock
/// they look at what has happened so far and decide. Blocks, not formulas: when a bank is written
/// and read follows from the rows and columns of each word.
class SteppedMachine {
 public:
  SteppedMachine(const QuantizedNetwork& network, const ArrayConfig& config,
                 const Schedule& schedule, std::size_t batches)
      : network_(network.description),
        config_(config),
        schedule_(schedule),
        columns_(static_cast<Clock>(config.columns)),
        rows_(static_cast<Clock>(config.rows)),
        pass_(static_cast<Clock>(config.word_clocks())),
        runs_(batches * schedule.tiles.size()) {
    for (std::size_t l = 0; l < network.layer_count(); ++l) {
      most_dy_.push_back(0);
      for (const auto& group : network.layer(l).weights.groups.groups) {
        for (const auto m : group)
          most_dy_[l] = std::max<Clock>(most_dy_[l], network_.layer(l).columns[m].dy);
      }
    }
  }

  std::vector<TileTimes> run() {
    for (Clock clock = 0; sent_ < runs_.size(); ++clock) {
      move_dram(clock);
      decide_load(clock);
      decide_word(clock);
    }
    std::vector<TileTimes> times;
    for (const Run& run : runs_) times.push_back(run.times);
    return times;
  }

 private:
  struct Run {
    TileTimes times;
    bool fetched = false;
    bool loaded = false;
    bool begun = false;
    bool complete = false;
    Clock load_decision = 0;
    Clock last_decision = 0;
    Clock free = 0;
    std::vector<Clock> words;  // first bits
  };

  const Tile& tile(std::size_t j) const { return schedule_.tiles[j % schedule_.tiles.size()]; }
  bool begins_layer(std::size_t j) const {
    return j % schedule_.tiles.size() == 0 || tile(j).layer != tile(j - 1).layer;
  }
  /// From the last row's byte to what its poolings make of it.
  Clock poolings(std::size_t j) const {
    const std::size_t layer = tile(j).layer;
    if (layer == network_.hidden.size()) return 0;
    const auto& windows = network_.hidden[layer].pooling;
    const bool global = network_.global_pooling && layer + 1 == network_.hidden.size();
    return (windows ? (windows->kind == PoolingKind::kMax ? 3 : 20) : 0) + (global ? 18 : 0);
  }
  bool reads_map(std::size_t j) const {
    const Tile& t = tile(j);
    if (t.layer == 0) return false;
    const auto source = network_.layer(t.layer).residual;
    return schedule_.input_in_dram[t.layer] != 0 ||
           (source && schedule_.residual_kept[*source] == 0);
  }

  /// Whether the channel may begin with what tile j needs, and then what it moves.
  bool may_move(std::size_t j, bool all, Clock clock) const {
    if (j == 0) return true;
    if (all) return runs_[j - 1].complete && clock >= runs_[j - 1].times.done;
    if (j < schedule_.slots) return true;
    const Run& before = runs_[j - schedule_.slots];
    return before.complete && clock >= before.free;
  }

  void move_dram(Clock clock) {
    while (clock >= channel_free_ && fetching_ < runs_.size()) {
      const std::size_t j = fetching_;
      const bool all = begins_layer(j) && reads_map(j);
      std::uint64_t reads = tile(j).weight_bytes + tile(j).input_bytes;
      if (j == 0) reads += schedule_.initial_weight_bytes;
      // Which tiles have outputs is known before they run.
      std::uint64_t writes = 0;
      const std::size_t end = all ? j : j + 1 - std::min<std::size_t>(j + 1, schedule_.slots);
      for (std::size_t i = written_; i < end; ++i) writes += tile(i).output_bytes;
      if (reads + writes > 0 && !may_move(j, all, clock)) return;
      written_ = std::max(written_, end);
      Clock take = static_cast<Clock>((reads + writes) / config_.dram_bytes_per_clock);
      if (reads > 0) take += static_cast<Clock>(config_.dram_latency);
      if (reads + writes > 0) channel_free_ = clock + take;
      runs_[j].times.dram = reads + writes > 0 ? channel_free_ : moved_;
      moved_ = runs_[j].times.dram;
      runs_[j].fetched = true;
      ++fetching_;
    }
  }

  /// The first weight-load cycle is at cell (0, 0) three clocks after the decision.
  void decide_load(Clock clock) {
    if (loading_ == runs_.size()) return;
    Run& run = runs_[loading_];
    if (!run.fetched || clock < run.times.dram) return;
    if (loading_ > 0) {
      const Run& before = runs_[loading_ - 1];
      if (!before.begun) return;
      // With a second register the weights before must have been swapped in; without, the data
      // lines carry weights once the last word's bits have passed.
      if (config_.double_buffering
              ? clock + 3 < before.times.begin
              : !before.complete ||
                    clock + 3 < before.times.last_word + static_cast<Clock>(config_.data_clocks()))
        return;
    }
    run.load_decision = clock;
    run.loaded = true;
    run.times.load = clock + 3;
    ++loading_;
  }

  void decide_word(Clock clock) {
    if (sent_ == runs_.size()) return;
    const std::size_t j = sent_;
    const Tile& t = tile(j);
    Run& run = runs_[j];
    const Clock first_bit = clock + t.read_clocks + 4;
    if (run.words.empty()) {
      if (!may_begin(j, clock, first_bit)) return;
      run.begun = true;
      run.times.begin = first_bit;
      run.times.ready = std::max(run.load_decision + 1 + t.read_clocks + 4, weights_there(j) + 1);
    } else if (first_bit < run.words.back() + static_cast<Clock>(t.interval)) {
      return;
    }
    run.words.push_back(first_bit);
    run.last_decision = clock;
    if (run.words.size() == t.words) finish(j);
  }

  /// The clock after the last weight-load cycle at cell (0, 0), in which `swap` may be there.
  Clock weights_there(std::size_t j) const {
    return runs_[j].times.load + static_cast<Clock>(tile(j).rows * config_.load_clocks());
  }

  bool may_begin(std::size_t j, Clock clock, Clock first_bit) const {
    const Tile& t = tile(j);
    const Run& run = runs_[j];
    if (!run.loaded || clock < run.load_decision + 1) return false;
    if (first_bit - 1 < weights_there(j)) return false;
    if (j == 0) return true;
    const Run& before = runs_[j - 1];
    if (first_bit < before.words.back() + static_cast<Clock>(tile(j - 1).interval)) return false;
    if (clock < before.last_decision + static_cast<Clock>(tile(j - 1).read_clocks)) return false;
    if (!t.first) {
      // Row 0 writes a word's partial sum C + T + 1 clocks after its first bit, and reads it for
      // the next tile two clocks before that word's first bit; each further row one later.
      for (std::size_t w = 0; w < t.words; ++w) {
        const Clock written = before.words[w] + columns_ + pass_ + 1;
        const Clock read = first_bit + static_cast<Clock>(w) * t.interval - 2;
        if (read <= written) return false;
      }
    }
    if (!begins_layer(j) || t.layer == 0) return true;
    if (!follows_closely(j)) return clock >= before.times.done;
    return first_bit >= before.words.front() + words_ahead(j);
  }

  /// Whether a layer's words may follow those that write what they read.
  bool follows_closely(std::size_t j) const { return !reads_map(j) && poolings(j - 1) == 0; }

  /// How long after the tile before the layer begins, so that each word, if all follow each other
  /// as fast as any of the layer's tiles lets them, is decided when the map rows that it reads are
  /// written.
  Clock words_ahead(std::size_t j) const {
    const Tile& before = tile(j - 1);
    const std::size_t layer = tile(j).layer;
    const LayerDescription& description = network_.layer(layer);
    Clock interval = std::numeric_limits<Clock>::max();
    Clock reads = 0;
    for (const Tile& t : schedule_.tiles) {
      if (t.layer != layer) continue;
      interval = std::min<Clock>(interval, t.interval);
      reads = std::max<Clock>(reads, t.read_clocks);
    }
    const tests::WordOracle grid(description);
    const std::size_t height = description.in_height;
    const std::size_t width = description.in_width;
    const Clock written = std::max<Clock>(0, Clock{before.write_clocks} - 3) + 1;
    Clock most = 0;
    for (std::size_t word = 0; word < config_.batch * grid.words(); ++word) {
      const std::size_t image = word / grid.words();
      const auto y = static_cast<Clock>(word % grid.words() / grid.width);
      Clock row = y * static_cast<Clock>(description.stride) + most_dy_[layer];
      if (description.residual == layer - 1) row = std::max(row, y * residual_step(layer));
      row = std::min(row, static_cast<Clock>(height) - 1);
      const Clock end =
          static_cast<Clock>(image * height * width) + (row + 1) * static_cast<Clock>(width);
      const Clock ahead = end - 1 - static_cast<Clock>(before.word_begin);
      if (ahead < 0) continue;
      most =
          std::max(most, ahead * before.interval - static_cast<Clock>(word) * interval + written);
    }
    return most + columns_ + rows_ + pass_ + reads + 4;
  }

  Clock residual_step(std::size_t layer) const {
    Clock step = 1;
    for (std::size_t k = *network_.layer(layer).residual + 1; k <= layer; ++k)
      step *= static_cast<Clock>(network_.layer(k).stride);
    return step;
  }

  void finish(std::size_t j) {
    const Tile& t = tile(j);
    Run& run = runs_[j];
    const Clock last = run.words.back();
    run.times.last_word = last;
    run.times.end = last + t.interval;
    // The last row's result: C columns, R - 1 rows, T clocks, and the block's register.
    run.times.last_result = last + columns_ + (rows_ - 1) + pass_ + 1;
    const Clock at_banks = run.times.last_result + poolings(j);
    const Clock last_write = at_banks + t.write_clocks;
    // A bank is first read three clocks after the decision to send a word.
    run.times.done = std::max(at_banks + 1, last_write + 1 - 3);
    // The last column's bank is last read in last + C - 3, the last row's in last + R - 3.
    run.free = last + std::max(columns_, rows_) - 2;
    if (t.output_bytes > 0) run.free = run.times.done;
    run.complete = true;
    ++sent_;
  }

  const NetworkDescription& network_;
  const ArrayConfig& config_;
  const Schedule& schedule_;
  Clock columns_;
  Clock rows_;
  Clock pass_;
  std::vector<Run> runs_;
  std::vector<Clock> most_dy_;  // per layer
  std::size_t fetching_ = 0;
  std::size_t loading_ = 0;
  std::size_t sent_ = 0;
  std::size_t written_ = 0;  // tiles whose outputs are in DRAM, or about to be
  Clock channel_free_ = 0;
  Clock moved_ = 0;
};

TEST(Layered, ClocksEqualTheMachineSteppedClockByClock) {
  std::size_t through_dram = 0;
  std::size_t single = 0;
  std::size_t slow_ports = 0;
  std::size_t close = 0;
  for (std::uint64_t seed = 1; seed <= kLayeredSeeds; ++seed) {
    const auto [network, config] = layered_machine(seed);
    const Schedule schedule = tiling::make_schedule(network, config);
    if (schedule.tiles.size() > 1500) continue;  // the oracle is quadratic
    through_dram += std::ranges::count(schedule.output_in_dram, 1) > 0 ? 1U : 0U;
    single += schedule.slots == 1 ? 1U : 0U;
    for (std::size_t l = 0; l < network.layer_count(); ++l) close += schedule.overlaps(l) ? 1U : 0U;
    for (const Tile& tile : schedule.tiles)
      slow_ports += tile.interval > config.word_interval() ? 1U : 0U;
    TileClocks clocks(config, schedule);
    std::size_t j = 0;
    for (const TileTimes& expected : SteppedMachine(network, config, schedule, 2).run()) {
      const TileTimes times = clocks.next();
      ASSERT_EQ(times.dram, expected.dram) << "seed " << seed << ", tile " << j;
      ASSERT_EQ(times.load, expected.load) << "seed " << seed << ", tile " << j;
      ASSERT_EQ(times.begin, expected.begin) << "seed " << seed << ", tile " << j;
      ASSERT_EQ(times, expected) << "seed " << seed << ", tile " << j;
      ++j;
    }
  }
  EXPECT_GT(through_dram, tests::cases(50));
  EXPECT_GT(single, tests::cases(50));
  EXPECT_GT(slow_ports, tests::cases(100));
  EXPECT_GT(close, tests::cases(100));
}

TEST(Layered, PartsSumToTheRunAndEveryLevelToTheNext) {
  for (std::uint64_t seed = 1; seed <= kLayeredSeeds; ++seed) {
    const auto [network, config] = layered_machine(seed);
    const std::uint64_t batches = 1 + seed % 3;
    const SimulationResult result = count_layered(network, config, batches * config.batch);
    const Schedule schedule = tiling::make_schedule(network, config);
    TileClocks clocks(config, schedule);
    Clock end = 0;
    for (std::size_t j = 0; j < batches * schedule.tiles.size(); ++j) {
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
    EXPECT_EQ(result.tiles.size(), schedule.tiles.size());
  }
}

TEST(Layered, UsefulAndWastedMacsAreAllCells) {
  for (std::uint64_t seed = 1; seed <= kLayeredSeeds; ++seed) {
    const auto [network, config] = layered_machine(seed);
    const std::uint64_t images = 2 * config.batch;
    const SimulationResult result = count_layered(network, config, images);
    for (std::size_t i = 0; i < network.layer_count(); ++i) {
      const SimulatedPart& layer = result.layers[i];
      const LayerDescription& description = network.description.layer(i);
      EXPECT_EQ(layer.activity.useful_macs + layer.activity.wasted_macs,
                config.rows * config.columns * layer.activity.input_words);
      // Each nonzero weight meets each word once, however the layer is cut.
      EXPECT_EQ(layer.activity.useful_macs, count_nonzeros(unpack(network.layer(i).weights)) *
                                                images * description.words().words())
          << "seed " << seed;
      EXPECT_EQ(layer.activity.partial_sum_read_bytes, layer.activity.partial_sum_write_bytes);
    }
  }
}

TEST(Layered, OrdersDifferInTrafficOnly) {
  for (std::uint64_t seed = 1; seed <= kLayeredSeeds; ++seed) {
    auto [network, config] = layered_machine(seed);
    config.input_bytes = config.output_bytes = config.residual_input_bytes = 1U << 24U;
    config.pooling_bytes = config.partial_sum_bytes = 1U << 24U;
    config.order = TileOrder::kWeightMajor;
    const SimulationResult weight = count_layered(network, config, config.batch);
    config.order = TileOrder::kOutputMajor;
    const SimulationResult output = count_layered(network, config, config.batch);
    EXPECT_EQ(weight.total.activity.useful_macs, output.total.activity.useful_macs);
    EXPECT_EQ(weight.total.activity.data_write_bytes, output.total.activity.data_write_bytes);
    EXPECT_EQ(weight.total.activity.dram_write_bytes, output.total.activity.dram_write_bytes);
  }
}

// 6 channels of 4 x 4 pixels to 4 filters on 2 x 8 cells: two row tiles, one column tile, a channel
// in each of six banks. Images come block by block: two batches of 16 bytes exceed a bank's 24.
TEST(Layered, BlockTrafficByHand) {
  const QuantizedNetwork network = tests::dense_network(4, 4, 6, 4, 2);
  ArrayConfig config;
  config.rows = 2;
  config.columns = 8;
  config.alpha = 1;
  config.dram_bytes_per_clock = 4;
  config.dram_burst_bytes = 8;
  config.weight_bytes = 24;  // one tile: 2 rows of 9 weight-load cycles, a byte each, in bursts
  // Two blocks of a bank hold two rows of four pixels each; a third row would be a second burst.
  config.input_bytes = 8 * 24;
  config.order = TileOrder::kWeightMajor;
  const SimulationResult weight = count_layered(network, config, 1);
  config.order = TileOrder::kOutputMajor;
  const SimulationResult output = count_layered(network, config, 1);
  const ActivityCount& by_weight = weight.layers[0].activity;
  const ActivityCount& by_output = output.layers[0].activity;
  EXPECT_EQ(by_weight.tiles, 2U * 2);
  EXPECT_EQ(by_weight.dram_read_bytes, 2U * 96 + 4 * 24);  // inputs once per row tile
  EXPECT_EQ(by_output.tiles, 2U * 2);
  EXPECT_EQ(by_output.dram_read_bytes, 96U + 4 * 24);
  EXPECT_EQ(by_weight.dram_write_bytes, 0U);  // the last map goes to the pooling block
  EXPECT_EQ(by_weight.data_write_bytes, 4U);  // the means of four filters
  EXPECT_EQ(weight.layers[1].activity.dram_write_bytes, 2U * 8);  // a burst a logit
  EXPECT_EQ(weight.layers[1].activity.output_write_bytes, 2U * 4);
}

TEST(Layered, DoubleBufferingIsNeverSlower) {
  std::size_t faster = 0;
  for (std::uint64_t seed = 1; seed <= kLayeredSeeds; ++seed) {
    auto [network, config] = layered_machine(seed);
    config.double_buffering = false;
    const SimulationResult single = count_layered(network, config, config.batch);
    config.double_buffering = true;
    const SimulationResult twice = count_layered(network, config, config.batch);
    EXPECT_LE(twice.latency, single.latency) << "seed " << seed;
    EXPECT_LE(twice.interval, single.interval) << "seed " << seed;
    faster += twice.latency < single.latency ? 1 : 0;
  }
  EXPECT_GT(faster, kLayeredSeeds / 4);
}

TEST(Layered, WiderMemoryIsNeverSlower) {
  for (std::uint64_t seed = 1; seed <= kLayeredSeeds; ++seed) {
    auto [network, config] = layered_machine(seed);
    config.dram_burst_bytes = 128;
    fit_buffers(network, config, seed);
    config.weight_bytes = 1U << 30U;  // a line of weights may need more bytes of a wider DRAM
    std::uint64_t latency = ~std::uint64_t{0};
    std::uint64_t interval = ~std::uint64_t{0};
    for (const std::size_t width : {1, 2, 4, 16, 64}) {
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
  for (std::uint64_t seed = 1; seed <= kLayeredSeeds; ++seed) {
    auto [network, config] = layered_machine(seed);
    config.bank_ports = 1;
    const std::uint64_t narrow = count_layered(network, config, config.batch).latency;
    config.bank_ports = 1000;
    EXPECT_LE(count_layered(network, config, config.batch).latency, narrow) << "seed " << seed;
  }
}

// With room for everything a larger batch only spreads weights and waits over more words.
TEST(Layered, DoublingTheBatchNeverLosesFrames) {
  std::size_t gained = 0;
  for (std::uint64_t seed = 1; seed <= kLayeredSeeds; ++seed) {
    auto [network, config] = layered_machine(seed);
    config.data_bytes = config.input_bytes = config.residual_bytes = config.output_bytes =
        config.partial_sum_bytes = 1U << 30U;
    config.batch = 1;
    const SimulationResult once = count_layered(network, config, 2);
    config.batch = 2;
    const SimulationResult twice = count_layered(network, config, 2);
    EXPECT_LE(twice.interval, 2 * once.interval) << "seed " << seed;
    EXPECT_EQ(twice.total.activity.useful_macs, once.total.activity.useful_macs);
    gained += twice.interval < 2 * once.interval ? 1 : 0;
  }
  EXPECT_GT(gained, kLayeredSeeds / 2);
}

// Ends may come in a rhythm of up to six batches, hence the mean over 60.
TEST(Layered, TheIntervalIsTheMeanOfManyBatches) {
  std::size_t uneven = 0;
  std::vector<std::uint64_t> samples(5 * kLayeredSeeds);
  std::iota(samples.begin(), samples.end(), 0U);
  // Such rhythms are rare: these have one.
  samples.insert(samples.end(), {4616, 5891, 7102, 7103, 7104});
  for (const std::uint64_t sample : samples) {
    const std::uint64_t seed = 1 + sample / 5;
    auto [network, config] = layered_machine(seed);
    config.dram_bytes_per_clock = std::array{1, 2, 4, 16, 64}[sample % 5];
    config.dram_burst_bytes = std::max<std::size_t>(config.dram_bytes_per_clock, 8);
    fit_buffers(network, config, sample);
    const Schedule schedule = tiling::make_schedule(network, config);
    const SimulationResult result = count_layered(network, config, config.batch);
    TileClocks clocks(config, schedule);
    std::vector<std::uint64_t> ends;
    for (std::size_t batch = 0; batch < 81; ++batch) {
      Clock end = 0;
      for (std::size_t t = 0; t < schedule.tiles.size(); ++t)
        end = std::max(end, clocks.next().last_result + 1);
      ends.push_back(static_cast<std::uint64_t>(end));
    }
    EXPECT_EQ(result.latency, ends[0]) << "seed " << seed;
    EXPECT_EQ(result.interval, (ends[80] - ends[20] + 59) / 60) << "seed " << seed;
    uneven += result.interval != ends[80] - ends[79] ? 1 : 0;
  }
  EXPECT_GE(uneven, 3U);
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
  EXPECT_EQ(activity.data_write_bytes, 5U);  // means
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
