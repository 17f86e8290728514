#include "colcomb/simulation/exact/record_cells.hpp"

#include <algorithm>

#include "colcomb/base/check.hpp"
#include "colcomb/simulation/exact/probe.hpp"
#include "colcomb/simulation/machine/machine.hpp"
#include "colcomb/simulation/machine/run_program.hpp"
#include "colcomb/tiling/compile.hpp"
#include "colcomb/tiling/layout.hpp"
#include "colcomb/tiling/tile_clocks.hpp"

namespace colcomb::simulation {
namespace {

/// Most clocks before the first word: weights may have waited in the cells for thousands.
constexpr tiling::Clock kLead = 32;

struct ChosenTile {
  std::uint32_t tile = 0;
  tiling::TileTimes times;
};

std::vector<std::uint32_t> groups_of(const QuantizedNetwork& network, const ArrayConfig& config,
                                     const Tile& tile) {
  return tiling::input_layout(network.layer(tile.layer), network.description.layer(tile.layer),
                              config)
      .column_tiles[tile.column_tile]
      .groups;
}

bool selects(const QuantizedNetwork& network, const ArrayConfig& config, const Tile& tile) {
  const auto& groups = network.layer(tile.layer).weights.groups.groups;
  return std::ranges::any_of(groups_of(network, config, tile),
                             [&groups](std::uint32_t g) { return groups[g].size() > 1; });
}

ChosenTile choose(const QuantizedNetwork& network, const TileProgram& program,
                  std::uint64_t most_clocks) {
  const ArrayConfig& config = program.array;
  tiling::TileClocks clocks(config, program.schedule);
  ChosenTile first;
  for (std::uint32_t t = 0; t < program.schedule.tiles.size(); ++t) {
    const Tile& tile = program.schedule.tiles[t];
    const tiling::TileTimes times = clocks.next();
    if (t == 0) first = {t, times};
    if (times.load > static_cast<tiling::Clock>(most_clocks)) break;
    if (tile.rows == config.rows && tile.groups == config.columns && selects(network, config, tile))
      return {t, times};
  }
  return first;
}

class Recorder : public Probe {
 public:
  Recorder(CellRecording& recording, std::uint64_t begin, std::uint64_t interval)
      : recording_(recording),
        begin_(begin),
        interval_(interval),
        active_(recording.config.rows * recording.config.columns) {}

  void clock(std::uint64_t clock, std::uint32_t /*tile*/, const ArrayFront& front) override {
    if (clock < recording_.first_clock || clock >= recording_.first_clock + recording_.clocks)
      return;
    for (std::size_t row = 0; row < recording_.config.rows; ++row) {
      for (std::size_t column = 0; column < recording_.config.columns; ++column)
        record(front.outputs(row, column), row * recording_.config.columns + column, clock);
    }
    for (const RowResult& result : front.results()) take(result, clock);
  }

 private:
  void record(const CellOutputs& out, std::size_t cell, std::uint64_t clock) {
    // The swap that comes with the tile's own first word, not one of a tile before.
    if (out.swap && clock >= begin_) active_[cell] = 1;
    recording_.cells.push_back(
        {out.data, out.acc, out.start, out.swap, out.load_valid, active_[cell] != 0});
  }

  /// A word's accumulation is whole C + r + T clocks behind the word's entry.
  void take(const RowResult& result, std::uint64_t clock) {
    if (result.row >= recording_.rows) return;
    const std::uint64_t first =
        begin_ + recording_.config.columns + result.row + recording_.config.word_clocks();
    if (clock < first) return;  // a tile's before
    const std::uint64_t word = (clock - first) / interval_;
    if (word >= recording_.words) return;
    const unsigned unused = 64U - static_cast<unsigned>(recording_.config.accumulation_bits);
    const auto value = static_cast<std::int64_t>(std::uint64_t{result.value} << unused) >> unused;
    recording_.results.push_back(
        {clock, static_cast<std::uint32_t>(result.row), value, static_cast<std::uint32_t>(word)});
  }

  CellRecording& recording_;
  std::uint64_t begin_;
  std::uint64_t interval_;
  std::vector<std::uint8_t> active_;
};

/// The bytes of the recorded words, from the bits that passed row 0: word w's bit b is at column c
/// in clock begin + w K + c + b, in its output register one clock later.
void read_inputs(CellRecording& recording, std::uint64_t begin, std::uint64_t interval) {
  const ArrayConfig& config = recording.config;
  for (std::uint64_t word = 0; word < recording.words; ++word) {
    for (std::size_t column = 0; column < recording.groups.size(); ++column) {
      for (std::size_t line = 0; line < config.alpha; ++line) {
        std::uint32_t byte = 0;
        for (std::uint64_t bit = 0; bit < 8; ++bit) {
          const std::uint64_t clock = begin + word * interval + column + bit + 1;
          const RecordedCell& cell = recording.cell(clock - recording.first_clock, 0, column);
          byte |= static_cast<std::uint32_t>(cell.data >> line & 1U) << bit;
        }
        recording.inputs.push_back(static_cast<std::uint8_t>(byte));
      }
    }
  }
}

}  // namespace

CellRecording record_cells(const QuantizedNetwork& network, const ArrayConfig& config,
                           std::span<const std::uint8_t> images, const RecordOptions& options) {
  COLCOMB_CHECK(config.cell != CellKind::kParallel && !config.cross_layer,
                "bit-serial cells of one array are recorded");
  const TileProgram program = tiling::compile(network, config);
  const ChosenTile chosen = choose(network, program, options.clocks);
  const Tile& tile = program.schedule.tiles[chosen.tile];
  const QuantizedLayer& layer = network.layer(tile.layer);

  CellRecording recording;
  recording.config = config;
  recording.layer = network.description.layer(tile.layer).name;
  recording.tile = chosen.tile;
  recording.row_begin = tile.row_begin;
  recording.rows = tile.rows;
  recording.words = static_cast<std::uint32_t>(std::min<std::uint64_t>(options.words, tile.words));
  recording.first = tile.first;
  recording.last = tile.last;
  recording.groups = groups_of(network, config, tile);
  recording.weights = Matrix<std::int8_t>(tile.rows, recording.groups.size());
  recording.selects = Matrix<std::uint8_t>(tile.rows, recording.groups.size());
  for (std::size_t column = 0; column < recording.groups.size(); ++column) {
    const std::uint32_t group = recording.groups[column];
    recording.columns.push_back(layer.weights.groups.groups[group]);
    for (std::size_t row = 0; row < tile.rows; ++row) {
      recording.weights(row, column) = layer.weights.values(tile.row_begin + row, group);
      recording.selects(row, column) = layer.weights.selects(tile.row_begin + row, group);
    }
  }
  const auto begin = static_cast<std::uint64_t>(chosen.times.begin);
  const auto from =
      static_cast<std::uint64_t>(std::max(chosen.times.load, chosen.times.begin - kLead));
  const std::uint64_t last = begin + (recording.words - 1) * tile.interval + config.columns +
                             config.rows + config.word_clocks() + 1;
  recording.first_clock = from;
  recording.begin = begin;
  recording.clocks = last - from + 1;

  Recorder recorder(recording, begin, tile.interval);
  const auto memory = machine::images_in_memory(program, images);
  machine::Machine machine(program, memory, {.probe = &recorder});
  while (machine.clock() <= last) machine.step();
  read_inputs(recording, begin, tile.interval);
  return recording;
}

}  // namespace colcomb::simulation
