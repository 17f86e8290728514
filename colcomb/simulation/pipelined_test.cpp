#include "colcomb/simulation/pipelined.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "colcomb/base/error.hpp"
#include "colcomb/tiling/pipeline_clocks.hpp"
#include "tests/support/effort.hpp"
#include "tests/support/random_machine.hpp"
#include "tests/support/small_network.hpp"
#include "tests/support/word_oracle.hpp"

namespace colcomb::simulation {
namespace {

constexpr std::uint64_t kPipelinedSeeds = tests::cases(200);

tests::Machine pipelined_machine(std::uint64_t seed) {
  Random random(seed);
  tests::Machine machine = tests::random_machine(random);
  machine.config.cross_layer = true;
  machine.config.batch = 1;
  tests::set_random_lines(random, machine.network, machine.config);
  validate(machine.config, "random");
  return machine;
}

/// "Time, cross-layer pipelined" over the whole history: d[part][word], counted on over the images;
/// part 0 is the image reader, part l + 1 layer l.
class LiteralPipeline {
 public:
  LiteralPipeline(const QuantizedNetwork& network, const tiling::Pipeline& pipeline,
                  std::size_t images)
      : network_(network), pipeline_(pipeline), config_(pipeline.array) {
    for (const LayerDescription& each : network.description.all()) oracles_.emplace_back(each);
    for (std::size_t part = 0; part <= network.layer_count(); ++part)
      d_.emplace_back(images * words(part), -1);
    lines_ = lines();
    for (bool found = true; found;) {
      found = false;
      for (std::size_t part = 0; part < d_.size(); ++part) {
        for (std::size_t i = 0; i < d_[part].size(); ++i) {
          if (d_[part][i] >= 0) continue;
          const auto clock = time(part, i);
          if (!clock) break;
          d_[part][i] = *clock;
          found = true;
        }
      }
    }
    for (std::size_t n = 0; n < images; ++n) {
      ends.push_back(0);
      for (std::size_t part = 1; part < d_.size(); ++part) {
        for (std::size_t p = 0; p < words(part); ++p) {
          const bool completes = output(part, p) >= 0;
          const std::int64_t byte = result(part, n * words(part) + p);
          ends.back() = std::max(ends.back(), byte + (completes ? windows(part) : 0) + 1);
        }
      }
    }
  }

  std::vector<std::int64_t> ends;

  CycleCount cycles(std::size_t l) const {
    const auto word = static_cast<std::int64_t>(config_.word_interval());
    const std::vector<std::int64_t>& d = d_[l + 1];
    CycleCount count;
    count.fill = static_cast<std::uint64_t>(d.front() + lead(l + 1));
    count.compute = config_.word_interval() * d.size();
    for (std::size_t i = 1; i < d.size(); ++i)
      count.stall += static_cast<std::uint64_t>(d[i] - d[i - 1] - word);
    count.drain = static_cast<std::uint64_t>(ends.back() - (d.back() + lead(l + 1)) - word);
    return count;
  }

 private:
  /// A line buffer, as its reader sees it.
  struct Line {
    std::size_t writer;  // part
    std::size_t reader;
    std::int64_t height, width, stride;
    std::int64_t least_dy, most_dy, least_dx, most_dx;
    std::int64_t room;
    std::vector<std::int64_t> needed;  // per word: pixels of an image up to the last that it reads
    std::vector<std::int64_t> spent;   // per word, and at the end: those that it and later ones
                                       // do not read
  };

