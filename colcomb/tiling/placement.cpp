#include "colcomb/tiling/placement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/base/arithmetic.hpp"
#include "colcomb/tiling/layer_error.hpp"

namespace colcomb::tiling {
namespace {

std::uint64_t input_pixels(const LayerDescription& layer) {
  return layer.in_height * layer.in_width;
}

/// Of a chain of layers. Decides from the last layer to the first which maps the data buffer holds:
/// a layer's input stays at the low end of each bank if the layer's index is even, else at the high
/// end, so two maps in a row never share a byte, and older ones are no longer read.
class ChainPlacer {
 public:
  ChainPlacer(const NetworkDescription& network, const std::vector<PackedShape>& shapes,
              const ArrayConfig& config)
      : network_(network),
        shapes_(shapes),
        config_(config),
        bank_(config.column_bank_bytes(config.data_bytes)) {}

  void place(Placement& placement) const {
    const std::size_t last = network_.layer_count() - 1;
    std::uint64_t after = bytes(last);
    if (after > bank_) {
      throw layer_error(
          config_, network_.classifier, "pooled bytes", fmt::format("{} in a bank", after),
          fmt::format("must fit the data buffer's {} a bank (buffers.data_bytes)", bank_));
    }
    placement.output_kept[last - 1] = 1;
    placement.output_address[last - 1] = address(last, after);
    for (std::size_t layer = last - 1; layer > 0; --layer) {
      const std::uint64_t mine = bytes(layer);
      if (mine + after > bank_) {
        placement.input_in_dram[layer] = 1;
        placement.output_in_dram[layer - 1] = 1;
        after = 0;
      } else {
        placement.output_kept[layer - 1] = 1;
        placement.output_address[layer - 1] = address(layer, mine);
        after = mine;
      }
    }
  }

 private:
  [[nodiscard]] std::uint64_t bytes(std::size_t layer) const {
    return shapes_[layer].slots * config_.batch * input_pixels(network_.layer(layer));
  }
  [[nodiscard]] std::uint64_t address(std::size_t layer, std::uint64_t size) const {
    return layer % 2 == 0 ? 0 : bank_ - size;
  }

  const NetworkDescription& network_;
  const std::vector<PackedShape>& shapes_;
  const ArrayConfig& config_;
  std::uint64_t bank_;
};

/// Of a network whose layers read several maps. A map stays from the layer that writes it to its
/// last reader. Maps that a layer reads together are all kept or all in DRAM; from the last such
/// set to the first, one is kept if each of its maps finds room, at the lowest address, beside
/// those that are kept already.
class BranchPlacer {
 public:
  BranchPlacer(const NetworkDescription& network, const std::vector<PackedShape>& shapes,
               const ArrayConfig& config)
      : network_(network),
        shapes_(shapes),
        config_(config),
        bank_(config.column_bank_bytes(config.data_bytes)),
        last_reader_(network.hidden.size()),
        set_(network.hidden.size()) {
    std::iota(set_.begin(), set_.end(), std::size_t{0});
    for (std::size_t i = 1; i < network.layer_count(); ++i) {
      const std::vector<LayerPart> parts = parts_of(network, i);
      for (const LayerPart& part : parts) {
        last_reader_[*part.source] = i;
        join(*part.source, *parts.front().source);
      }
    }
  }

  void place(Placement& placement) {
    for (std::size_t map = network_.hidden.size(); map-- > 0;) {
      if (set_[map] == map) place_set(map, placement);
    }
    for (std::size_t i = 1; i < network_.layer_count(); ++i)
      placement.input_in_dram[i] =
          placement.output_kept[*parts_of(network_, i).front().source] == 0;
  }

 private:
  struct Held {
    std::size_t map = 0;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
  };

  void join(std::size_t a, std::size_t b) {
    const std::size_t kept = std::max(set_[a], set_[b]);
    const std::size_t replaced = std::min(set_[a], set_[b]);
    std::ranges::replace(set_, replaced, kept);
  }

  [[nodiscard]] std::uint64_t bytes(std::size_t map) const {
    const LayerDescription& layer = network_.hidden[map];
    const std::uint64_t pixels =
        network_.is_pooled(map) ? 1 : layer.out_height() * layer.out_width();
    return shapes_[map].output_slots * config_.batch * pixels;
  }

  [[nodiscard]] bool together(std::size_t a, std::size_t b) const {
    return std::max(a, b) <= std::min(last_reader_[a], last_reader_[b]);
  }

  /// The lowest room for a map beside `held`.
  [[nodiscard]] std::optional<std::uint64_t> room(std::size_t map, std::vector<Held> held) const {
    std::erase_if(held, [&](const Held& other) { return !together(map, other.map); });
    std::ranges::sort(held, {}, &Held::begin);
    std::uint64_t begin = 0;
    for (const Held& other : held) {
      if (begin + bytes(map) <= other.begin) break;
      begin = std::max(begin, other.end);
    }
    if (begin + bytes(map) > bank_) return std::nullopt;
    return begin;
  }

  void place_set(std::size_t set, Placement& placement) {
    std::vector<Held> held = held_;
    std::vector<std::size_t> maps;
    bool all = true;
    for (std::size_t map = 0; map <= set; ++map) {
      // What residual additions alone read has no place here.
      if (set_[map] != set || last_reader_[map] == 0) continue;
      maps.push_back(map);
      const auto begin = room(map, held);
      all = all && begin;
      if (begin) held.push_back({map, *begin, *begin + bytes(map)});
    }
    if (!all && set + 1 == network_.hidden.size()) {
      throw layer_error(
          config_, network_.classifier, "pooled bytes", fmt::format("{} in a bank", bytes(set)),
          fmt::format("must fit the data buffer's {} a bank (buffers.data_bytes)", bank_));
    }
    for (const std::size_t map : maps)
      (all ? placement.output_kept : placement.output_in_dram)[map] = 1;
    if (!all) return;
    held_ = held;
    for (const Held& mine : held_) placement.output_address[mine.map] = mine.begin;
  }

