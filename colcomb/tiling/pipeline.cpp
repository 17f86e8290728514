#include "colcomb/tiling/pipeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/base/arithmetic.hpp"
#include "colcomb/base/check.hpp"
#include "colcomb/tiling/blocks.hpp"
#include "colcomb/tiling/descriptors.hpp"
#include "colcomb/tiling/layer_error.hpp"
#include "colcomb/tiling/layout.hpp"
#include "colcomb/tiling/limits.hpp"
#include "colcomb/tiling/packed_shape.hpp"
#include "colcomb/tiling/pipeline_clocks.hpp"
#include "colcomb/tiling/schedule.hpp"
#include "colcomb/tiling/weight_image.hpp"

namespace colcomb::tiling {
namespace {

/// The row or column of a map, 0 to `size`, that lies at `at`, or nearest to it.
std::uint64_t clamp_to(std::int64_t at, std::size_t size) {
  return static_cast<std::uint64_t>(
      std::clamp<std::int64_t>(at, 0, static_cast<std::int64_t>(size)));
}

/// Of all columns that the packed layer reads.
ReadBox box_of(const QuantizedLayer& layer, const LayerDescription& description) {
  ReadBox box{description.in_height, description.in_width, description.stride, 0, 0, 0, 0};
  bool first = true;
  for (const auto& group : layer.weights.groups.groups) {
    for (const std::uint32_t m : group) {
      const std::int32_t dy = description.columns[m].dy;
      const std::int32_t dx = description.columns[m].dx;
      box.least_dy = first ? dy : std::min(box.least_dy, dy);
      box.most_dy = first ? dy : std::max(box.most_dy, dy);
      box.least_dx = first ? dx : std::min(box.least_dx, dx);
      box.most_dx = first ? dx : std::max(box.most_dx, dx);
      first = false;
    }
  }
  return box;
}

class PipelineCompiler {
 public:
  PipelineCompiler(const QuantizedNetwork& network, const ArrayConfig& config)
      : network_(network), config_(config) {
    pipeline_.array = config;
  }

  Pipeline compile() {
    for (std::size_t i = 0; i < network_.layer_count(); ++i) add_stage(i);
    for (std::size_t i = 0; i < network_.layer_count(); ++i) set_tile(i);
    set_reader();
    require_fifo();
    set_room();
    for (std::size_t i = 0; i < network_.layer_count(); ++i) set_descriptors(i);
    append_writes(pipeline_.reader.writes, columns(0), layouts_[0], 0, layer(0).in_channels,
                  plane_address(0));
    return std::move(pipeline_);
  }

 private:
  [[nodiscard]] const LayerDescription& layer(std::size_t index) const {
    return network_.description.layer(index);
  }
  [[nodiscard]] std::size_t columns(std::size_t index) const {
    return pipeline_.stages[index].program.array.columns;
  }

  /// The array, and what its columns read.
  void add_stage(std::size_t index) {
    const QuantizedLayer& weights = network_.layer(index);
    Stage& stage = pipeline_.stages.emplace_back();
    ArrayConfig& array = stage.program.array;
    array = config_;
    array.rows = weights.weights.rows();
    array.columns = std::max<std::size_t>(1, weights.weights.groups.size());
    stage.program.layers.push_back(layer_setup(network_, index));
    stage.program.schedule.pooling_clocks.push_back(static_cast<std::uint8_t>(
        pooling_clocks(layer(index).pooling, network_.description.is_pooled(index))));
    const InputLayout layout = input_layout(weights, layer(index), array);
    layouts_.push_back(layout.banks);
    column_tiles_.push_back(layout.column_tiles.front());
    stage.input.reads = box_of(weights, layer(index));
    stage.input.planes = layout.banks.slot_count;
    stage.input.banks = array.columns;
    require_pooling_windows(layer(index), config_);
    if (layer(index).pooling) {
      array.pooling_bytes = array.row_buses() * std::min(array.rows_per_bus(), array.rows) *
                            layer(index).pooling->out_width * array.pooling_word_bytes();
    }
    if (!layer(index).residual) return;
    const LayerSetup& setup = stage.program.layers.front();
    stage.residual.emplace();
    stage.residual->reads = {
        setup.residual_height, setup.residual_width, setup.residual_stride, 0, 0, 0, 0};
    stage.residual->planes = std::min(array.rows_per_bus(), array.rows);
    stage.residual->banks = array.row_buses();
    Stage& source = pipeline_.stages[*layer(index).residual];
    source.readers.push_back(index);
    source.program.layers.front().keep = true;
  }

