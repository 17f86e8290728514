#include <algorithm>

#include "colcomb/base/random.hpp"
#include "colcomb/simulation/exact/array_front.hpp"
#include "colcomb/simulation/machine/row_feeder.hpp"
#include "tests/rtl/blocks/block_list.hpp"
#include "tests/rtl/blocks/one_cell.hpp"
#include "tests/rtl/blocks/pace.hpp"

namespace colcomb::tests {
namespace {

using simulation::machine::RowFeeder;
using simulation::machine::WordToken;

constexpr std::uint32_t kLayers = 4;

/// Layers with and without a residual source; each row tile has a first column tile and another.
TileProgram program_of(Random& random, const Parameters& parameters) {
  const auto below = [&random](std::uint64_t bound) {
    return static_cast<std::uint32_t>(random.below(bound));
  };
  TileProgram program;
  program.array = one_cell(kind_of(parameters.at("Kind")), 1, parameters.at("AccBits"));
  program.array.rows = parameters.at("Row") + 3;
  program.slots.residual = 100;
  for (std::uint32_t l = 0; l < kLayers; ++l) {
    LayerSetup layer;
    layer.fraction_bits = below(parameters.at("AccBits"));
    if (parameters.contains("ExponentBits")) {
      layer.fraction_bits %= 16;
      for (std::size_t n = 0; n < parameters.at("RowTiles") * program.array.rows; ++n)
        layer.row_exponents.push_back(static_cast<std::uint8_t>(below(8)));
    }
    layer.residual_height = 1 + below(6);
    layer.residual_width = 1 + below(6);
    layer.residual_stride = 1 + below(2);
    program.layers.push_back(layer);
  }
  for (std::uint32_t t = 0; t < parameters.at("RowTiles"); ++t) {
    for (const bool first : {true, false}) {
      Tile tile;
      tile.layer = below(kLayers);
      const std::uint32_t row = parameters.at("Row");
      tile.rows = below(3) != 0 ? static_cast<std::uint32_t>(program.array.rows)
                                : std::max(1U, row + below(2));
      tile.first = first;
      tile.row_begin = t * static_cast<std::uint32_t>(program.array.rows);
      program.schedule.tiles.push_back(tile);
      TileSetup setup;
      setup.row_begin = t * static_cast<std::uint32_t>(program.array.rows);
      constexpr InputSource kSources[] = {InputSource::kNone, InputSource::kKept,
                                          InputSource::kBlock};
      setup.residual = kSources[t % 3 == 0 ? below(3) : 1 + t % 2];
      setup.residual_offset = below(10);
      setup.partial_sum_words = 1 + below(20);
      program.tiles.push_back(setup);
    }
    for (std::size_t r = 0; r < program.array.rows; ++r) {
      RowDescriptor row;
      row.bias = static_cast<std::int32_t>(random.bits());
      row.has_residual = below(4) != 0;
      row.residual_address = below(200);
      program.rows.push_back(row);
    }
  }
  return program;
}

/// Words of any tiles and pixels; the banks give anything. The accumulations go into an array of
/// one cell, which shows the wires.
class RowFeederModel : public BlockModel {
 public:
  RowFeederModel(const Parameters& parameters, std::uint64_t seed)
      : random_(seed),
        parameters_(parameters),
        program_(program_of(random_, parameters)),
        shape_(simulation::array_shape(program_.array, 1, 1, 1)),
        feeder_(program_, parameters.at("Row")),
        front_(simulation::make_front(shape_)),
        pace_(random_, shape_.interval) {}

  std::vector<Wire> inputs() const override {
    return {{"valid", 1},
            {"token", bits("TokenBits")},
            {"load", 1},
            {"load_tile", bits("TileBits")},
            {"load_descriptor", bits("DescriptorBits")},
            {"partial_sum", bits("AccBits")},
            {"residual", 8},
            {"residual_input", 8}};
  }
  std::vector<Wire> outputs() const override {
    return {{"valid", 1},
            {"token", bits("TokenBits")},
            {"read_partial", 1},
            {"read_residual", 1},
            {"read_residual_input", 1},
            {"address", bits("AddressBits")},
            {"acc", shape_.parallel ? bits("AccBits") : shape_.streams}};
  }

