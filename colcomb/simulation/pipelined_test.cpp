#include "colcomb/simulation/pipelined.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "colcomb/simulation/pipeline_clocks.hpp"
#include "tests/support/random_machine.hpp"
#include "tests/support/small_network.hpp"
#include "tests/support/word_oracle.hpp"

namespace colcomb::simulation {
namespace {

constexpr std::uint64_t kPipelinedSeeds = 200;

tests::Machine pipelined_machine(std::uint64_t seed) {
  Random random(seed);
  tests::Machine machine = tests::random_machine(random);
  machine.config.cross_layer = true;
  machine.config.batch = 1;
  machine.config.dram_bytes_per_clock = std::array{1, 2, 4, 16, 64}[seed % 5];
  machine.config.dram_burst_bytes = 64;
  validate(machine.config, "random");
  return machine;
}

/// "Time, cross-layer pipelined" over the whole history: t[layer][word], counted on over images.
class LiteralPipeline {
 public:
  LiteralPipeline(const QuantizedNetwork& network, const ArrayConfig& config, std::size_t images)
      : network_(network), config_(config), t_(network.layer_count()) {
    for (std::size_t n = 0; n < images; ++n) {
      begin_.push_back(
          n == 0 ? 0 : std::max(arrived(n - 1, pixels_in(0) - 1), t_[0][first_word(n - 1)]));
      for (std::size_t l = 0; l < t_.size(); ++l) {
        for (std::size_t p = 0; p < pixels(l); ++p) t_[l].push_back(time(l, n, p));
      }
      ends.push_back(0);
      for (std::size_t l = 0; l < t_.size(); ++l) {
        for (std::size_t p = 0; p < pixels(l); ++p)
          ends.back() = std::max(ends.back(), byte(l, n, p) + 1);
        for (std::size_t p = 0; p < tests::WordOracle(layer(l)).pixels; ++p)
          ends.back() = std::max(ends.back(), result(l, n, p) + 1);
      }
    }
  }

  std::vector<std::int64_t> ends;

  CycleCount cycles(std::size_t l) const {
    const auto word = static_cast<std::int64_t>(config_.word_interval());
    CycleCount count;
    count.fill = static_cast<std::uint64_t>(t_[l].front());
    count.compute = config_.word_interval() * t_[l].size();
    for (std::size_t w = 1; w < t_[l].size(); ++w)
      count.stall += static_cast<std::uint64_t>(t_[l][w] - t_[l][w - 1] - word);
    count.drain = static_cast<std::uint64_t>(ends.back() - t_[l].back() - word);
    return count;
  }

 private:
  const LayerDescription& layer(std::size_t l) const { return network_.description.layer(l); }
  std::size_t pixels(std::size_t l) const { return tests::WordOracle(layer(l)).words(); }
  std::size_t pixels_in(std::size_t l) const { return layer(l).in_height * layer(l).in_width; }
  std::size_t first_word(std::size_t n) const { return n * pixels(0); }

  std::int64_t arrived(std::size_t n, std::size_t q) const {
    const std::size_t bytes = (q + 1) * layer(0).in_channels;
    std::int64_t clock = begin_[n];
    for (std::size_t moved = 0; moved < bytes; moved += config_.dram_bytes_per_clock) ++clock;
    return clock;
  }

  /// Of word p, the last row's byte.
  std::int64_t byte(std::size_t l, std::size_t n, std::size_t p) const {
    const auto& weights = network_.layer(l).weights;
    const std::size_t columns = weights.groups.size() == 0 ? 1 : weights.groups.size();
    return t_[l][n * pixels(l) + p] +
           static_cast<std::int64_t>(columns + weights.rows() - 1 + config_.word_clocks());
  }