  /// Its one tile: an image.
  void set_tile(std::size_t index) {
    Stage& stage = pipeline_.stages[index];
    const ArrayConfig& array = stage.program.array;
    const QuantizedLayer& weights = network_.layer(index);
    const WordGrid grid = layer(index).words();
    Tile tile;
    tile.rows = narrow(array.rows);
    tile.groups = narrow(weights.weights.groups.size());
    tile.words = grid.words();
    const bool pooled = network_.description.is_pooled(index);
    tile.outputs = grid.outputs();
    tile.first = tile.last = true;
    std::uint64_t lines = 0;
    for (const auto& group : weights.weights.groups.groups) {
      lines = std::max<std::uint64_t>(lines, group.size());
      for (const std::uint32_t m : group) {
        const Column& column = layer(index).columns[m];
        tile.reads += words_inside(layer(index), column.dy, column.dx, 0, tile.words);
      }
    }
    tile.nonzeros = count_nonzeros(weights.weights.values);
    tile.read_clocks = narrow(std::max<std::uint64_t>(1, ceil_divide(lines, array.bank_ports)));
    if (!network_.is_classifier(index)) {
      const WriteCost cost =
          write_cost(layouts_[index + 1], 0, array.rows, pipeline_.stages[index + 1].program.array);
      tile.write_clocks = narrow(ceil_divide<std::uint64_t>(cost.most, array.bank_ports));
      tile.writes = cost.copies * (pooled ? 1 : tile.outputs);
    }
    const std::uint64_t spacing = pooled ? grid.words() : grid.spacing();
    tile.interval = narrow(std::max<std::uint64_t>(
        {array.word_interval(), tile.read_clocks,
         ceil_divide<std::uint64_t>(tile.write_clocks, spacing), grid.least_interval()}));
    stage.program.schedule.tiles.push_back(tile);
  }

  void set_reader() {
    TileProgram& reader = pipeline_.reader;
    reader.array = config_;
    reader.array.rows = layer(0).in_channels;
    reader.array.columns = columns(0);
    LayerSetup setup;
    setup.name = "image reader";
    setup.filters = narrow(layer(0).in_channels);
    setup.sum_height = narrow(layer(0).in_height);
    setup.sum_width = narrow(layer(0).in_width);
    reader.layers.push_back(setup);
    reader.schedule.pooling_clocks.push_back(0);
    Tile tile;
    tile.rows = setup.filters;
    tile.words = tile.outputs = layer(0).in_height * layer(0).in_width;
    tile.first = tile.last = true;
    const WriteCost cost = write_cost(layouts_[0], 0, tile.rows, reader.array);
    tile.write_clocks = narrow(ceil_divide<std::uint64_t>(cost.most, config_.bank_ports));
    const std::uint64_t moved = ceil_divide<std::uint64_t>(tile.rows, config_.dram_bytes_per_clock);
    tile.interval = narrow(std::max<std::uint64_t>(tile.write_clocks, moved));
    reader.schedule.tiles.push_back(tile);
    TileSetup registers;
    registers.write_count = cost.most;
    reader.tiles.push_back(registers);
  }

  void require_fifo() const {
    const std::uint64_t least = layer(0).in_channels + config_.dram_burst_bytes;
    if (config_.input_bytes >= least) return;
    throw layer_error(config_, layer(0), "buffers.input_bytes", fmt::to_string(config_.input_bytes),
                      fmt::format("must hold {}, a pixel of all channels and a burst", least));
  }