  const LayerDescription& layer(std::size_t part) const {
    return network_.description.layer(part - 1);
  }
  const tests::WordOracle& oracle(std::size_t part) const { return oracles_[part - 1]; }
  bool pooled(std::size_t part) const {
    return part > 0 && part + 1 < d_.size() && network_.description.is_pooled(part - 1);
  }
  std::int64_t width(std::size_t part) const {
    return static_cast<std::int64_t>(part == 0 ? layer(1).in_width : oracle(part).width);
  }
  std::size_t words(std::size_t part) const {
    return part == 0 ? layer(1).in_height * layer(1).in_width : oracle(part).words();
  }
  std::ptrdiff_t output(std::size_t part, std::size_t p) const {
    return part == 0 ? static_cast<std::ptrdiff_t>(p) : oracle(part).output[p];
  }
  /// Pixels that a part gives per image, and which of them word p completes, or -1.
  std::size_t pixels(std::size_t part) const {
    if (pooled(part)) return 1;
    return part == 0 ? words(0) : oracle(part).pixels;
  }
  std::int64_t completed(std::size_t part, std::size_t p) const {
    const std::ptrdiff_t pixel = output(part, p);
    if (!pooled(part)) return pixel;
    const auto last = static_cast<std::ptrdiff_t>(oracle(part).pixels) - 1;
    return pixel == last ? 0 : -1;
  }
  const tiling::Stage& stage(std::size_t part) const { return pipeline_.stages[part - 1]; }
  std::size_t groups(std::size_t part) const {
    return std::max<std::size_t>(1, network_.layer(part - 1).weights.groups.size());
  }
  std::int64_t rows(std::size_t part) const {
    return static_cast<std::int64_t>(network_.layer(part - 1).weights.rows());
  }

  /// Lines of the fullest group, and Q.
  std::int64_t read_clocks(std::size_t part) const {
    std::size_t most = 1;
    for (const auto& group : network_.layer(part - 1).weights.groups.groups)
      most = std::max(most, group.size());
    return static_cast<std::int64_t>((most + config_.bank_ports - 1) / config_.bank_ports);
  }
  /// Z: a bank of the next layer takes the channels that its group reads.
  std::int64_t write_clocks(std::size_t part) const {
    std::size_t most = 0;
    for (const auto& group : network_.layer(part).weights.groups.groups) {
      std::set<std::int32_t> channels;
      for (const auto m : group) channels.insert(layer(part + 1).columns[m].channel);
      most = std::max(most, channels.size());
    }
    return static_cast<std::int64_t>((most + config_.bank_ports - 1) / config_.bank_ports);
  }
  std::int64_t windows(std::size_t part) const {
    if (!layer(part).pooling) return 0;
    return layer(part).pooling->kind == PoolingKind::kMax ? 3 : 20;
  }
  std::int64_t moved() const {
    const std::size_t width = config_.dram_bytes_per_clock;
    return static_cast<std::int64_t>((layer(1).in_channels + width - 1) / width);
  }

  std::int64_t interval(std::size_t part) const {
    if (part == 0) return std::max(moved(), write_clocks(0));
    std::int64_t k =
        std::max(static_cast<std::int64_t>(config_.word_interval()), read_clocks(part));
    if (part + 1 == d_.size()) return k;
    const auto spacing =
        static_cast<std::int64_t>(pooled(part) ? words(part) : layer(part).words().spacing());
    k = std::max(k, (write_clocks(part) + spacing - 1) / spacing);
    if (layer(part).pooling)
      k = std::max(k, static_cast<std::int64_t>((3 + oracle(part).width - 1) / oracle(part).width));
    return k;
  }
  std::int64_t lead(std::size_t part) const { return part == 0 ? moved() : read_clocks(part) + 4; }
  /// Of a word, the last row's byte.
  std::int64_t result(std::size_t part, std::size_t i) const {
    if (part == 0) return d_[0][i] + lead(0);
    return d_[part][i] + lead(part) + static_cast<std::int64_t>(groups(part)) + rows(part) +
           static_cast<std::int64_t>(config_.word_clocks());
  }
  /// Since when the next layer may decide to read the pixel that the word completes.
  std::int64_t there(std::size_t part, std::size_t i) const {
    const std::int64_t poolings = part == 0 ? 0 : windows(part) + (pooled(part) ? 18 : 0);
    return result(part, i) + poolings + std::max<std::int64_t>(0, write_clocks(part) - 3) + 1;
  }

