#include "colcomb/tiling/layer_tiles.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "colcomb/base/arithmetic.hpp"
#include "colcomb/tiling/blocks.hpp"
#include "colcomb/tiling/layer_error.hpp"
#include "colcomb/tiling/program.hpp"

namespace colcomb::tiling {
namespace {

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
        words_(config.batch * description_.out_height() * description_.out_width()),
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
  [[nodiscard]] std::size_t groups_of(std::size_t column) const {
    return std::min(config_.columns,
                    shape_.groups - std::min(shape_.groups, column * config_.columns));
  }

  /// Bytes of the input map that must be read for one block: the most before any tile.
  [[nodiscard]] std::uint64_t most_input(std::uint64_t begin, std::uint64_t words) const {
    if (config_.order == TileOrder::kOutputMajor)
      return block_bytes(shape_.window, description_, begin, words);
    std::uint64_t most = 0;
    for (const PackedShape::ColumnTile& tile : shape_.column_tiles)
      most = std::max(most, block_bytes(tile.window, description_, begin, words));
    return most;
  }

  [[nodiscard]] std::uint64_t choose_block() const {
    std::uint64_t most = words_;
    if (column_tiles_ > 1) {
      const std::uint64_t word = config_.rows * config_.accumulation_bits / 8;
      most = std::min(most, config_.partial_sum_bytes / word);
      if (most == 0) {
        throw layer_error(
            config_, description_, "column tiles", fmt::to_string(column_tiles_),
            fmt::format("buffers.partial_sum_bytes must hold one word's {} bytes", word));
      }
    }
    if (placement_.streamed[index_] == 0) return most;
    // Two slots hold the inputs and outputs of two tiles.
    const std::uint64_t outputs = config_.order == TileOrder::kWeightMajor
                                      ? config_.rows
                                      : std::uint64_t{description_.out_channels};
    const std::uint64_t block =
        largest_block(words_, most, [&](std::uint64_t begin, std::uint64_t words) {
          return 2 * (most_input(begin, words) + outputs * words) <= config_.data_bytes;
        });
    if (block == 0) {
      throw layer_error(config_, description_, "data buffer",
                        fmt::format("{} bytes", config_.data_bytes),
                        "buffers.data_bytes must hold two words' inputs and outputs");
    }
    return block;
  }

  [[nodiscard]] Tile tile(std::uint64_t row, std::uint64_t block, std::uint64_t column) const {
    Tile tile;
    tile.layer = static_cast<std::uint32_t>(index_);
    tile.row_begin = static_cast<std::uint32_t>(row * config_.rows);
    tile.rows =
        static_cast<std::uint32_t>(std::min(config_.rows, shape_.rows - row * config_.rows));
    tile.group_begin = static_cast<std::uint32_t>(column * config_.columns);
    tile.groups = static_cast<std::uint32_t>(groups_of(column));
    tile.word_begin = block * block_;
    tile.words = std::min(block_, words_ - tile.word_begin);
    tile.first = column == 0;
    tile.last = column + 1 == column_tiles_;
    tile.members = shape_.column_tiles[column].members;
    tile.nonzeros = shape_.nonzeros[row * column_tiles_ + column];
    tile.interval = static_cast<std::uint32_t>(std::max<std::uint64_t>(
        config_.word_interval(), ceil_divide(tile.members, config_.data_read_bytes_per_clock)));
    tile.weight_bytes =
        ceil_divide(std::uint64_t{tile.rows} * tile.groups * config_.weight_bits(), 8);
    tile.input_bytes = input_bytes(tile, row, column) + residual_bytes(tile);
    tile.output_bytes = output_bytes(tile);
    return tile;
  }

  [[nodiscard]] std::uint64_t input_bytes(const Tile& tile, std::uint64_t row,
                                          std::uint64_t column) const {
    if (!placement_.input_in_dram(index_)) return 0;
    if (config_.order == TileOrder::kWeightMajor)
      return block_bytes(shape_.column_tiles[column].window, description_, tile.word_begin,
                         tile.words);
    return row == 0 && column == 0
               ? block_bytes(shape_.window, description_, tile.word_begin, tile.words)
               : 0;
  }

  [[nodiscard]] std::uint64_t residual_bytes(const Tile& tile) const {
    if (!tile.first || !description_.residual) return 0;
    if (placement_.output_in_dram[*description_.residual] == 0) return 0;
    return residual_rows(network_, index_, tile.row_begin, tile.rows) * tile.words;
  }

  [[nodiscard]] std::uint64_t output_bytes(const Tile& tile) const {
    if (!tile.last) return 0;
    if (network_.is_classifier(index_)) return 4 * tile.rows * tile.words;
    return placement_.output_in_dram[index_] != 0 ? tile.rows * tile.words : 0;
  }

  const NetworkDescription& network_;
  const ArrayConfig& config_;
  const Placement& placement_;
  std::size_t index_;
  const PackedShape& shape_;
  const LayerDescription& description_;
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

}  // namespace colcomb::tiling