  /// Room for what is held at most where no line buffer has a limit: by a single image, and by one
  /// after the other where every part spreads its words over the clocks of the slowest one. With so
  /// much, the first image comes no later than without limits, and none later than there.
  void set_room() {
    const std::uint64_t interval = pipeline_.least_interval();
    PipelineClocks alone(pipeline_, PipelineClocks::Pace{0});
    PipelineClocks steady(pipeline_, PipelineClocks::Pace{interval});
    (void)alone.next();
    const auto latency = steady.next();
    COLCOMB_CHECK(latency.has_value(), "nothing waits for room");
    constexpr std::uint64_t kMoreImages = 6;
    for (std::uint64_t image = 0; image < *latency / interval + kMoreImages; ++image)
      (void)steady.next();
    const auto most = [&](std::size_t stage, bool residual) {
      return std::max(alone.most_held(stage, residual), steady.most_held(stage, residual));
    };
    for (std::size_t i = 0; i < pipeline_.stages.size(); ++i) {
      Stage& stage = pipeline_.stages[i];
      set_room(stage.input, most(i, false), i);
      if (stage.residual) set_room(*stage.residual, most(i, true), i);
    }
    if (config_.line_bytes > 0) require_progress(most);
  }

  void set_room(LineBuffer& line, std::uint64_t pixels, std::size_t index) const {
    line.pixels = pixels;
    if (config_.line_bytes == 0 || line.planes == 0) return;
    line.pixels = std::min(pixels, config_.line_bytes / line.banks / line.planes);
    const std::uint64_t least = least_pixels(line.reads, layer(index).words());
    if (line.pixels >= least) return;
    throw layer_error(config_, layer(index), "buffers.line_bytes",
                      fmt::to_string(config_.line_bytes),
                      fmt::format("must hold {} for the pixels that its words read",
                                  least * line.planes * line.banks));
  }

  /// Pixels between the first and the last that any word reads.
  static std::uint64_t least_pixels(const ReadBox& box, const WordGrid& grid) {
    std::uint64_t least = 1;
    std::uint64_t needed = 0;
    for (std::size_t y = 0; y < grid.height(); ++y) {
      for (std::size_t x = 0; x < grid.width(); ++x) {
        needed = std::max(needed, box.needed(y, x));
        const std::uint64_t spent = box.spent(y, x);
        if (needed > spent) least = std::max(least, needed - spent);
      }
    }
    return least;
  }

  /// Errors: UserError where the network comes to a stop, since a map that is added later has to
  /// wait for layers that wait for it.
  template <class Most>
  void require_progress(const Most& most) const {
    std::uint64_t images = 3;
    for (const Stage& stage : pipeline_.stages) {
      images = std::max(images, 3 + stage.input.pixels / stage.input.reads.pixels());
      if (stage.residual)
        images = std::max(images, 3 + stage.residual->pixels / stage.residual->reads.pixels());
    }
    PipelineClocks clocks(pipeline_);
    for (std::uint64_t image = 0; image < images; ++image) {
      if (clocks.next()) continue;
      std::uint64_t bytes = 0;
      std::size_t waiting = 0;
      for (std::size_t i = 0; i < pipeline_.stages.size(); ++i) {
        const Stage& stage = pipeline_.stages[i];
        if (clocks.stuck(i)) waiting = i;
        const auto need = [&](const LineBuffer& line, bool residual) {
          bytes = std::max(bytes, most(i, residual) * line.planes * line.banks);
        };
        need(stage.input, false);
        if (stage.residual) need(*stage.residual, true);
      }
      throw layer_error(config_, layer(waiting), "buffers.line_bytes",
                        fmt::to_string(config_.line_bytes),
                        fmt::format("must be larger: the layer waits for room in a line buffer "
                                    "that waits for the layer. {} are enough",
                                    bytes));
    }
  }

  [[nodiscard]] PlaneAddress plane_address(std::size_t index) const {
    const std::uint64_t plane = pipeline_.stages[index].input.pixels;
    const BankLayout& banks = layouts_[index];
    return [&banks, plane](std::size_t channel) { return banks.slots[channel] * plane; };
  }

