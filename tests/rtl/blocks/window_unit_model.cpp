#include "colcomb/base/random.hpp"
#include "colcomb/simulation/machine/buffer.hpp"
#include "colcomb/simulation/machine/shapes.hpp"
#include "colcomb/simulation/machine/window_unit.hpp"
#include "tests/rtl/blocks/block_list.hpp"
#include "tests/rtl/blocks/pace.hpp"
#include "tests/rtl/blocks/window_layers.hpp"

namespace colcomb::tests {
namespace {

using simulation::machine::Buffer;
using simulation::machine::WindowUnit;
using simulation::machine::WordToken;

constexpr std::uint32_t kLayers = 12;
constexpr std::uint32_t kRowTiles = 2;

/// The second row tile of a layer has one row alone.
TileProgram program_of(Random& random, const Parameters& parameters) {
  TileProgram program;
  const std::uint32_t rows = parameters.at("Rows");
  program.array.rows = rows;
  if (rows == 1) program.array.cell = CellKind::kParallel;
  program.array.pooling_windows = parameters.at("Windows");
  for (std::uint32_t l = 0; l < kLayers; ++l) {
    program.layers.push_back(
        random_window_layer(random, l % 2 == 0 ? PoolingKind::kMax : PoolingKind::kMean,
                            program.array.pooling_windows));
    for (std::uint32_t k = 0; k < kRowTiles; ++k) {
      Tile tile;
      tile.layer = l;
      tile.rows = k == 0 ? rows : 1;
      tile.last = true;
      program.schedule.tiles.push_back(tile);
      TileSetup setup;
      setup.window_entry =
          3 + k * rows * static_cast<std::uint32_t>(program.layers[l].pooling->out_width);
      program.tiles.push_back(setup);
    }
  }
  return program;
}

/// Layer after layer, an image each, whose rows of words the row tiles take in turn.
class WindowUnitModel : public BlockModel {
 public:
  WindowUnitModel(const Parameters& parameters, std::uint64_t seed)
      : random_(seed),
        windows_(parameters.at("Windows")),
        address_bits_(parameters.at("AddressBits")),
        column_bits_(parameters.at("ColumnBits")),
        divisor_bits_(parameters.at("DivisorBits")),
        tag_bits_(parameters.at("TagBits")),
        row_bits_(parameters.at("RowBits")),
        program_(program_of(random_, parameters)),
        unit_(program_),
        buffer_("line buffer", simulation::machine::pooling_shape(program_.array)) {}

  std::vector<Wire> inputs() const override {
    return {{"valid", 1},
            {"row", row_bits_},
            {"byte", 8},
            {"inside", 1},
            {"mean", 1},
            {"x_holds", windows_},
            {"x_begins", windows_},
            {"x_ends", windows_},
            {"y_holds", windows_},
            {"y_begins", windows_},
            {"y_ends", windows_},
            {"column", column_bits_},
            {"entry", address_bits_},
            {"out_width", column_bits_},
            {"divisor", divisor_bits_},
            {"tag", tag_bits_},
            {"word", 24 * windows_}};
  }
  std::vector<Wire> outputs() const override {
    return {{"valid", 1},
            {"row", row_bits_},
            {"byte", 8},
            {"tag", tag_bits_},
            {"read", 1},
            {"read_address", address_bits_},
            {"write", 1},
            {"write_address", address_bits_},
            {"word", 24 * windows_}};
  }

  void clock(WireValues& in, WireValues& out) override {
    if (wait_ > 0)
      --wait_;
    else
      begin_word();
    const bool valid = row_ < rows_;
    WindowUnit::In wires;
    wires.row = row_;
    wires.byte = static_cast<std::uint8_t>(random_.below(256) >> random_.below(8));
    wires.word = buffer_.out(0);
    if (valid) wires.token = &token_;
    put_byte(in, valid, wires.byte);
    for (std::size_t i = 0; i < 3 * windows_; ++i)
      in.put(asked_ ? wires.word[i] : random_.below(256), 8);

    asked_ = unit_.out().read;
    unit_.compute(wires);
    drive_buffer();
    unit_.commit();
    buffer_.commit();
    put_outputs(out);
    if (valid) ++row_;
  }

 private:
  [[nodiscard]] const LayerSetup& layer() const { return program_.layers[layer_]; }

