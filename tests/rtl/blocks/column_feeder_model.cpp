#include <algorithm>

#include "colcomb/base/random.hpp"
#include "colcomb/simulation/exact/array_front.hpp"
#include "colcomb/simulation/machine/column_feeder.hpp"
#include "tests/rtl/blocks/block_list.hpp"
#include "tests/rtl/blocks/one_cell.hpp"
#include "tests/rtl/blocks/pace.hpp"

namespace colcomb::tests {
namespace {

using simulation::machine::ColumnFeeder;
using simulation::machine::WordToken;

constexpr std::uint32_t kTiles = 6;
constexpr std::size_t kColumns = 2;
constexpr std::size_t kColumn = 1;

/// A layer and a tile of each number of lines, from none to all.
TileProgram program_of(Random& random, const Parameters& parameters) {
  const auto below = [&random](std::uint64_t bound) {
    return static_cast<std::uint32_t>(random.below(bound));
  };
  TileProgram program;
  program.array = one_cell(kind_of(parameters.at("Kind")), parameters.at("Alpha"), 32);
  program.array.columns = kColumns;
  program.array.bank_ports = parameters.at("Ports");
  program.slots.images = 300;
  program.slots.input = 400;
  const std::uint32_t alpha = parameters.at("Alpha");
  const std::uint32_t ports = parameters.at("Ports");
  for (std::uint32_t t = 0; t < kTiles; ++t) {
    LayerSetup layer;
    layer.in_height = 1 + below(6);
    layer.in_width = 1 + below(6);
    layer.stride = 1 + below(2);
    program.layers.push_back(layer);
    TileSetup setup;
    constexpr InputSource kSources[] = {InputSource::kKept, InputSource::kImage,
                                        InputSource::kBlock};
    setup.input = kSources[t % 3];
    setup.input_offset = below(30);
    setup.line_begin = static_cast<std::uint32_t>(program.lines.size() / kColumns);
    setup.line_count = t == 0 ? 0 : t == 1 ? alpha : below(alpha + 1);
    program.tiles.push_back(setup);
    Tile tile;
    tile.layer = t;
    tile.read_clocks = std::max(1U, (setup.line_count + ports - 1) / ports);
    program.schedule.tiles.push_back(tile);
    for (std::size_t l = 0; l < setup.line_count * kColumns; ++l) {
      LineDescriptor line;
      line.address = below(200);
      line.dy = static_cast<std::int32_t>(below(5)) - 2;
      line.dx = static_cast<std::int32_t>(below(5)) - 2;
      line.padding = static_cast<std::uint8_t>(below(256));
      line.used = below(8) != 0;
      program.lines.push_back(line);
    }
  }
  return program;
}

/// Words of any tiles and pixels; the banks give anything. What the feeder gives goes into an array
/// of one cell, which shows the wires.
class ColumnFeederModel : public BlockModel {
 public:
  ColumnFeederModel(const Parameters& parameters, std::uint64_t seed)
      : random_(seed),
        parameters_(parameters),
        program_(program_of(random_, parameters)),
        shape_(simulation::array_shape(program_.array, 1, 1, parameters.at("Alpha"))),
        feeder_(program_, kColumn),
        front_(simulation::make_front(shape_)),
        pace_(random_, 1) {
    for (const Tile& tile : program_.schedule.tiles) {
      lines_.push_back(line_count_);
      line_count_ += tile.read_clocks;
    }
  }

  std::vector<Wire> inputs() const override {
    const std::size_t ports = bits("Ports");
    return {{"valid", 1},
            {"token", bits("TokenBits")},
            {"load", 1},
            {"load_line", bits("LineBits")},
            {"load_descriptors", ports * bits("DescriptorBits")},
            {"data", 8 * ports},
            {"input", 8 * ports}};
  }
  std::vector<Wire> outputs() const override {
    const std::size_t ports = bits("Ports");
    return {{"valid", 1},
            {"token", bits("TokenBits")},
            {"read_data", ports},
            {"read_input", ports},
            {"address", ports * bits("AddressBits")},
            {"swap", 1},
            {"start", 1},
            {"data", shape_.load_lines()}};
  }