  void set_descriptors(std::size_t index) {
    Stage& stage = pipeline_.stages[index];
    TileProgram& program = stage.program;
    const QuantizedLayer& weights = network_.layer(index);
    const Tile& tile = program.schedule.tiles.front();
    TileSetup setup;
    setup.input = InputSource::kKept;
    setup.line_count = narrow(append_lines(program.lines, columns(index), column_tiles_[index],
                                           weights, layer(index), plane_address(index)));
    if (stage.residual) setup.residual = InputSource::kKept;
    for (std::size_t r = 0; r < tile.rows; ++r) {
      RowDescriptor row;
      row.bias = weights.bias[r];
      row.has_residual = residual_rows(network_.description, index, r, 1) > 0;
      if (row.has_residual) {
        row.residual_address = narrow(r % program.array.rows_per_bus() * stage.residual->pixels);
      }
      program.rows.push_back(row);
    }
    if (!network_.is_classifier(index)) {
      setup.write_count =
          narrow(append_writes(program.writes, columns(index + 1), layouts_[index + 1], 0,
                               tile.rows, plane_address(index + 1)));
    }
    setup.weight_line_bytes = narrow(program.array.weight_line_bytes(tile.groups));
    append_weight_image(program.weights, weights, column_tiles_[index].groups, tile, program.array);
    program.array.weight_bytes = std::max<std::uint64_t>(1, program.weights.size());
    program.tiles.push_back(setup);
  }

  const QuantizedNetwork& network_;
  const ArrayConfig& config_;
  Pipeline pipeline_;
  std::vector<BankLayout> layouts_;
  std::vector<ColumnTileLayout> column_tiles_;
};

}  // namespace

std::uint64_t ReadBox::needed(std::size_t y, std::size_t x) const {
  const auto row = static_cast<std::int64_t>(y * stride);
  const auto column = static_cast<std::int64_t>(x * stride);
  const bool outside = row + most_dy < 0 || row + least_dy >= static_cast<std::int64_t>(height) ||
                       column + most_dx < 0 ||
                       column + least_dx >= static_cast<std::int64_t>(width);
  if (outside) return 0;
  const std::uint64_t last = std::min(static_cast<std::uint64_t>(row + most_dy), height - 1);
  return last * width + clamp_to(column + most_dx + 1, width);
}

std::uint64_t ReadBox::spent(std::size_t y, std::size_t x) const {
  const auto row = static_cast<std::int64_t>(y * stride) + least_dy;
  const auto column = static_cast<std::int64_t>(x * stride) + least_dx;
  const std::uint64_t first = clamp_to(row, height);
  const std::uint64_t next = clamp_to(row + static_cast<std::int64_t>(stride), height);
  // Above the map the rows of words have the same first row.
  const std::uint64_t own = first * width + (first < height ? clamp_to(column, width) : 0);
  return std::min(own, next * width);
}

std::uint64_t Pipeline::reader_interval() const {
  return reader.schedule.tiles.front().interval;
}

std::uint64_t Pipeline::fifo_bytes() const {
  return std::min<std::uint64_t>(
      array.input_bytes, 2 * image_bytes() + array.dram_latency * array.dram_bytes_per_clock);
}

std::uint64_t Pipeline::image_bytes() const {
  const Tile& tile = reader.schedule.tiles.front();
  return ceil_divide<std::uint64_t>(tile.rows * tile.words, array.dram_burst_bytes) *
         array.dram_burst_bytes;
}

std::uint64_t Pipeline::least_interval() const {
  std::uint64_t least = std::max(reader.schedule.tiles.front().words * reader_interval(),
                                 image_bytes() / array.dram_bytes_per_clock);
  for (const Stage& stage : stages) {
    const Tile& tile = stage.program.schedule.tiles.front();
    least = std::max(least, tile.words * tile.interval);
  }
  return least;
}

Pipeline compile_pipeline(const QuantizedNetwork& network, const ArrayConfig& config) {
  COLCOMB_CHECK(config.batch == 1, "images follow each other one by one");
  require_chain(network.description, "cross-layer pipelining");
  require_fits(network, config);
  return PipelineCompiler(network, config).compile();
}

}  // namespace colcomb::tiling
