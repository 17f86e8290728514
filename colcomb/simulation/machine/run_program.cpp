#include "colcomb/simulation/machine/run_program.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "colcomb/base/arithmetic.hpp"
#include "colcomb/base/check.hpp"
#include "colcomb/semantics/reshape.hpp"
#include "colcomb/simulation/machine/machine.hpp"
#include "colcomb/simulation/machine/value_keeper.hpp"
#include "colcomb/simulation/parts.hpp"
#include "colcomb/tiling/latencies.hpp"
#include "colcomb/tiling/schedule_counts.hpp"
#include "colcomb/tiling/steady_interval.hpp"

namespace colcomb::simulation::machine {
namespace {

InputDescription input_of(const TileProgram& program) {
  InputDescription input;
  input.channels = program.channels;
  input.height = program.height;
  input.width = program.width;
  input.reshape_stride = program.reshape_stride;
  return input;
}

/// Values of `images` images, all zero, in the program's shapes.
std::vector<semantics::ImageValues> empty_values(const TileProgram& program, std::uint64_t images) {
  semantics::ImageValues values;
  for (const LayerSetup& layer : program.layers) {
    if (layer.role == LayerRole::kClassifier) continue;
    const WordGrid words = layer.words();
    semantics::Map map{layer.filters, words.out_height(), words.out_width(), {}};
    map.values.resize(map.channels * map.pixels());
    values.outputs.push_back(std::move(map));
  }
  if (program.layers[program.layers.size() - 2].role == LayerRole::kPooled)
    values.pooled.resize(values.outputs.back().channels);
  values.logits.resize(program.layers.back().filters);
  return std::vector<semantics::ImageValues>(images, values);
}

std::uint64_t end_of(const TileRecord& record, const Tile& tile) {
  return *record.last_word + tile.interval;
}

class Run {
 public:
  Run(const TileProgram& program, const Machine& machine, std::uint64_t batches)
      : program_(program),
        machine_(machine),
        batches_(batches),
        tiles_(program.schedule.tiles.size()) {}

  /// First clock after all of a batch's results.
  [[nodiscard]] std::uint64_t batch_end(std::uint64_t batch) const {
    return *machine_.record((batch + 1) * tiles_ - 1).last_result + 1;
  }

  /// The interval, where the run itself proves it: a batch in which everything happens as in the
  /// one before, a constant time later, is followed by others like it. It may take thousands of
  /// batches to reach that state, too many for this engine.
  [[nodiscard]] std::optional<std::uint64_t> proven_interval() const {
    for (std::uint64_t batch = 1; batch < batches_; ++batch) {
      if (steady(batch)) return batch_end(batch) - batch_end(batch - 1);
    }
    return std::nullopt;
  }

  void fill(SimulationResult& result) const {
    std::uint64_t end = 0;
    SimulatedPart* before = &result.tiles.front();
    for (std::uint64_t i = 0; i < batches_ * tiles_; ++i) {
      const Tile& tile = program_.schedule.tiles[i % tiles_];
      const TileRecord& record = machine_.record(i);
      SimulatedPart& part = result.tiles[i % tiles_];
      charge(record, tile, end, part.cycles, before->cycles);
      ActivityCount activity = record.activity;
      const std::uint64_t nonzeros = machine_.nonzeros(static_cast<std::uint32_t>(i % tiles_));
      activity.useful_macs = nonzeros * activity.input_words;
      activity.wasted_macs =
          (program_.array.rows * program_.array.columns - nonzeros) * activity.input_words;
      activity.dram_read_bytes = machine_.memory().moved(i).read;
      activity.dram_write_bytes = machine_.memory().moved(i).written;
      part.activity += activity;
      end = end_of(record, tile);
      before = &part;
    }
    const std::uint64_t run_end = batch_end(batches_ - 1);
    before->cycles.drain += std::max(run_end, end) - end;
  }

 private:
  [[nodiscard]] bool steady(std::uint64_t batch) const {
    const std::uint64_t first = batch * tiles_;
    const std::uint64_t shift =
        *machine_.record(first).begin - *machine_.record(first - tiles_).begin;
    for (std::uint64_t i = first; i < first + tiles_; ++i) {
      const TileRecord& now = machine_.record(i);
      const TileRecord& before = machine_.record(i - tiles_);
      if (*now.dram != *before.dram + shift || *now.load != *before.load + shift ||
          *now.begin != *before.begin + shift || *now.done != *before.done + shift)
        return false;
    }
    return true;
  }