  void clock(WireValues& in, WireValues& out) override {
    const bool loading = loaded_ < bits("RowTiles");
    WordToken token;
    token.valid = !loading && pace_.sends();
    token.tile = static_cast<std::uint32_t>(random_.below(program_.tiles.size()));
    token.word = static_cast<std::uint32_t>(random_.below(20));
    token.image = static_cast<std::uint32_t>(random_.below(3));
    token.y = static_cast<std::uint32_t>(random_.below(4));
    token.x = static_cast<std::uint32_t>(random_.below(4));
    token.residual_turn = random_.below(2) == 0;
    in.put(token.valid);
    put_token(in, token);
    put_load(in, loading);
    std::uint8_t bytes[6];
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random_.below(256));
    for (std::size_t i = 0; i < bits("AccBits") / 8; ++i) in.put(bytes[i], 8);
    in.put(bytes[4], 8);
    in.put(bytes[5], 8);

    feeder_.compute({&token, bytes, bytes + 4, bytes + 5});
    feeder_.commit();
    const RowFeeder::Out& found = feeder_.out();
    if (found.start) front_->put_accumulation(0, found.accumulation);
    front_->step();
    out.put(found.token.valid);
    if (found.token.valid)
      put_token(out, found.token);
    else
      out.put_if(false, 0, bits("TokenBits"));
    put_read(out, found.read);
    out.put(front_->outputs(0, 0).acc, shape_.parallel ? bits("AccBits") : shape_.streams);
  }

 private:
  [[nodiscard]] std::size_t bits(const char* name) const { return parameters_.at(name); }

  void put_token(WireValues& wires, const WordToken& token) const {
    const Tile& tile = program_.schedule.tiles[token.tile];
    const TileSetup& setup = program_.tiles[token.tile];
    const LayerSetup& layer = program_.layers[tile.layer];
    const bool fetched = setup.residual == InputSource::kBlock;
    wires.put(tile.first);
    wires.put(tile.rows, bits("RowBits"));
    wires.put(setup.row_begin / program_.array.rows, bits("TileBits"));
    wires.put(token.word, bits("AddressBits"));
    wires.put(setup.partial_sum_words, bits("AddressBits"));
    wires.put(setup.residual == InputSource::kNone ? 0 : fetched ? 2 : 1, 2);
    wires.put(static_cast<std::uint64_t>(setup.residual_offset) +
                  (token.image * layer.residual_height + token.y * layer.residual_stride) *
                      layer.residual_width +
                  token.x * layer.residual_stride +
                  (fetched && token.residual_turn ? program_.slots.residual : 0),
              bits("AddressBits"));
    wires.put(layer.fraction_bits, 5);
  }

  void put_load(WireValues& in, bool loading) {
    in.put(loading);
    in.put(loading ? loaded_ : 0, bits("TileBits"));
    const std::size_t at = (loading ? loaded_ : 0) * program_.array.rows + bits("Row");
    const RowDescriptor& row = program_.rows[at];
    in.put(static_cast<std::uint32_t>(row.bias), bits("AccBits"));
    in.put(row.residual_address, bits("AddressBits"));
    in.put(row.has_residual);
    if (parameters_.contains("ExponentBits")) {
      // Of a row tile's two tiles the first adds residuals.
      const Tile& tile = program_.schedule.tiles[2 * (loading ? loaded_ : 0)];
      in.put(program_.layers[tile.layer].row_exponents[at], bits("ExponentBits"));
    }
    if (loading) ++loaded_;
  }

  void put_read(WireValues& out, const RowFeeder::Stage& read) const {
    using Source = RowFeeder::Source;
    const bool partial = read.valid && read.source == Source::kPartialSum;
    out.put(partial);
    out.put(read.valid && read.source == Source::kResidual);
    out.put(read.valid && read.source == Source::kResidualInput);
    out.put_if(read.valid && read.source != Source::kBias,
               partial ? read.address / (bits("AccBits") / 8) : read.address, bits("AddressBits"));
  }

  Random random_;
  Parameters parameters_;
  TileProgram program_;
  simulation::ArrayShape shape_;
  RowFeeder feeder_;
  std::unique_ptr<simulation::ArrayFront> front_;
  Pace pace_;
  std::size_t loaded_ = 0;
};

}  // namespace

std::unique_ptr<BlockModel> make_row_feeder(const Parameters& parameters, std::uint64_t seed) {
  return std::make_unique<RowFeederModel>(parameters, seed);
}

}  // namespace colcomb::tests
