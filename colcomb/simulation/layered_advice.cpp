#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "colcomb/base/arithmetic.hpp"
#include "colcomb/simulation/advice.hpp"

namespace colcomb::simulation {
namespace {

/// Where a smaller fraction of the cells holds a weight, filling the cells is proposed before a
/// larger array.
constexpr double kWellUsed = 0.6;

class Advisor {
 public:
  Advisor(const SimulationResult& result, const Schedule& schedule, std::size_t layer)
      : config_(result.config),
        part_(result.layers[layer]),
        reads_images_(layer == 0 && schedule.input_in_dram[layer] != 0) {
    const std::uint64_t batches = result.images / config_.batch;
    if (layer == schedule.tiles.front().layer) initial_bytes_ = schedule.initial_weight_bytes;
    for (const Tile& tile : schedule.tiles) {
      if (tile.layer != layer) continue;
      if (tile.word_begin == 0) ++weight_tiles_;
      ++tiles_;
      words_ += tile.words;
      input_bytes_ += tile.input_bytes;
      weight_bytes_ += tile.weight_bytes;
      output_bytes_ += tile.output_bytes;
      port_stall_ += (tile.interval - config_.word_interval()) * tile.words * batches;
      read_clocks_ = std::max(read_clocks_, tile.read_clocks);
      write_clocks_ = std::max(write_clocks_, tile.write_clocks);
      rows_ = std::max<std::uint64_t>(rows_, tile.rows);
    }
  }

  [[nodiscard]] std::string sentence() const {
    const CycleCount& cycles = part_.cycles;
    using Text = std::string (Advisor::*)() const;
    const std::array<std::pair<std::uint64_t, Text>, 6> causes = {{
        {cycles.compute, &Advisor::words},
        {cycles.weight_load, &Advisor::weight_loading},
        {cycles.drain, &Advisor::draining},
        {port_stall_, &Advisor::bank_ports},
        {cycles.stall - port_stall_, &Advisor::dram},
        {cycles.fill, &Advisor::filling},
    }};
    const auto& [clocks, text] = *std::ranges::max_element(
        causes, {}, [](const std::pair<std::uint64_t, Text>& cause) { return cause.first; });
    const double share = 100.0 * static_cast<double>(clocks) / static_cast<double>(cycles.total());
    return fmt::format("{:.0f}% of {} clocks: {}", share, cycles.total(), (this->*text)());
  }

 private:
  [[nodiscard]] std::string words() const {
    const double used = part_.cell_utilization();
    const std::string start = fmt::format(
        "input words pass the array, one in {} clocks through {} weight tile{} with {:.0f}% of the "
        "cells in use; ",
        config_.word_interval(), weight_tiles_, weight_tiles_ == 1 ? "" : "s", 100 * used);
    if (weight_tiles_ == 1) {
      return start + (config_.word_interval() > 1
                          ? "only a shorter word interval (array.cell) would help"
                          : "only fewer output pixels would help");
    }
    if (used < kWellUsed) {
      return start +
             "higher utilization would need fewer tiles: combine more columns, or fit "
             "array.rows and array.columns to " +
             fmt::format("{} x {}", part_.rows, part_.groups);
    }
    return start + fmt::format("a larger array would need fewer tiles: {} x {} takes it in one",
                               part_.rows, part_.groups);
  }

  [[nodiscard]] std::string weight_loading() const {
    const std::uint64_t load = rows_ * config_.load_clocks() + 1;
    const std::uint64_t pass = words_ / tiles_ * config_.word_interval();
    const std::string start = fmt::format(
        "weight loading, up to {} clocks a tile against {} of input words; ", load, pass);
    if (!config_.double_buffering)
      return start + "array.double_buffering would hide it behind the input words";
    return start + larger_batch("would spread it over more input words");
  }

  [[nodiscard]] std::string draining() const {
    if (tiles_ > weight_tiles_ || part_.groups > config_.columns) {
      return fmt::format(
          "results drain, partial sums before the next column tile among them; array.columns "
          "of {} would need no partial sums, and {}",
          part_.groups, larger_batch("would give each wait more input words"));
    }
    return "the last results drain before the next layer can read them; " +
           larger_batch("or schedule.cross_layer would hide it");
  }

  [[nodiscard]] std::string bank_ports() const {
    const std::uint64_t interval = config_.word_interval();
    const bool reading = read_clocks_ >= write_clocks_;
    const std::uint64_t clocks = std::max(read_clocks_, write_clocks_);
    return fmt::format(
        "the banks' ports delay input words: a bank {} up to {} clocks long for each, of which one "
        "could come every {}; buffers.bank_ports of {} (now {}) would keep up",
        reading ? "is read" : "takes results", clocks,
        interval == 1 ? "clock" : fmt::format("{} clocks", interval),
        ceil_divide(clocks * config_.bank_ports, interval), config_.bank_ports);
  }

  [[nodiscard]] std::string dram() const {
    const std::string wider =
        fmt::format("more than {} dram.bytes_per_clock", config_.dram_bytes_per_clock);
    if (initial_bytes_ > input_bytes_ + output_bytes_) {
      return fmt::format(
          "the first batch waits for the whole network's weights, {} bytes; {} "
          "would help, and longer runs spread it",
          initial_bytes_, wider);
    }
    std::string text =
        fmt::format("DRAM is late with {} bytes of weights and {} of activations a batch; ",
                    weight_bytes_, input_bytes_ + output_bytes_);
    if (weight_bytes_ > input_bytes_ + output_bytes_) {
      text += larger_batch(
          "would use each weight more often, a larger buffers.weight_bytes "
          "would keep them, or ");
    } else if (config_.order == TileOrder::kWeightMajor && weight_tiles_ > 1) {
      text += "schedule.order output-major may read inputs less often, " + larger_buffer();
    } else {
      text += larger_buffer();
    }
    return text + wider + " would help";
  }

  [[nodiscard]] std::string larger_buffer() const {
    if (reads_images_) return "a larger buffers.input_bytes would take whole images, or ";
    return "larger buffers.data_bytes and buffers.residual_bytes would keep maps, or ";
  }

  [[nodiscard]] std::string filling() const {
    return fmt::format("the first input words of {} tile{} fill the array; {}", tiles_,
                       tiles_ == 1 ? "" : "s",
                       larger_batch("would let more input words follow them"));
  }

  [[nodiscard]] std::string larger_batch(const std::string& effect) const {
    return fmt::format("a larger schedule.batch (now {}) {}", config_.batch, effect);
  }

  const ArrayConfig& config_;
  const SimulatedPart& part_;
  bool reads_images_;  // block by block
  std::uint64_t weight_tiles_ = 0;
  std::uint64_t tiles_ = 0;
  std::uint64_t words_ = 0;
  std::uint64_t input_bytes_ = 0;
  std::uint64_t weight_bytes_ = 0;
  std::uint64_t output_bytes_ = 0;
  std::uint64_t port_stall_ = 0;
  std::uint32_t read_clocks_ = 0;  // the most of any tile
  std::uint32_t write_clocks_ = 0;
  std::uint64_t rows_ = 0;
  std::uint64_t initial_bytes_ = 0;  // weights of the whole network
};

}  // namespace

std::string layered_advice(const SimulationResult& result, const Schedule& schedule,
                           std::size_t layer) {
  return Advisor(result, schedule, layer).sentence();
}

}  // namespace colcomb::simulation
