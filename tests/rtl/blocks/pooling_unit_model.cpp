#include "colcomb/base/random.hpp"
#include "colcomb/simulation/machine/pooling_unit.hpp"
#include "tests/rtl/blocks/block_list.hpp"
#include "tests/rtl/blocks/pace.hpp"

namespace colcomb::tests {
namespace {

using simulation::machine::PoolingUnit;
using simulation::machine::WordToken;

constexpr std::uint32_t kLayers = 5;

/// Layers of maps of all sizes, each of `row_tiles` row tiles.
TileProgram program_of(Random& random, std::uint32_t rows, std::uint32_t row_tiles) {
  TileProgram program;
  program.array.rows = rows;
  for (std::uint32_t l = 0; l < kLayers; ++l) {
    LayerSetup layer;
    layer.role = LayerRole::kPooled;
    layer.filters = rows * row_tiles;
    layer.sum_height = l == 0 ? 1 : 1 + static_cast<std::uint32_t>(random.below(4));
    layer.sum_width = l == 0 ? 1 : 1 + static_cast<std::uint32_t>(random.below(6));
    // Means of many fraction bits are 255, whatever the bytes: most layers have none.
    layer.pooling_fraction_bits = l < 3 ? 0 : static_cast<std::uint32_t>(random.below(9));
    program.layers.push_back(layer);
    for (std::uint32_t k = 0; k < row_tiles; ++k) {
      Tile tile;
      tile.layer = l;
      tile.rows = rows;
      program.schedule.tiles.push_back(tile);
      TileSetup setup;
      setup.pooling_entry =
          k * std::min(rows, static_cast<std::uint32_t>(program.array.rows_per_bus()));
      program.tiles.push_back(setup);
    }
  }
  return program;
}

/// Words of one layer's image after the other, in any order of its row tiles; a word's rows follow
/// each other clock by clock.
class PoolingUnitModel : public BlockModel {
 public:
  PoolingUnitModel(const Parameters& parameters, std::uint64_t seed)
      : random_(seed),
        entry_bits_(parameters.at("EntryBits")),
        tag_bits_(parameters.at("TagBits")),
        divisor_bits_(parameters.at("DivisorBits")),
        rows_(std::min(8U, parameters.at("Entries"))),
        row_tiles_(parameters.at("Entries") / rows_),
        program_(program_of(random_, rows_, row_tiles_)),
        unit_(program_),
        pace_(random_, 8),
        row_(rows_),
        position_(row_tiles_) {}

  std::vector<Wire> inputs() const override {
    return {{"valid", 1}, {"entry", entry_bits_},    {"byte", 8},          {"first", 1},
            {"last", 1},  {"pixels", divisor_bits_}, {"fraction_bits", 4}, {"tag", tag_bits_}};
  }
  std::vector<Wire> outputs() const override {
    return {{"valid", 1}, {"mean", 8}, {"tag", tag_bits_}};
  }

  void clock(WireValues& in, WireValues& out) override {
    if (pace_.sends()) begin_word();
    const bool valid = row_ < rows_;
    const LayerSetup& layer = program_.layers[layer_];
    const std::size_t pixels = layer.words().outputs();
    PoolingUnit::In wires;
    wires.byte = static_cast<std::uint8_t>(
        random_.below(4) == 0 ? 255 : random_.below(256) >> random_.below(8));
    token_.word = static_cast<std::uint32_t>(random_.below(std::uint64_t{1} << tag_bits_));
    wires.row = row_;
    if (valid) wires.token = &token_;
    in.put(valid);
    in.put(valid ? program_.tiles[token_.tile].pooling_entry + row_ : 0, entry_bits_);
    in.put(wires.byte, 8);
    in.put(valid ? token_.pixel == 0 : random_.below(2));
    in.put(valid ? token_.pixel + 1 == pixels : random_.below(2));
    in.put(pixels, divisor_bits_);
    in.put(layer.pooling_fraction_bits, 4);
    in.put(token_.word, tag_bits_);

    unit_.compute(wires);
    unit_.commit();
    const PoolingUnit::Out& found = unit_.out();
    out.put(found.valid);
    out.put_if(found.valid, found.mean, 8);
    out.put_if(found.valid, found.token.word, tag_bits_);
    if (valid) ++row_;
  }

 private:
  void begin_word() {
    std::vector<std::uint32_t> open;
    const auto pixels = [this] { return program_.layers[layer_].words().outputs(); };
    for (std::uint32_t k = 0; k < row_tiles_; ++k) {
      if (position_[k] < pixels()) open.push_back(k);
    }
    if (open.empty()) {
      layer_ = static_cast<std::uint32_t>(random_.below(kLayers));
      for (std::uint32_t k = 0; k < row_tiles_; ++k) {
        position_[k] = 0;
        open.push_back(k);
      }
    }
    const std::uint32_t k = open[random_.below(open.size())];
    token_.valid = true;
    token_.tile = layer_ * row_tiles_ + k;
    token_.pixel = position_[k]++;
    row_ = 0;
  }

  Random random_;
  std::size_t entry_bits_;
  std::size_t tag_bits_;
  std::size_t divisor_bits_;
  std::uint32_t rows_;
  std::uint32_t row_tiles_;
  TileProgram program_;
  PoolingUnit unit_;
  Pace pace_;
  std::uint32_t row_;  // of the word at hand, rows_: none
  std::uint32_t layer_ = 0;
  std::vector<std::uint32_t> position_;  // per row tile: the next pixel of its image
  WordToken token_;
};

}  // namespace

std::unique_ptr<BlockModel> make_pooling_unit(const Parameters& parameters, std::uint64_t seed) {
  return std::make_unique<PoolingUnitModel>(parameters, seed);
}

}  // namespace colcomb::tests
