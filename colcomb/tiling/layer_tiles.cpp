#include "colcomb/tiling/layer_tiles.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "colcomb/base/arithmetic.hpp"
#include "colcomb/tiling/layer_error.hpp"
#include "colcomb/tiling/limits.hpp"
#include "colcomb/tiling/schedule.hpp"

namespace colcomb::tiling {
namespace {

/// Rows that the words [word_begin, word_begin + words) read of a layer's residual source, which a
/// column without offset would read.
ByteRange source_rows(const NetworkDescription& network, std::size_t layer,
                      std::uint64_t word_begin, std::uint64_t words) {
  const LayerDescription& source = network.layer(*network.layer(layer).residual);
  LayerDescription reader = network.layer(layer);
  reader.in_height = source.out_height();
  reader.in_width = source.out_width();
  reader.stride = residual_stride(network, layer);
  // Its own output size stays what it was, whatever the stride.
  reader.window = Window{.out_height = network.layer(layer).sum_height(),
                         .out_width = network.layer(layer).sum_width()};
  return rows_read({.channels = 1}, reader, word_begin, words);
}

/// Output pixels that the first `words` words of a batch complete.
std::uint64_t outputs_before(const WordGrid& grid, std::uint64_t words) {
  return words / grid.words() * grid.outputs() + grid.complete_before(words % grid.words());
}

class LayerTiler {
 public:
  LayerTiler(const NetworkDescription& network, const PackedShape& shape, const ArrayConfig& config,
             const Placement& placement, std::size_t index)
      : network_(network),
        config_(config),
        placement_(placement),
        index_(index),
        shape_(shape),
        description_(network.layer(index)),
        grid_(description_.words()),
        words_(config.batch * grid_.words()),
        row_tiles_(shape.row_tiles(config)),
        column_tiles_(shape.column_tiles.size()),
        block_(choose_block()) {}

  void append(std::vector<Tile>& tiles) const {
    const std::uint64_t blocks = ceil_divide(words_, block_);
    const bool weight_major = config_.order == TileOrder::kWeightMajor;
    const std::uint64_t outer = weight_major ? row_tiles_ : blocks;
    const std::uint64_t inner = weight_major ? blocks : row_tiles_;
    for (std::uint64_t i = 0; i < outer; ++i) {
      for (std::uint64_t j = 0; j < inner; ++j) {
        for (std::uint64_t column = 0; column < column_tiles_; ++column)
          tiles.push_back(weight_major ? tile(i, j, column) : tile(j, i, column));
      }
    }
  }

 private:
  [[nodiscard]] bool writes_dram() const {
    return network_.is_classifier(index_) || placement_.output_in_dram[index_] != 0;
  }
  [[nodiscard]] bool residual_in_dram() const {
    return description_.residual && placement_.residual_kept[*description_.residual] == 0;
  }

  /// A buffer, of which two halves hold what two tiles need, and the bytes of one half of a bank.
  struct Demand {
    const char* field;
    std::uint64_t bank;
    std::uint64_t needed;
  };

  [[nodiscard]] std::vector<Demand> demands(std::uint64_t begin, std::uint64_t words) const {
    std::vector<Demand> result;
    const std::uint64_t rows = std::min(config_.rows_per_bus(), config_.rows);
    if (placement_.input_in_dram[index_] != 0) {
      const std::uint64_t bank = config_.column_bank_bytes(config_.input_bytes);
      result.push_back({"buffers.input_bytes", bank - 2 * placement_.image_slot_bytes,
                        2 * block_bank_bytes(shape_, description_, config_, begin, words)});
    }
    if (writes_dram()) {
      const ByteRange range = output_range(network_, index_, begin, words);
      result.push_back({"buffers.output_bytes", config_.row_bank_bytes(config_.output_bytes),
                        2 * rows * burst_bytes(range, config_)});
    }
    if (residual_in_dram()) {
      const ByteRange range = source_rows(network_, index_, begin, words);
      result.push_back({"buffers.residual_input_bytes",
                        config_.row_bank_bytes(config_.residual_input_bytes),
                        2 * rows * burst_bytes(range, config_)});
    }
    if (column_tiles_ > 1) {
      result.push_back({"buffers.partial_sum_bytes",
                        config_.row_bank_bytes(config_.partial_sum_bytes),
                        rows * words * config_.accumulation_bits / 8});
    }
    return result;
  }