  /// Of output pixel p.
  std::int64_t result(std::size_t l, std::size_t n, std::size_t p) const {
    const tests::WordOracle oracle(layer(l));
    const auto word = std::ranges::find(oracle.output, static_cast<std::ptrdiff_t>(p));
    std::int64_t windows = 0;
    if (layer(l).pooling) windows = layer(l).pooling->kind == PoolingKind::kMax ? 3 : 20;
    return byte(l, n, static_cast<std::size_t>(word - oracle.output.begin())) + windows;
  }

  std::int64_t time(std::size_t l, std::size_t n, std::size_t p) const {
    std::int64_t clock = 0;
    if (!t_[l].empty()) clock = t_[l].back() + static_cast<std::int64_t>(config_.word_interval());
    if (l + 1 == t_.size() && network_.description.global_pooling) {
      for (std::size_t q = 0; q < tests::WordOracle(layer(l - 1)).pixels; ++q)
        clock = std::max(clock, result(l - 1, n, q) + 18 + 4);
      return clock;
    }
    const auto y = static_cast<std::int64_t>(p / tests::WordOracle(layer(l)).width);
    const auto x = static_cast<std::int64_t>(p % tests::WordOracle(layer(l)).width);
    const auto stride = static_cast<std::int64_t>(layer(l).stride);
    for (const auto& group : network_.layer(l).weights.groups.groups) {
      for (const auto m : group) {
        const std::int64_t in_y = y * stride + layer(l).columns[m].dy;
        const std::int64_t in_x = x * stride + layer(l).columns[m].dx;
        if (in_y < 0 || in_x < 0 || in_y >= static_cast<std::int64_t>(layer(l).in_height) ||
            in_x >= static_cast<std::int64_t>(layer(l).in_width))
          continue;
        const auto q =
            static_cast<std::size_t>(in_y) * layer(l).in_width + static_cast<std::size_t>(in_x);
        clock = std::max(clock, (l == 0 ? arrived(n, q) - 1 : result(l - 1, n, q)) + 4);
      }
    }
    if (layer(l).residual) {
      const std::size_t source = *layer(l).residual;
      std::size_t step = 1;
      for (std::size_t k = source + 1; k <= l; ++k) {
        step *= layer(k).stride;
        if (k < l && layer(k).pooling) step *= layer(k).pooling->stride;
      }
      const std::size_t q = static_cast<std::size_t>(y) * step * layer(source).out_width() +
                            static_cast<std::size_t>(x) * step;
      clock = std::max(clock, result(source, n, q) + 4);
    }
    return clock;
  }