  /// The next word of the image, and how long the one behind it waits at least.
  void begin_word() {
    const WordGrid grid = layer().words();
    if (++x_ == grid.width()) {
      x_ = 0;
      if (++row_tile_ == kRowTiles) {
        row_tile_ = 0;
        if (++y_ == grid.height()) {
          y_ = 0;
          x_ = ~std::size_t{0};
          layer_ = (layer_ + 1) % kLayers;
          wait_ = 24;  // maxima would meet the means of the layer before
          return;
        }
      }
    }
    if (random_.below(30) == 0) gaps_ = random_.below(2) * random_.below(8);
    const PoolingSide columns = layer().pooling->horizontal();
    const PoolingSide rows = layer().pooling->vertical();
    token_.valid = true;
    token_.tile = layer_ * kRowTiles + row_tile_;
    token_.y = static_cast<std::uint32_t>(y_);
    token_.x = static_cast<std::uint32_t>(x_);
    token_.completes = columns.completed_by(x_) && rows.completed_by(y_);
    if (token_.completes)
      token_.pixel = static_cast<std::uint32_t>(
          *rows.completed_by(y_) * layer().pooling->out_width + *columns.completed_by(x_));
    row_ = 0;
    rows_ = program_.schedule.tiles[token_.tile].rows;
    const std::size_t least =
        std::max(program_.array.rows_per_bus(), (3 + grid.width() - 1) / grid.width());
    wait_ = least - 1 + (gaps_ > 0 ? random_.below(gaps_) : 0);
  }

  void put_byte(WireValues& in, bool valid, std::uint8_t byte) {
    const PoolingWindow& pooling = *layer().pooling;
    const auto some = [&](std::uint64_t value, std::size_t bits) {
      in.put(valid ? value : random_.bits(), bits);
    };
    token_.word = static_cast<std::uint32_t>(random_.bits());
    const WindowSlots x = slots_of(pooling.horizontal(), token_.x, windows_);
    const WindowSlots y = slots_of(pooling.vertical(), token_.y, windows_);
    in.put(valid);
    in.put(valid ? row_ : 0, row_bits_);
    in.put(byte, 8);
    some(token_.y < layer().sum_height && token_.x < layer().sum_width, 1);
    some(pooling.kind == PoolingKind::kMean, 1);
    for (const WindowSlots& slots : {x, y}) {
      some(slots.holds, windows_);
      some(slots.begins, windows_);
      some(slots.ends, windows_);
    }
    some(pooling.horizontal().completed_by(token_.x).value_or(0), column_bits_);
    some(program_.tiles[token_.tile].window_entry, address_bits_);
    some(pooling.out_width, column_bits_);
    const bool divides = valid && token_.completes;
    in.put(divides
               ? pooling.divisor(token_.pixel / pooling.out_width, token_.pixel % pooling.out_width,
                                 layer().sum_height, layer().sum_width)
               : 1 + random_.below(100),
           divisor_bits_);
    in.put(token_.word, tag_bits_);
  }

  void drive_buffer() {
    const WindowUnit::Out& now = unit_.out();
    const std::size_t bytes = program_.array.pooling_word_bytes();
    if (now.read) buffer_.read(0, 0, now.read_address, bytes);
    if (now.write) buffer_.write(0, now.write_address, std::span(now.word).first(bytes));
  }

  void put_outputs(WireValues& out) const {
    const WindowUnit::Out& found = unit_.out();
    const std::size_t bytes = program_.array.pooling_word_bytes();
    out.put(found.valid);
    out.put_if(found.valid, found.row, row_bits_);
    out.put_if(found.valid, found.byte, 8);
    out.put_if(found.valid, found.token.word, tag_bits_);
    out.put(found.read);
    out.put_if(found.read, found.read_address / bytes, address_bits_);
    out.put(found.write);
    out.put_if(found.write, found.write_address / bytes, address_bits_);
    for (std::size_t i = 0; i < bytes; ++i) out.put_if(found.write, found.word[i], 8);
  }

  Random random_;
  std::size_t windows_;
  std::size_t address_bits_;
  std::size_t column_bits_;
  std::size_t divisor_bits_;
  std::size_t tag_bits_;
  std::size_t row_bits_;
  TileProgram program_;
  WindowUnit unit_;
  Buffer buffer_;
  std::uint32_t layer_ = 0;
  std::uint32_t row_tile_ = 0;
  std::size_t y_ = 0;
  std::size_t x_ = ~std::size_t{0};
  std::size_t wait_ = 0;
  std::size_t gaps_ = 0;
  std::size_t row_ = 0;   // of the word at hand
  std::size_t rows_ = 0;  // that it has
  WordToken token_;
  bool asked_ = false;  // the line buffer's word was read in the clock before
};

}  // namespace

std::unique_ptr<BlockModel> make_window_unit(const Parameters& parameters, std::uint64_t seed) {
  return std::make_unique<WindowUnitModel>(parameters, seed);
}

}  // namespace colcomb::tests