  /// Errors: UserError if the layer's pooling windows are beyond what the array has for them.
  void require_windows() const {
    if (!description_.pooling) return;
    require_pooling_windows(description_, config_);
    const PoolingWindow& pooling = *description_.pooling;
    const std::uint64_t bank = config_.row_bank_bytes(config_.pooling_bytes);
    const std::uint64_t needed = window_row_tiles(config_, shape_) *
                                 std::min(config_.rows_per_bus(), config_.rows) *
                                 pooling.out_width * config_.pooling_word_bytes();
    if (needed <= bank) return;
    throw layer_error(config_, description_, "buffers.pooling_bytes",
                      fmt::format("{} bytes in a bank", bank),
                      fmt::format("must hold {} for a row of the layer's pooling windows", needed));
  }

  [[nodiscard]] std::uint64_t choose_block() const {
    require_windows();
    // Between the tiles of a row tile others come, which leave the row registers of its windows
    // alone only at a row's end.
    const bool whole_rows =
        description_.pooling && config_.order == TileOrder::kOutputMajor && row_tiles_ > 1;
    const std::uint64_t unit = whole_rows ? grid_.width() : 1;
    const std::uint64_t block =
        largest_block(words_, unit, [&](std::uint64_t begin, std::uint64_t words) {
          return std::ranges::all_of(demands(begin, words), [](const Demand& demand) {
            return demand.needed <= demand.bank;
          });
        });
    if (block > 0) return block;
    for (std::uint64_t word = 0; word < words_; word += unit) {
      for (const Demand& demand : demands(word, unit)) {
        if (demand.needed <= demand.bank) continue;
        throw layer_error(config_, description_, demand.field,
                          fmt::format("{} bytes in a bank", demand.bank),
                          fmt::format("must hold {} for a single {}", demand.needed,
                                      unit == 1 ? "word" : "row of words"));
      }
    }
    return unit;
  }

  [[nodiscard]] Tile tile(std::uint64_t row, std::uint64_t block, std::uint64_t column) const {
    const PackedShape::ColumnTile& columns = shape_.column_tiles[column];
    Tile tile;
    tile.layer = static_cast<std::uint32_t>(index_);
    tile.row_begin = static_cast<std::uint32_t>(row * config_.rows);
    tile.rows =
        static_cast<std::uint32_t>(std::min(config_.rows, shape_.rows - row * config_.rows));
    tile.column_tile = static_cast<std::uint32_t>(column);
    tile.groups = static_cast<std::uint32_t>(columns.groups);
    tile.word_begin = block * block_;
    tile.words = std::min(block_, words_ - tile.word_begin);
    tile.outputs = outputs_before(grid_, tile.word_begin + tile.words) -
                   outputs_before(grid_, tile.word_begin);
    tile.first = column == 0;
    tile.last = column + 1 == column_tiles_;
    tile.nonzeros = shape_.nonzeros[row * column_tiles_ + column];
    tile.reads = reads(columns, tile);
    set_clocks(tile, columns, shape_.writes[row]);
    tile.weight_bytes = config_.weight_image_bytes(tile.rows, tile.groups);
    tile.input_bytes = input_bytes(tile) + residual_bytes(tile);
    if (tile.last && writes_dram()) {
      const ByteRange range = output_range(network_, index_, tile.word_begin, tile.words);
      tile.output_bytes = tile.rows * burst_bytes(range, config_);
    }
    return tile;
  }

  [[nodiscard]] std::uint64_t reads(const PackedShape::ColumnTile& columns,
                                    const Tile& tile) const {
    const LayerDescription& reader = shape_.reader(description_, tile.column_tile);
    if (columns.reads.empty()) return columns.members * tile.words;
    std::uint64_t sum = 0;
    for (const PackedShape::Reads& each : columns.reads) {
      sum += each.columns * words_inside(reader, each.dy, each.dx, tile.word_begin, tile.words);
    }
    return sum;
  }

