#include <map>
#include <optional>

#include "colcomb/artifacts/tile_program_rules.hpp"

namespace colcomb {
namespace {

/// Whether [begin, begin + count) lies within a vector of that size.
bool within(std::uint64_t begin, std::uint64_t count, std::uint64_t size) {
  return begin <= size && count <= size - begin;
}

void validate_part_of_layer(const TileProgram& program, const Tile& tile, const ProgramPart& part) {
  const LayerSetup& layer = program.layers[tile.layer];
  const std::uint64_t most_rows = program.array.rows;
  part.require(tile.row_begin < layer.filters && tile.row_begin % most_rows == 0, "row_begin",
               tile.row_begin, "must be a filter of the layer and a multiple of the array's rows");
  part.require(tile.rows == std::min(most_rows, std::uint64_t{layer.filters} - tile.row_begin),
               "rows", tile.rows, "must be the array's, or what is left of the layer's filters");
  part.require(tile.groups <= program.array.columns, "groups", tile.groups,
               "must be at most the array's columns");
  part.require(tile.nonzeros <= std::uint64_t{tile.rows} * tile.groups, "nonzeros", tile.nonzeros,
               "must be at most rows x groups");
  const std::uint64_t words = words_of(program, layer);
  part.require(tile.words >= 1 && within(tile.word_begin, tile.words, words), "words",
               fmt::format("{} from {} on", tile.words, tile.word_begin),
               "must be at least 1, and within the layer's words of a batch");
  part.require(tile.first == (tile.column_tile == 0), "first", tile.first,
               "must be true for column tile 0 alone");
}

void validate_clocks(const TileProgram& program, std::size_t index, const ProgramPart& part) {
  const Tile& tile = program.schedule.tiles[index];
  const TileSetup& setup = program.tiles[index];
  const std::uint64_t ports = program.array.bank_ports;
  const std::uint64_t reads =
      std::max<std::uint64_t>(1, ceil_divide<std::uint64_t>(setup.line_count, ports));
  part.require(tile.read_clocks == reads, "read_clocks", tile.read_clocks,
               "must be line_count / bank_ports, rounded up, at least 1");
  const std::uint64_t writes = ceil_divide<std::uint64_t>(setup.write_count, ports);
  part.require(tile.write_clocks == writes, "write_clocks", tile.write_clocks,
               "must be write_count / bank_ports, rounded up");
  const LayerSetup& layer = program.layers[tile.layer];
  const WordGrid words = layer.words();
  const std::uint64_t spacing = layer.role == LayerRole::kPooled ? 1 : words.spacing();
  const std::uint64_t least =
      std::max({std::uint64_t{program.array.word_interval()}, reads, ceil_divide(writes, spacing),
                std::uint64_t{words.least_interval()}});
  part.require(
      tile.interval >= least, "interval", tile.interval,
      "must be at least the cells' word interval, read_clocks, write_clocks over the words "
      "between two outputs, and what the line buffer asks for");
  const std::uint64_t outputs = complete_before(layer, tile.word_begin + tile.words) -
                                complete_before(layer, tile.word_begin);
  part.require(tile.outputs == outputs, "output pixels", tile.outputs,
               "must be as many as the tile's words complete");
}

void validate_ranges(const TileProgram& program, std::size_t index, const ProgramPart& part) {
  const Tile& tile = program.schedule.tiles[index];
  const TileSetup& setup = program.tiles[index];
  const std::uint64_t columns = program.array.columns;
  part.require(setup.line_count <= program.array.alpha, "line_count", setup.line_count,
               "must be at most the array's alpha");
  part.require(within(setup.line_begin, setup.line_count, program.lines.size() / columns),
               "line_begin", setup.line_begin, "must leave line_count lines for each column");
  part.require(within(setup.row_begin, tile.rows, program.rows.size()), "rows from row_begin",
               setup.row_begin, "must leave a row descriptor for each row");
  part.require(within(setup.write_begin, setup.write_count, program.writes.size() / columns),
               "write_begin", setup.write_begin, "must leave write_count writes for each bank");
  const std::uint64_t transfers = program.transfers.size();
  part.require(within(setup.read_begin, setup.reads, transfers), "read_begin", setup.read_begin,
               "must leave so many reads");
  part.require(within(setup.output_begin, setup.outputs, transfers), "output_begin",
               setup.output_begin, "must leave so many outputs");
}

/// Which buffers feed the tile, and which take its results.
void validate_sources(const TileProgram& program, std::size_t index, const ProgramPart& part) {
  const Tile& tile = program.schedule.tiles[index];
  const TileSetup& setup = program.tiles[index];
  const LayerSetup& layer = program.layers[tile.layer];
  const Schedule& schedule = program.schedule;
  InputSource input = tile.layer == 0 ? InputSource::kImage : InputSource::kKept;
  if (schedule.input_in_dram[tile.layer] != 0) input = InputSource::kBlock;
  part.require(setup.input == input || (setup.input == InputSource::kNone && setup.line_count == 0),
               "input", static_cast<unsigned>(setup.input),
               "must be 3 (block) if the layer's input is in DRAM, else 2 (image) for the first "
               "layer and 1 (kept) for others; 0 (none) if there are no lines");
  part.require(setup.new_block
                   ? input == InputSource::kBlock || (input == InputSource::kImage && index == 0)
                   : input != InputSource::kImage || index != 0,
               "new_block", setup.new_block,
               "must be true where whole images are read first, and false where nothing is read");
  const bool adds = tile.first && layer.residual_height > 0;
  part.require(adds ? setup.residual == InputSource::kKept || setup.residual == InputSource::kBlock
                    : setup.residual == InputSource::kNone,
               "residual", static_cast<unsigned>(setup.residual),
               "must be 1 (kept) or 3 (block) in column tile 0 of a layer with a residual source, "
               "else 0 (none)");
  part.require(!setup.new_residual_block || setup.residual == InputSource::kBlock,
               "new_residual_block", setup.new_residual_block,
               "must be false where no residual block is read");
  part.require(setup.write_count == 0 || (tile.last && is_kept(program, tile.layer)), "write_count",
               setup.write_count, "must be 0 unless results go to the data buffer");
  part.require(setup.outputs == 0 || (tile.last && layer.to_dram), "outputs", setup.outputs,
               "must be 0 unless results go to DRAM");
}

/// Tiles follow each other layer by layer; a layer's column tiles of the same rows and words come
/// together, and each of its row tiles passes all words once, in order.
class TileOrderRules {
 public:
  TileOrderRules(const TileProgram& program, const std::string& where)
      : program_(program), where_(where) {}