  std::vector<Line> lines() const {
    std::vector<Line> all;
    for (std::size_t part = 1; part < d_.size(); ++part) {
      Line line{part - 1,
                part,
                static_cast<std::int64_t>(layer(part).in_height),
                static_cast<std::int64_t>(layer(part).in_width),
                static_cast<std::int64_t>(layer(part).stride),
                0,
                0,
                0,
                0,
                0,
                {},
                {}};
      line.room = static_cast<std::int64_t>(stage(part).input.pixels);
      std::vector<std::int64_t> dy, dx;
      for (const auto& group : network_.layer(part - 1).weights.groups.groups) {
        for (const auto m : group) {
          dy.push_back(layer(part).columns[m].dy);
          dx.push_back(layer(part).columns[m].dx);
        }
      }
      if (!dy.empty()) {
        std::tie(line.least_dy, line.most_dy) =
            std::pair(std::ranges::min(dy), std::ranges::max(dy));
        std::tie(line.least_dx, line.most_dx) =
            std::pair(std::ranges::min(dx), std::ranges::max(dx));
      }
      all.push_back(line);
      if (!layer(part).residual) continue;
      const std::size_t source = *layer(part).residual + 1;
      std::int64_t step = 1;
      for (std::size_t k = source + 1; k <= part; ++k) {
        step *= static_cast<std::int64_t>(layer(k).stride);
        if (k < part && layer(k).pooling)
          step *= static_cast<std::int64_t>(layer(k).pooling->stride);
      }
      all.push_back({source,
                     part,
                     static_cast<std::int64_t>(layer(source).out_height()),
                     static_cast<std::int64_t>(layer(source).out_width()),
                     step,
                     0,
                     0,
                     0,
                     0,
                     static_cast<std::int64_t>(stage(part).residual->pixels),
                     {},
                     {}});
    }
    for (Line& line : all) {
      for (std::size_t p = 0; p < words(line.reader); ++p) line.needed.push_back(needed(line, p));
      for (std::size_t p = 0; p <= words(line.reader); ++p) line.spent.push_back(spent(line, p));
    }
    return all;
  }

  std::int64_t needed(const Line& line, std::size_t p) const {
    const auto y = static_cast<std::int64_t>(p) / width(line.reader) * line.stride;
    const auto x = static_cast<std::int64_t>(p) % width(line.reader) * line.stride;
    std::int64_t last = -1;
    for (std::int64_t r = std::max<std::int64_t>(0, y + line.least_dy); r <= y + line.most_dy;
         ++r) {
      for (std::int64_t c = std::max<std::int64_t>(0, x + line.least_dx); c <= x + line.most_dx;
           ++c)
        if (r < line.height && c < line.width) last = r * line.width + c;
    }
    return last + 1;
  }
  std::int64_t spent(const Line& line, std::size_t p) const {
    if (p == words(line.reader)) return line.height * line.width;
    const auto y = static_cast<std::int64_t>(p) / width(line.reader) * line.stride + line.least_dy;
    const auto x = static_cast<std::int64_t>(p) % width(line.reader) * line.stride + line.least_dx;
    const std::int64_t first = std::max<std::int64_t>(y, 0);
    std::int64_t count = 0;
    for (std::int64_t r = 0; r < line.height; ++r) {
      for (std::int64_t c = 0; c < line.width; ++c)
        count += (r < first || (r == first && c < x)) && r < y + line.stride ? 1 : 0;
    }
    return count;
  }

  std::optional<std::int64_t> time(std::size_t part, std::size_t i) const {
    const std::size_t n = i / words(part);
    const std::size_t p = i % words(part);
    std::int64_t clock = i == 0 ? 0 : d_[part][i - 1] + interval(part);
    const std::int64_t pixel = completed(part, p);
    for (const Line& line : lines_) {
      if (line.reader == part) {
        // All pixels up to the last needed one, over the images.
        if (line.needed[p] == 0) continue;
        const std::int64_t count =
            static_cast<std::int64_t>(n) * line.height * line.width + line.needed[p];
        const auto since = written(line.writer, count - 1);
        if (!since) return std::nullopt;
        clock = std::max(clock, *since);
      }
      if (line.writer == part && pixel >= 0) {
        const std::int64_t place = static_cast<std::int64_t>(n * pixels(part)) + pixel - line.room;
        if (place < 0) continue;
        const auto since = freed(line, place);
        if (!since) return std::nullopt;
        clock = std::max(clock, *since);
      }
    }
    if (part == 0) clock = std::max(clock, arrived(n, p));
    return clock;
  }