  const NetworkDescription& network_;
  const std::vector<PackedShape>& shapes_;
  const ArrayConfig& config_;
  std::uint64_t bank_;
  std::vector<std::size_t> last_reader_;  // per map, of its columns; 0: none
  std::vector<std::size_t> set_;          // per map, the last one of its set
  std::vector<Held> held_;
};

/// Gives each residual source, in the layers' order, the lowest room in the residual buffer that no
/// other holds while it is needed.
class ResidualPlacer {
 public:
  ResidualPlacer(const NetworkDescription& network, const ArrayConfig& config)
      : network_(network), config_(config), bank_(config.row_bank_bytes(config.residual_bytes)) {}

  void place(Placement& placement) {
    for (std::size_t source = 0; source < network_.hidden.size(); ++source) {
      const auto last = last_reader(source);
      if (!last) continue;
      const auto address = room(source, bytes(source));
      if (!address) {
        placement.output_in_dram[source] = 1;
        continue;
      }
      placement.residual_kept[source] = 1;
      placement.residual_address[source] = *address;
      held_.push_back({*address, *address + bytes(source), *last});
    }
  }

 private:
  struct Held {
    std::uint64_t begin;
    std::uint64_t end;
    std::size_t last;  // layer that reads it
  };

  [[nodiscard]] std::optional<std::size_t> last_reader(std::size_t source) const {
    std::optional<std::size_t> last;
    for (std::size_t layer = source + 1; layer < network_.hidden.size(); ++layer) {
      if (network_.hidden[layer].residual == source) last = layer;
    }
    return last;
  }

  [[nodiscard]] std::uint64_t bytes(std::size_t source) const {
    const LayerDescription& layer = network_.hidden[source];
    const std::size_t per_bus = std::min(config_.rows_per_bus(), config_.rows);
    return ceil_divide(layer.out_channels, config_.rows) * per_bus * config_.batch *
           layer.out_height() * layer.out_width();
  }

  [[nodiscard]] std::optional<std::uint64_t> room(std::size_t source, std::uint64_t size) {
    // A source that layer `source` itself adds for the last time is still read while this one is
    // written.
    std::erase_if(held_, [&](const Held& held) { return held.last < source; });
    std::ranges::sort(held_, {}, &Held::begin);
    std::uint64_t begin = 0;
    for (const Held& held : held_) {
      if (begin + size <= held.begin) break;
      begin = std::max(begin, held.end);
    }
    if (begin + size > bank_) return std::nullopt;
    return begin;
  }

  const NetworkDescription& network_;
  const ArrayConfig& config_;
  std::uint64_t bank_;
  std::vector<Held> held_;
};

/// Bytes of an input bank in which every layer but the first that reads blocks has two of one word.
std::uint64_t least_block_bytes(const NetworkDescription& network,
                                const std::vector<PackedShape>& shapes, const ArrayConfig& config,
                                const Placement& placement) {
  std::uint64_t least = 0;
  for (std::size_t i = 1; i < shapes.size(); ++i) {
    if (placement.input_in_dram[i] == 0) continue;
    const LayerDescription& layer = network.layer(i);
    const std::uint64_t words = config.batch * layer.words().words();
    for (std::uint64_t word = 0; word < words; ++word)
      least = std::max(least, 2 * block_bank_bytes(shapes[i], layer, config, word, 1));
  }
  return least;
}

}  // namespace

std::uint64_t block_bank_bytes(const PackedShape& shape, const LayerDescription& description,
                               const ArrayConfig& config, std::uint64_t word_begin,
                               std::uint64_t words) {
  const auto bytes = [&](const LayerDescription& reader, std::size_t slots,
                         const ReadWindow& window) {
    return slots * burst_bytes(rows_read(window, reader, word_begin, words), config);
  };
  if (shares_input(config, shape)) return bytes(description, shape.slots, shape.window);
  std::uint64_t most = 0;
  for (std::size_t c = 0; c < shape.column_tiles.size(); ++c) {
    const PackedShape::ColumnTile& tile = shape.column_tiles[c];
    most = std::max(most, bytes(shape.reader(description, c), tile.slots, tile.window));
  }
  return most;
}

Placement place_maps(const NetworkDescription& network, const std::vector<PackedShape>& shapes,
                     const ArrayConfig& config) {
  const std::size_t layers = network.layer_count();
  Placement placement;
  placement.input_in_dram.resize(layers);
  placement.output_in_dram.resize(layers);
  placement.residual_kept.resize(layers);
  placement.output_kept.resize(layers);
  placement.output_address.resize(layers);
  placement.residual_address.resize(layers);
  if (is_chain(network)) {
    ChainPlacer(network, shapes, config).place(placement);
  } else {
    BranchPlacer(network, shapes, config).place(placement);
  }
  const std::uint64_t plane = config.batch * input_pixels(network.layer(0));
  const std::uint64_t images = shapes[0].slots * burst_bytes({0, plane}, config);
  const std::uint64_t blocks = least_block_bytes(network, shapes, config, placement);
  if (2 * images + blocks <= config.column_bank_bytes(config.input_bytes)) {
    placement.image_slot_bytes = images;
  } else {
    placement.input_in_dram[0] = 1;
  }
  ResidualPlacer(network, config).place(placement);
  return placement;
}

}  // namespace colcomb::tiling