  /// Where the clocks between the tile before and this one went, as what came last tells.
  void charge(const TileRecord& record, const Tile& tile, std::uint64_t end_before,
              CycleCount& cycles, CycleCount& cycles_before) const {
    const auto lead = static_cast<std::uint64_t>(tile.read_clocks + tiling::kReadLead);
    const std::uint64_t ready =
        *record.load + lead +
        static_cast<std::uint64_t>(tiling::send_after_load(tile, program_.array)) -
        static_cast<std::uint64_t>(tiling::kLoadLead);
    for (std::uint64_t clock = end_before; clock < *record.begin; ++clock) {
      if (clock < *record.dram) {
        ++cycles.stall;
      } else if (clock < ready) {
        ++cycles.weight_load;
      } else if (clock + lead >= *record.begin) {
        ++cycles.fill;
      } else {
        ++cycles_before.drain;
      }
    }
    const std::uint64_t interval = program_.array.word_interval();
    cycles.compute += interval * tile.words;
    cycles.stall += end_of(record, tile) - *record.begin - interval * tile.words;
  }

  const TileProgram& program_;
  const Machine& machine_;
  std::uint64_t batches_;
  std::size_t tiles_;
};

/// The logits as they lie in DRAM.
void take_logits(const TileProgram& program, const MemoryChannel& memory, std::uint64_t batches,
                 std::vector<semantics::ImageValues>& values) {
  const std::size_t batch_size = program.array.batch;
  for (std::uint64_t batch = 0; batch < batches; ++batch) {
    const std::vector<std::int32_t> logits = memory.logits(batch);
    for (std::size_t i = 0; i < batch_size; ++i) {
      std::vector<std::int32_t>& mine = values[batch * batch_size + i].logits;
      for (std::size_t n = 0; n < mine.size(); ++n) mine[n] = logits[n * batch_size + i];
    }
  }
}

}  // namespace

std::vector<std::uint8_t> images_in_memory(const TileProgram& program,
                                           std::span<const std::uint8_t> images) {
  const InputDescription input = input_of(program);
  const std::size_t batch = program.array.batch;
  const std::size_t count = images.size() / input.size();
  const LayerSetup& layer = program.layers.front();
  const std::size_t pixels = std::size_t{layer.in_height} * layer.in_width;
  const std::size_t burst = program.array.dram_burst_bytes;
  const std::size_t plane = ceil_divide(batch * pixels, burst) * burst;
  std::vector<std::uint8_t> result(count / batch * program.memory.logits);
  for (std::size_t i = 0; i < count; ++i) {
    const auto map =
        semantics::reshape_image(images.subspan(i * input.size(), input.size()), input);
    const std::size_t begin = i / batch * program.memory.logits + i % batch * pixels;
    for (std::size_t channel = 0; channel < map.channels; ++channel) {
      std::ranges::copy(map.plane(channel),
                        result.begin() + static_cast<std::ptrdiff_t>(begin + channel * plane));
    }
  }
  return result;
}

Simulation run_program(const TileProgram& program, std::span<const std::uint8_t> images,
                       const ExactOptions& options) {
  const std::uint64_t count = images.size() / input_of(program).size();
  COLCOMB_CHECK(count > 0 && count % program.array.batch == 0, "images must be whole batches");
  const std::uint64_t batches = count / program.array.batch;
  ValueKeeper keeper(empty_values(program, count), options.probe);
  const std::vector<std::uint8_t> memory = images_in_memory(program, images);
  Machine machine(program, memory,
                  {.plain = options.plain, .probe = &keeper, .shuffle = options.shuffle});
  machine.run_batches(batches);
  Simulation simulation;
  SimulationResult& result = simulation.result;
  result = describe_program(program);
  result.engine = "exact";
  result.images = count;
  const Run run(program, machine, batches);
  const auto proven = run.proven_interval();
  result.interval = proven ? *proven : tiling::steady_interval(program.array, program.schedule);
  result.latency = run.batch_end(0);
  run.fill(result);
  tiling::sum_tiles(result, program.schedule);
  take_logits(program, machine.memory(), batches, keeper.values());
  simulation.values = std::move(keeper.values());
  return simulation;
}

}  // namespace colcomb::simulation::machine