  /// Before the tile's layer is used as an index.
  void check_layer(std::size_t index, const ProgramPart& part) {
    const Tile& tile = program_.schedule.tiles[index];
    const std::uint32_t next = index == 0 ? 0 : before(index).layer + 1;
    const bool begins = tile.layer == next;
    part.require(begins || (index > 0 && tile.layer == before(index).layer), "layer", tile.layer,
                 "must be that of the tile before or the next one, from 0 on");
    part.require(tile.layer < program_.layers.size(), "layer", tile.layer,
                 "must be below the number of layers");
    if (begins) {
      finish();
      layer_ = tile.layer;
      ended_.clear();
      window_entries_.clear();
    }
    const TileSetup& setup = program_.tiles[index];
    const bool after_all = begins && tile.layer > 0 && !program_.schedule.overlaps(tile.layer);
    part.require(setup.after_all == after_all, "after_all", setup.after_all,
                 "must be true for the first tile of each layer but the first and those with "
                 "schedule.layer_waits, else false");
    const bool waits = begins && program_.schedule.waits_for_dram[tile.layer] != 0;
    part.require(setup.fetch_after_all == waits, "fetch_after_all", setup.fetch_after_all,
                 "must be true for the first tile of a layer that waits for DRAM, else false");
  }

  void add(std::size_t index, const ProgramPart& part) {
    const Tile& tile = program_.schedule.tiles[index];
    if (tile.first) {
      part.require(index == 0 || before(index).last, "first", tile.first,
                   "must be false until the tiles before have added to their last column tile");
      check_windows(index, part);
      std::uint64_t& ended = ended_[tile.row_begin];
      part.require(tile.word_begin == ended, "word_begin", tile.word_begin,
                   "must be where the row tile's words before end");
      ended += tile.words;
      return;
    }
    const Tile& start = before(index);
    part.require(!start.last && start.layer == tile.layer &&
                     tile.column_tile == std::uint64_t{start.column_tile} + 1,
                 "column_tile", tile.column_tile, "must be 0 or follow that of the tile before");
    part.require(start.row_begin == tile.row_begin && start.word_begin == tile.word_begin &&
                     start.words == tile.words,
                 "words", fmt::format("{} from {} on", tile.words, tile.word_begin),
                 "must be those of the column tile before, and so must its rows");
  }

