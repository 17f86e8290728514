#include <set>
#include <tuple>

#include "colcomb/artifacts/tile_program_rules.hpp"

namespace colcomb {
namespace {

/// The weights of one tile in the weight image.
class TileWeights {
 public:
  TileWeights(const TileProgram& program, const Tile& tile, std::uint64_t begin)
      : array_(program.array),
        tile_(tile),
        line_bytes_(array_.weight_line_bytes(tile.groups)),
        load_lines_(array_.load_lines()),
        image_(program.weights.data() + begin) {}

  void check(const ProgramPart& part) const {
    for (std::uint64_t row = 0; row < tile_.rows; ++row) {
      for (std::uint64_t column = 0; column < tile_.groups; ++column) check_cell(row, column, part);
      for (std::uint64_t k = 0; k < array_.load_clocks(); ++k)
        check_rest(row * array_.load_clocks() + k, part);
    }
  }

 private:
  [[nodiscard]] bool bit(std::uint64_t line, std::uint64_t at) const {
    return (image_[line * line_bytes_ + at / 8] >> (at % 8) & 1U) != 0;
  }

  void check_cell(std::uint64_t row, std::uint64_t column, const ProgramPart& part) const {
    const std::uint64_t width = array_.weight_bits();
    const std::uint64_t select_begin = array_.cell == CellKind::kParallel ? 8 : 9;
    std::uint64_t select = 0;
    bool rest = false;
    for (std::uint64_t b = select_begin; b < array_.load_clocks() * load_lines_; ++b) {
      const bool set =
          bit(row * array_.load_clocks() + b / load_lines_, column * load_lines_ + b % load_lines_);
      if (b < width) select |= std::uint64_t{set} << (b - select_begin);
      if (b >= width) rest = rest || set;
    }
    if (select < array_.alpha && !rest) [[likely]]
      return;
    part.fail("weights", fmt::format("select {} at row {}, column {}", select, row, column),
              "must select one of the array's data lines, with zeros behind it");
  }

  /// Behind the columns in use a line is zero.
  void check_rest(std::uint64_t line, const ProgramPart& part) const {
    for (std::uint64_t at = tile_.groups * load_lines_; at < 8 * line_bytes_; ++at) {
      if (!bit(line, at)) [[likely]]
        continue;
      part.fail("weights", fmt::format("bit {} of line {}", at, line),
                "must be 0 behind the tile's columns");
    }
  }

  const ArrayConfig& array_;
  const Tile& tile_;
  std::uint64_t line_bytes_;
  std::uint64_t load_lines_;
  const std::uint8_t* image_;
};

/// Where in the weight image a tile's weights begin. Requires: it has some.
std::uint64_t image_begin(const TileProgram& program, std::size_t index) {
  const TileSetup& setup = program.tiles[index];
  if (program.schedule.weights_resident) return setup.weight_address;
  for (std::uint64_t i = 0; i < setup.reads; ++i) {
    const Transfer& transfer = program.transfers[setup.read_begin + i];
    if (transfer.kind == TransferKind::kWeights) return transfer.dram - program.memory.weights;
  }
  return 0;
}

}  // namespace

void validate_weights(const TileProgram& program, const std::string& where) {
  const ByteSpan image{0, program.weights.size()};
  std::set<std::tuple<std::uint64_t, std::uint32_t, std::uint32_t>> seen;
  for (std::size_t t = 0; t < program.tiles.size(); ++t) {
    const Tile& tile = program.schedule.tiles[t];
    const TileSetup& setup = program.tiles[t];
    const ProgramPart part(where, fmt::format("tile {}", t));
    part.require(setup.weight_line_bytes == program.array.weight_line_bytes(tile.groups),
                 "weight_line_bytes", setup.weight_line_bytes,
                 "must be those of a weight-load cycle of the tile's groups");
    const std::uint64_t bytes = program.array.weight_image_bytes(tile.rows, tile.groups);
    const bool resident = program.schedule.weights_resident;
    part.require(
        whole_bursts(program, setup.weight_address) &&
            (resident ? image.holds(setup.weight_address, bytes) : setup.weight_address == 0),
        "weight_address", setup.weight_address,
        "must leave the tile's weights in the weight buffer, 0 if it reads them itself");
    part.require(tile.weight_bytes == (resident ? 0 : bytes), "weight_bytes", tile.weight_bytes,
                 "must be the tile's weights, 0 if the weight buffer holds all weights");
    if (bytes == 0) continue;
    const std::uint64_t begin = image_begin(program, t);
    if (seen.emplace(begin, tile.rows, tile.groups).second)
      TileWeights(program, tile, begin).check(part);
  }
}

}  // namespace colcomb
