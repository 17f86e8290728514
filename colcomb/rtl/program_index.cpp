#include "colcomb/rtl/program_index.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "colcomb/base/arithmetic.hpp"

namespace colcomb::rtl {
namespace {

using Lines = ProgramIndex::Lines;

/// First line of the descriptors in the memory, behind the others where they are not there yet.
std::uint32_t place(
    Lines wanted, std::uint32_t ports, std::uint32_t least, std::uint32_t& lines,
    std::vector<Lines>& all,
    std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>, std::uint32_t>& places) {
  const auto [at, added] = places.try_emplace({wanted.begin, wanted.count, wanted.width}, lines);
  if (added) {
    wanted.line = lines;
    all.push_back(wanted);
    lines += std::max(least, ceil_divide(wanted.count, ports));
  }
  return at->second;
}

}  // namespace

ProgramIndex::ProgramIndex(const TileProgram& program)
    : read_ports_(
          static_cast<std::uint32_t>(std::min(program.array.bank_ports, program.array.alpha))),
      write_ports_(
          static_cast<std::uint32_t>(std::min(program.array.bank_ports, program.array.rows))) {
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>, std::uint32_t> columns;
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>, std::uint32_t> writes;
  std::map<std::uint32_t, std::uint32_t> rows;
  for (std::size_t t = 0; t < program.tiles.size(); ++t) {
    const TileSetup& setup = program.tiles[t];
    const Tile& tile = program.schedule.tiles[t];
    const std::uint32_t width = program.input_of(tile).width;
    // A tile without lines still reads one, of unused descriptors.
    const Lines lines = {setup.line_count == 0 ? 0 : setup.line_begin, setup.line_count,
                         setup.line_count == 0 ? 0 : width, 0};
    column_line_.push_back(place(lines, read_ports_, 1, column_lines_, columns_, columns));
    // One without writes reads none: any line does.
    write_line_.push_back(setup.write_count == 0
                              ? 0
                              : place({setup.write_begin, setup.write_count, 0, 0}, write_ports_, 1,
                                      write_lines_, writes_, writes));
    const auto [at, added] =
        rows.try_emplace(setup.row_begin, static_cast<std::uint32_t>(rows_.size()));
    if (added) rows_.push_back({setup.row_begin, tile.rows, tile.layer, tile.row_begin});
    rows_[at->second].rows = std::max(rows_[at->second].rows, tile.rows);
    row_tile_.push_back(at->second);
  }
  for (const LayerSetup& layer : program.layers) {
    if (layer.table.empty()) {
      table_.push_back(0);
      continue;
    }
    const auto same = std::ranges::find(tables_, layer.table);
    table_.push_back(static_cast<std::uint32_t>(same - tables_.begin()) + 1);
    if (same == tables_.end()) tables_.push_back(layer.table);
  }
}

}  // namespace colcomb::rtl