  /// What pooling windows keep from word to word: a row tile's line buffer is one, and between its
  /// tiles another row tile may only come at a row's end.
  void check_windows(std::size_t index, const ProgramPart& part) {
    const Tile& tile = program_.schedule.tiles[index];
    const LayerSetup& layer = program_.layers[tile.layer];
    if (!layer.pooling) return;
    const std::uint32_t entry = program_.tiles[index].window_entry;
    const auto [found, is_new] = window_entries_.try_emplace(tile.row_begin, entry);
    part.require(found->second == entry, "window_entry", entry,
                 "must be that of the row tile's tiles before");
    const bool goes_on =
        index > 0 && before(index).layer == tile.layer && before(index).row_begin == tile.row_begin;
    part.require(goes_on || tile.word_begin % layer.words().width() == 0, "word_begin",
                 tile.word_begin,
                 "must be the start of a row of words where pooling windows are in another row "
                 "tile before");
  }

  /// After the last tile of a layer.
  void finish() const {
    if (!layer_) return;
    const LayerSetup& layer = program_.layers[*layer_];
    const std::uint64_t words = words_of(program_, layer);
    bool whole = ended_.size() == ceil_divide<std::uint64_t>(layer.filters, program_.array.rows);
    for (const auto& [row, ended] : ended_) whole = whole && ended == words;
    ProgramPart(where_, fmt::format("layer {}", layer.name))
        .require(whole, "row tiles", ended_.size(),
                 "must be those of all filters, and pass all words of a batch");
  }

 private:
  [[nodiscard]] const Tile& before(std::size_t index) const {
    return program_.schedule.tiles[index - 1];
  }

  const TileProgram& program_;
  const std::string& where_;
  std::optional<std::uint32_t> layer_;
  std::map<std::uint32_t, std::uint64_t> ended_;           // per first row, words that have passed
  std::map<std::uint32_t, std::uint32_t> window_entries_;  // per first row
};

}  // namespace

void validate_tiles(const TileProgram& program, const std::string& where) {
  TileOrderRules order(program, where);
  for (std::size_t t = 0; t < program.tiles.size(); ++t) {
    const ProgramPart part(where, fmt::format("tile {}", t));
    order.check_layer(t, part);
    validate_part_of_layer(program, program.schedule.tiles[t], part);
    order.add(t, part);
    validate_ranges(program, t, part);
    validate_clocks(program, t, part);
    validate_sources(program, t, part);
  }
  const ProgramPart all(where, "");
  const std::size_t tiles = program.tiles.size();
  all.require(tiles > 0 && program.schedule.tiles.back().layer + 1 == program.layers.size(),
              "tiles", tiles, "must be those of all layers");
  all.require(program.schedule.tiles.back().last, "last tile", tiles - 1,
              "must be a layer's last column tile");
  order.finish();
}

}  // namespace colcomb