  void clock(WireValues& in, WireValues& out) override {
    const bool loading = loaded_ < line_count_;
    const bool eager = pace_.sends();
    ++since_read_;
    WordToken token;
    token.tile = static_cast<std::uint32_t>(random_.below(kTiles));
    const LayerSetup& layer = program_.layers[token.tile];
    token.first = random_.below(3) == 0;
    token.input_turn = random_.below(2) == 0;
    token.image = static_cast<std::uint32_t>(random_.below(3));
    token.y = static_cast<std::uint32_t>(
        random_.below((layer.in_height + layer.stride - 1) / layer.stride));
    token.x = static_cast<std::uint32_t>(
        random_.below((layer.in_width + layer.stride - 1) / layer.stride));
    // The word before is read, and leaves the serializers an interval before this one enters them.
    const std::uint32_t clocks = program_.schedule.tiles[token.tile].read_clocks;
    token.valid = !loading && eager && since_read_ >= 0 &&
                  since_read_ + clocks >= static_cast<std::int64_t>(shape_.interval);
    if (token.valid) since_read_ = -std::int64_t{clocks};
    in.put(token.valid);
    put_token(in, token);
    put_load(in, loading);
    std::vector<std::uint8_t> bytes(2 * bits("Ports"));
    for (std::uint8_t& byte : bytes) {
      byte = static_cast<std::uint8_t>(random_.below(256));
      in.put(byte, 8);
    }

    feeder_.compute({&token, bytes.data(), bytes.data() + bits("Ports")});
    feeder_.commit();
    const ColumnFeeder::Out& found = feeder_.out();
    if (found.word) front_->put_word(0, std::span(found.lines).first(found.line_count));
    if (found.swap) front_->put_swap(0);
    front_->step();
    out.put(found.token.valid);
    if (found.token.valid)
      put_token(out, found.token);
    else
      out.put_if(false, 0, bits("TokenBits"));
    put_reads(out, found);
    const simulation::CellOutputs cell = front_->outputs(0, 0);
    out.put(cell.swap);
    out.put(cell.start);
    out.put(cell.data, shape_.load_lines());
  }

 private:
  [[nodiscard]] std::size_t bits(const char* name) const { return parameters_.at(name); }

  void put_token(WireValues& wires, const WordToken& token) const {
    const TileSetup& setup = program_.tiles[token.tile];
    const LayerSetup& layer = program_.layers[token.tile];
    const std::int64_t y = token.y * layer.stride;
    const std::int64_t x = token.x * layer.stride;
    std::int64_t offset =
        setup.input_offset + (token.image * layer.in_height + y) * layer.in_width + x;
    if (token.input_turn && setup.input == InputSource::kImage)
      offset += static_cast<std::int64_t>(program_.slots.images);
    if (token.input_turn && setup.input == InputSource::kBlock)
      offset += static_cast<std::int64_t>(program_.slots.input);
    wires.put(token.first);
    wires.put(setup.input != InputSource::kKept);
    wires.put(lines_[token.tile], bits("LineBits"));
    wires.put(program_.schedule.tiles[token.tile].read_clocks, bits("ClockBits"));
    wires.put(static_cast<std::uint64_t>(x), bits("CoordBits"));
    wires.put(static_cast<std::uint64_t>(y), bits("CoordBits"));
    wires.put(layer.in_width, bits("CoordBits"));
    wires.put(layer.in_height, bits("CoordBits"));
    wires.put(static_cast<std::uint64_t>(offset), bits("AddressBits"));
  }

  void put_load(WireValues& in, bool loading) {
    in.put(loading);
    in.put(loading ? loaded_ : 0, bits("LineBits"));
    std::size_t tile = lines_.size() - 1;
    while (loading && lines_[tile] > loaded_) --tile;
    const TileSetup& setup = program_.tiles[tile];
    for (std::size_t p = 0; p < bits("Ports"); ++p) {
      LineDescriptor line;
      const std::size_t l = (loaded_ - lines_[tile]) * bits("Ports") + p;
      if (loading && l < setup.line_count)
        line = program_.lines[(setup.line_begin + l) * kColumns + kColumn];
      const std::int64_t place = std::int64_t{line.address} +
                                 std::int64_t{line.dy} * program_.layers[tile].in_width + line.dx;
      in.put(static_cast<std::uint64_t>(place), bits("AddressBits"));
      in.put(static_cast<std::uint64_t>(std::int64_t{line.dy}), bits("CoordBits"));
      in.put(static_cast<std::uint64_t>(std::int64_t{line.dx}), bits("CoordBits"));
      in.put(line.used ? line.padding : 0, 8);
      in.put(line.used);
    }
    if (loading) ++loaded_;
  }

  void put_reads(WireValues& out, const ColumnFeeder::Out& found) const {
    std::vector<ColumnFeeder::Read> reads(bits("Ports"));
    if (found.group.valid)
      std::copy_n(found.reads.begin(), found.group.end - found.group.begin, reads.begin());
    for (const bool from_input : {false, true}) {
      for (const ColumnFeeder::Read& read : reads)
        out.put(read.valid && found.group.from_input == from_input);
    }
    for (const ColumnFeeder::Read& read : reads)
      out.put_if(read.valid, read.address, bits("AddressBits"));
  }

  Random random_;
  Parameters parameters_;
  TileProgram program_;
  simulation::ArrayShape shape_;
  ColumnFeeder feeder_;
  std::unique_ptr<simulation::ArrayFront> front_;
  Pace pace_;
  std::vector<std::uint32_t> lines_;  // per tile: the first of its lines of descriptors
  std::uint32_t line_count_ = 0;
  std::uint32_t loaded_ = 0;
  std::int64_t since_read_ = 0;  // clocks since the word before was read
};

}  // namespace

std::unique_ptr<BlockModel> make_column_feeder(const Parameters& parameters, std::uint64_t seed) {
  return std::make_unique<ColumnFeederModel>(parameters, seed);
}

}  // namespace colcomb::tests