  /// When a part's output pixel, counted on over the images, can be read.
  std::optional<std::int64_t> written(std::size_t part, std::int64_t pixel) const {
    const auto per_image = static_cast<std::int64_t>(pixels(part));
    for (std::size_t p = 0; p < words(part); ++p) {
      if (completed(part, p) != pixel % per_image) continue;
      const std::size_t i = static_cast<std::size_t>(pixel / per_image) * words(part) + p;
      if (i >= d_[part].size() || d_[part][i] < 0) return std::nullopt;
      return there(part, i);
    }
    return std::nullopt;
  }

  /// When the place of a pixel is free again: all is read of the first word after which nothing
  /// needs the pixel.
  std::optional<std::int64_t> freed(const Line& line, std::int64_t pixel) const {
    const std::int64_t per_image = line.height * line.width;
    const auto n = static_cast<std::size_t>(pixel / per_image);
    for (std::size_t p = 0; p < words(line.reader); ++p) {
      if (line.spent[p + 1] <= pixel % per_image) continue;
      const std::size_t i = n * words(line.reader) + p;
      if (i >= d_[line.reader].size() || d_[line.reader][i] < 0) return std::nullopt;
      return d_[line.reader][i] + read_clocks(line.reader) + 2 +
             std::max(static_cast<std::int64_t>(groups(line.reader)), rows(line.reader));
    }
    return std::nullopt;
  }

  /// When all bytes of pixel p of image n are in the FIFO behind DRAM.
  std::int64_t arrived(std::size_t n, std::size_t p) const {
    const auto burst = static_cast<std::int64_t>(config_.dram_burst_bytes);
    const auto clock_bytes = static_cast<std::int64_t>(config_.dram_bytes_per_clock);
    const auto channels = static_cast<std::int64_t>(layer(1).in_channels);
    const auto image = (channels * static_cast<std::int64_t>(words(0)) + burst - 1) / burst * burst;
    const std::int64_t last =
        static_cast<std::int64_t>(n) * image + static_cast<std::int64_t>(p + 1) * channels - 1;
    std::int64_t request = 0;
    for (std::int64_t b = 0; b <= last / burst; ++b) {
      if (b > 0) request += burst / clock_bytes;
      // Its place in the FIFO is free when so many bytes have been taken out.
      const std::int64_t room =
          std::min(static_cast<std::int64_t>(config_.input_bytes),
                   2 * image + static_cast<std::int64_t>(config_.dram_latency) * clock_bytes);
      const std::int64_t taken = (b + 1) * burst - room;
      for (std::size_t i = 0; taken > 0; ++i) {
        const std::size_t pixel = i % words(0) + 1;
        const std::int64_t out =
            static_cast<std::int64_t>(i / words(0)) * image +
            (pixel == words(0) ? image : static_cast<std::int64_t>(pixel) * channels);
        if (out < taken) continue;
        request = std::max(request, d_[0][i] + moved());
        break;
      }
    }
    return request + static_cast<std::int64_t>(config_.dram_latency) + last % burst / clock_bytes +
           1;
  }