  /// Images whose last pixel is among the tile's words.
  [[nodiscard]] std::uint64_t images_ended(const Tile& tile) const {
    const auto ended = [&](std::uint64_t words) {
      return outputs_before(grid_, words) / grid_.outputs();
    };
    return ended(tile.word_begin + tile.words) - ended(tile.word_begin);
  }

  void set_clocks(Tile& tile, const PackedShape::ColumnTile& columns,
                  const WriteCost& write) const {
    const std::uint64_t ports = config_.bank_ports;
    tile.read_clocks = static_cast<std::uint32_t>(
        std::max<std::uint64_t>(1, ceil_divide(columns.most_lines, ports)));
    const bool kept = !network_.is_classifier(index_) && placement_.output_kept[index_] != 0;
    const bool pooled = !network_.is_classifier(index_) && network_.is_pooled(index_);
    if (tile.last && kept) {
      tile.write_clocks = static_cast<std::uint32_t>(ceil_divide(write.most, ports));
      tile.writes = write.copies * (pooled ? images_ended(tile) : tile.outputs);
    }
    // The bytes of a word may be written while words follow that complete no output.
    const std::uint64_t spacing = pooled ? 1 : grid_.spacing();
    tile.interval = static_cast<std::uint32_t>(std::max<std::uint64_t>(
        {config_.word_interval(), tile.read_clocks,
         ceil_divide<std::uint64_t>(tile.write_clocks, spacing), grid_.least_interval()}));
  }

  [[nodiscard]] std::uint64_t input_bytes(const Tile& tile) const {
    if (placement_.input_in_dram[index_] == 0) return 0;
    const bool shared = shares_input(config_, shape_);
    if (shared && (tile.row_begin != 0 || tile.column_tile != 0)) return 0;
    const ReadWindow& window =
        shared ? shape_.window : shape_.column_tiles[tile.column_tile].window;
    return window.channels * burst_bytes(input_range(shape_, description_, config_, tile), config_);
  }

  [[nodiscard]] std::uint64_t residual_bytes(const Tile& tile) const {
    if (!tile.first || !residual_in_dram()) return 0;
    return residual_rows(network_, index_, tile.row_begin, tile.rows) *
           burst_bytes(residual_range(network_, tile), config_);
  }

  const NetworkDescription& network_;
  const ArrayConfig& config_;
  const Placement& placement_;
  std::size_t index_;
  const PackedShape& shape_;
  const LayerDescription& description_;
  WordGrid grid_;
  std::uint64_t words_;
  std::uint64_t row_tiles_;
  std::uint64_t column_tiles_;
  std::uint64_t block_;
};

}  // namespace

void append_layer(std::vector<Tile>& tiles, const NetworkDescription& network,
                  const PackedShape& shape, const ArrayConfig& config, const Placement& placement,
                  std::size_t layer) {
  LayerTiler(network, shape, config, placement, layer).append(tiles);
}

ByteRange input_range(const PackedShape& shape, const LayerDescription& description,
                      const ArrayConfig& config, const Tile& tile) {
  const ReadWindow& window =
      shares_input(config, shape) ? shape.window : shape.column_tiles[tile.column_tile].window;
  return rows_read(window, shape.reader(description, tile.column_tile), tile.word_begin,
                   tile.words);
}

ByteRange residual_range(const NetworkDescription& network, const Tile& tile) {
  return source_rows(network, tile.layer, tile.word_begin, tile.words);
}

ByteRange output_range(const NetworkDescription& network, std::size_t layer,
                       std::uint64_t word_begin, std::uint64_t words) {
  const std::uint64_t bytes = network.is_classifier(layer) ? 4 : 1;
  const WordGrid grid = network.layer(layer).words();
  return {bytes * outputs_before(grid, word_begin),
          bytes * outputs_before(grid, word_begin + words)};
}

std::uint64_t window_row_tiles(const ArrayConfig& config, const PackedShape& shape) {
  return config.order == TileOrder::kOutputMajor ? shape.row_tiles(config) : 1;
}

}  // namespace colcomb::tiling