  const QuantizedNetwork& network_;
  const ArrayConfig& config_;
  std::vector<std::vector<std::int64_t>> t_;
  std::vector<std::int64_t> begin_;
};

void expect_literal(const QuantizedNetwork& network, const ArrayConfig& config, std::size_t images,
                    std::uint64_t seed) {
  const LiteralPipeline literal(network, config, images);
  const SimulationResult result = count_pipelined(network, config, images);
  EXPECT_EQ(result.latency, static_cast<std::uint64_t>(literal.ends.front())) << "seed " << seed;
  CycleCount total;
  for (std::size_t l = 0; l < network.layer_count(); ++l) {
    EXPECT_EQ(result.layers[l].cycles, literal.cycles(l)) << "seed " << seed << ", layer " << l;
    EXPECT_EQ(result.layers[l].cycles.total(), static_cast<std::uint64_t>(literal.ends.back()));
    total += result.layers[l].cycles;
  }
  EXPECT_EQ(result.total.cycles, total);
}

TEST(Pipelined, ClocksEqualTheFormulasWrittenOut) {
  for (std::uint64_t seed = 1; seed <= kPipelinedSeeds; ++seed) {
    const auto [network, config] = pipelined_machine(seed);
    expect_literal(network, config, 1 + seed % 4, seed);
  }
}

TEST(Pipelined, TheIntervalIsTheOneOfManyImages) {
  for (std::uint64_t seed = 1; seed <= kPipelinedSeeds; ++seed) {
    const auto [network, config] = pipelined_machine(seed);
    PipelineClocks clocks(network, config);
    std::uint64_t before = 0;
    std::uint64_t end = 0;
    for (std::size_t image = 0; image < 400; ++image) {
      before = end;
      end = clocks.next();
    }
    EXPECT_EQ(clocks.interval(), end - before) << "seed " << seed;
  }
}

TEST(Pipelined, NoImageIsFasterThanTheLayerWithMostWords) {
  for (std::uint64_t seed = 1; seed <= kPipelinedSeeds; ++seed) {
    Random random(seed);
    const QuantizedNetwork network = tiling::dense(tests::random_quantized_network(random));
    ArrayConfig config;
    config.alpha = 1;
    config.cross_layer = true;
    const SimulationResult result = count_pipelined(network, config, 1);
    for (const LayerDescription& layer : network.description.all()) {
      EXPECT_GE(result.interval, 8 * layer.words().words());
      EXPECT_LE(8 * layer.words().words(), result.latency);
    }
  }
}

// Layer 1 reads nothing, so layer 2 waits for its residual source alone: pixels (2y, 2x) of the
// larger map of layer 0, which has fewer channels.
TEST(Pipelined, ResidualSourceOfAnotherShape) {
  QuantizedNetwork network = tests::dense_network(4, 4, 2, 2, 3);
  LayerDescription zero = network.description.layer(0);
  zero.name = "zero";
  LayerDescription strided = zero;
  strided.name = "strided";
  strided.stride = 2;
  strided.out_channels = 3;
  strided.residual = 0;
  network.description.layer(1).in_channels = 3;
  network.description.layer(1).columns = convolution_columns(3, 1);
  std::vector<LayerDescription>& descriptions = network.description.hidden;
  descriptions.insert(descriptions.end(), {zero, strided});
  QuantizedLayer nothing = network.layer(0);
  nothing.weights = pack(Matrix<std::int8_t>(2, 2), {});
  QuantizedLayer wider = network.layer(0);
  wider.weights = pack(Matrix<std::int8_t>(3, 2, 1), singleton_groups(2));
  wider.bias.assign(3, 0);
  network.layer(1).weights = pack(Matrix<std::int8_t>(3, 3, 1), singleton_groups(3));
  network.hidden.insert(network.hidden.end(), {nothing, wider});
  ArrayConfig config;
  config.alpha = 1;
  config.cross_layer = true;
  config.dram_bytes_per_clock = 2;
  expect_literal(network, config, 3, 0);
  const SimulationResult result = count_pipelined(network, config, 1);
  // Pixel q of layer 0: its bytes at q + 1, t = 4 + 8 q, result 35 clocks later. Layer 2 starts at
  // 39 + 4 and then at pixel 2's 43 + 16.
  EXPECT_EQ(result.layers[1].cycles.fill, 0U);
  EXPECT_EQ(result.layers[2].cycles.fill, 43U);
  EXPECT_EQ(result.layers[2].cycles.stall, (59U - 43 - 8) + (107 - 59 - 8) + (123 - 107 - 8));
  EXPECT_EQ(result.layers[2].activity.residual_read_bytes, 4U * 2);  // 2 of the 3 rows
}

TEST(Pipelined, RowsColumnsAndBuffersSetNoLimit) {
  const QuantizedNetwork network = tests::dense_network(4, 4, 9, 7, 3);
  ArrayConfig config;
  config.alpha = 1;
  config.cross_layer = true;
  const SimulationResult wide = count_pipelined(network, config, 2);
  config.rows = config.columns = 1;
  config.data_bytes = config.weight_bytes = 1;
  config.partial_sum_bytes = 0;
  const SimulationResult tiny = count_pipelined(network, config, 2);
  EXPECT_EQ(tiny.latency, wide.latency);
  EXPECT_EQ(tiny.total, wide.total);
  EXPECT_EQ(tiny.total.array_cells, 9U * 7 + 7 * 3);
  EXPECT_EQ(tiny.total.cell_utilization(), 1.0);
}

}  // namespace
}  // namespace colcomb::simulation
