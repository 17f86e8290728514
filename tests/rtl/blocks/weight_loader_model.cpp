#include "colcomb/base/random.hpp"
#include "colcomb/simulation/machine/weight_loader.hpp"
#include "tests/rtl/blocks/block_list.hpp"
#include "tests/rtl/blocks/pace.hpp"

namespace colcomb::tests {
namespace {

using simulation::machine::LoadToken;
using simulation::machine::WeightLoader;

constexpr std::uint32_t kTiles = 6;

TileProgram program_of(Random& random, const Parameters& parameters) {
  TileProgram program;
  ArrayConfig& array = program.array;
  array.columns = parameters.at("Columns");
  array.rows = 7;
  // Parallel cells have a load line for each bit of a byte.
  const std::uint32_t lines = parameters.at("LoadLines");
  array.cell = lines == 1       ? CellKind::kInterleaved
               : lines % 8 == 0 ? CellKind::kParallel
                                : CellKind::kMultiplexed;
  array.alpha = lines % 8 == 0 ? lines / 8 : lines;
  program.slots.weights = 512;
  for (std::uint32_t i = 0; i < kTiles; ++i) {
    Tile tile;
    tile.rows = 1 + static_cast<std::uint32_t>(random.below(array.rows));
    tile.groups = i == 0 ? 0 : static_cast<std::uint32_t>(random.below(array.columns + 1));
    program.schedule.tiles.push_back(tile);
    TileSetup setup;
    setup.weight_address = 16 * random.below(20);
    setup.weight_line_bytes = static_cast<std::uint32_t>(array.weight_line_bytes(tile.groups));
    program.tiles.push_back(setup);
  }
  return program;
}

/// Loads of any tiles, back to back or with gaps; the buffer gives anything.
class WeightLoaderModel : public BlockModel {
 public:
  WeightLoaderModel(const Parameters& parameters, std::uint64_t seed)
      : random_(seed),
        parameters_(parameters),
        program_(program_of(random_, parameters)),
        loader_(program_),
        pace_(random_, 1),
        line_(program_.array.columns * program_.array.load_lines() / 8 + 64) {}

  std::vector<Wire> inputs() const override {
    return {{"load", 1},
            {"address", bits("AddressBits")},
            {"bytes", bits("BytesBits")},
            {"lines", bits("CountBits")},
            {"groups", bits("GroupBits")},
            {"line", bits("Columns") * bits("LoadLines")}};
  }
  std::vector<Wire> outputs() const override {
    return {{"read", 1},
            {"address", bits("AddressBits")},
            {"bytes", bits("BytesBits")},
            {"load_valid", bits("Columns")},
            {"load", bits("Columns") * bits("LoadLines")}};
  }

  void clock(WireValues& in, WireValues& out) override {
    WeightLoader::In wires;
    if (wait_ > 0) --wait_;
    const bool eager = pace_.sends();
    wires.load.valid = wait_ == 0 && eager;
    wires.load.turn = random_.below(2) == 0;
    wires.load.tile = static_cast<std::uint32_t>(random_.below(kTiles));
    const Tile& tile = program_.schedule.tiles[wires.load.tile];
    const TileSetup& setup = program_.tiles[wires.load.tile];
    const std::size_t lines = tile.rows * program_.array.load_clocks();
    if (wires.load.valid) wait_ = lines;
    for (std::uint8_t& byte : line_) byte = static_cast<std::uint8_t>(random_.below(256));
    wires.line = line_.data();

    in.put(wires.load.valid);
    in.put(setup.weight_address + (wires.load.turn ? program_.slots.weights : 0),
           bits("AddressBits"));
    in.put(setup.weight_line_bytes, bits("BytesBits"));
    in.put(lines, bits("CountBits"));
    in.put(tile.groups, bits("GroupBits"));
    for (std::size_t b = 0; b < bits("Columns") * bits("LoadLines"); ++b)
      in.put((line_[b / 8] >> (b % 8)) & 1U);

    loader_.compute(wires);
    loader_.commit();
    const WeightLoader::Out& found = loader_.out();
    out.put(found.read);
    out.put_if(found.read, found.address, bits("AddressBits"));
    out.put_if(found.read, found.bytes, bits("BytesBits"));
    // Column 0 is a function of what the buffer shows, which is still the same.
    for (std::size_t j = 0; j < bits("Columns"); ++j)
      out.put(loader_.column(j, line_.data()).valid);
    for (std::size_t j = 0; j < bits("Columns"); ++j)
      out.put(loader_.column(j, line_.data()).bits, bits("LoadLines"));
  }

 private:
  [[nodiscard]] std::size_t bits(const char* name) const { return parameters_.at(name); }

  Random random_;
  Parameters parameters_;
  TileProgram program_;
  WeightLoader loader_;
  Pace pace_;
  std::size_t wait_ = 0;
  std::vector<std::uint8_t> line_;
};

}  // namespace

std::unique_ptr<BlockModel> make_weight_loader(const Parameters& parameters, std::uint64_t seed) {
  return std::make_unique<WeightLoaderModel>(parameters, seed);
}

}  // namespace colcomb::tests