  const QuantizedNetwork& network_;
  const tiling::Pipeline& pipeline_;
  const ArrayConfig& config_;
  std::vector<tests::WordOracle> oracles_;
  std::vector<Line> lines_;
  std::vector<std::vector<std::int64_t>> d_;
};

void expect_literal(const QuantizedNetwork& network, const ArrayConfig& config, std::size_t images,
                    std::uint64_t seed) {
  const tiling::Pipeline pipeline = tiling::compile_pipeline(network, config);
  const LiteralPipeline literal(network, pipeline, images);
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
    const tiling::Pipeline pipeline = tiling::compile_pipeline(network, config);
    tiling::PipelineClocks clocks(pipeline);
    constexpr std::size_t kImages = 840;  // a multiple of the periods that occur
    std::uint64_t middle = 0;
    std::uint64_t end = 0;
    for (std::size_t image = 0; image < 2 * kImages; ++image) {
      end = *clocks.next();
      if (image + 1 == kImages) middle = end;
    }
    EXPECT_EQ(tiling::steady_interval(pipeline), (end - middle + kImages - 1) / kImages)
        << "seed " << seed;
  }
}

// Line buffers of the size that is chosen by default cost no clock, of interval or latency.
TEST(Pipelined, DefaultLineBuffersKeepThePace) {
  std::size_t tried = 0;
  for (std::uint64_t seed = 1; seed <= kPipelinedSeeds; ++seed) {
    auto [network, config] = pipelined_machine(seed);
    config.line_bytes = 0;
    config.input_bytes = 1U << 20U;  // DRAM is no slower than its bytes
    const tiling::Pipeline pipeline = tiling::compile_pipeline(network, config);
    tiling::PipelineClocks limited(pipeline);
    tiling::PipelineClocks unlimited(pipeline, tiling::PipelineClocks::Pace{0});
    EXPECT_EQ(limited.next(), unlimited.next()) << "seed " << seed;
    // A layer that reads nothing waits for nothing, not even for slower parts in front.
    const bool all_wait = std::ranges::all_of(pipeline.stages, [](const tiling::Stage& stage) {
      const WordGrid grid = stage.program.layers.front().words();
      for (std::size_t y = 0; y < grid.height(); ++y) {
        for (std::size_t x = 0; x < grid.width(); ++x)
          if (stage.input.reads.needed(y, x) > 0) return true;
      }
      return false;
    });
    if (!all_wait) continue;
    ++tried;
    EXPECT_EQ(tiling::steady_interval(pipeline), pipeline.least_interval()) << "seed " << seed;
  }
  EXPECT_GT(tried, kPipelinedSeeds * 3 / 4);
}

TEST(Pipelined, SmallerLineBuffersNeverMakeItFaster) {
  std::size_t slower = 0;
  std::size_t refused = 0;
  for (std::uint64_t seed = 1; seed <= kPipelinedSeeds; ++seed) {
    auto [network, config] = pipelined_machine(seed);
    config.line_bytes = 0;
    const SimulationResult wide = count_pipelined(network, config, 2);
    config.line_bytes = std::max<std::uint64_t>(1, wide.layers[0].line_buffer_bytes * 2 / 3);
    try {
      const SimulationResult narrow = count_pipelined(network, config, 2);
      EXPECT_GE(narrow.interval, wide.interval) << "seed " << seed;
      EXPECT_GE(narrow.latency, wide.latency) << "seed " << seed;
      slower += narrow.interval > wide.interval ? 1 : 0;
      EXPECT_LE(narrow.layers[0].line_buffer_bytes, config.line_bytes);
    } catch (const UserError& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr("buffers.line_bytes is '"));
      ++refused;
    }
  }
  EXPECT_GT(slower, 5U);
  EXPECT_GT(refused, 5U);
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
  network.layer(1).padding.assign(3, 0);
  network.hidden.insert(network.hidden.end(), {nothing, wider});
  ArrayConfig config;
  config.alpha = 1;
  config.cross_layer = true;
  config.dram_bytes_per_clock = 2;
  expect_literal(network, config, 3, 0);
  const SimulationResult result = count_pipelined(network, config, 1);
  EXPECT_EQ(result.layers[2].activity.residual_read_bytes, 4U * 2);  // 2 of the 3 rows
  EXPECT_EQ(result.layers[0].activity.residual_write_bytes, 16U * 2);
}

TEST(Pipelined, RowsColumnsAndBuffersSetNoLimit) {
  const QuantizedNetwork network = tests::dense_network(4, 4, 9, 7, 3);
  ArrayConfig config;
  config.alpha = 1;
  config.cross_layer = true;
  const SimulationResult wide = count_pipelined(network, config, 2);
  config.rows = config.columns = 1;
  config.data_bytes = config.weight_bytes = config.output_bytes = 1;
  config.partial_sum_bytes = config.residual_bytes = config.pooling_bytes = 0;
  const SimulationResult tiny = count_pipelined(network, config, 2);
  EXPECT_EQ(tiny.latency, wide.latency);
  EXPECT_EQ(tiny.total, wide.total);
  EXPECT_EQ(tiny.total.array_cells, 9U * 7 + 7 * 3);
  EXPECT_EQ(tiny.total.cell_utilization(), 1.0);
}

}  // namespace
}  // namespace colcomb::simulation
