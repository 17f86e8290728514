#include "colcomb/rtl/word_tokens.hpp"

#include "colcomb/rtl/side_state.hpp"

namespace colcomb::rtl {
namespace {

void set_windows(const LayerSetup& layer, const Word& word, Values& values) {
  const WordGrid grid = layer.words();
  const WordSide rows = vertical_side(grid);
  const WordSide columns = horizontal_side(grid);
  const std::size_t slots = values.bundle().fields()[values.bundle().index("x_holds")].bits;
  const SideSlots y = slots_at(rows, word.y, slots);
  const SideSlots x = slots_at(columns, word.x, slots);
  values.set("inside", grid.in_map(word.y, word.x) ? 1 : 0);
  values.set_bits("x_holds", x.holds);
  values.set_bits("x_begins", x.begins);
  values.set_bits("x_ends", x.ends);
  values.set_bits("y_holds", y.holds);
  values.set_bits("y_begins", y.begins);
  values.set_bits("y_ends", y.ends);
  if (!layer.pooling) return;
  values.set("out_width", layer.pooling->out_width);
  if (const auto column = columns.windows.completed_by(word.x)) values.set("column", *column);
  if (!word.completes) return;
  if (layer.pooling->count_padding) {
    values.set("divisor_height", layer.pooling->kernel_height);
    values.set("divisor_width", layer.pooling->kernel_width);
    return;
  }
  const std::size_t row = word.pixel / layer.pooling->out_width;
  const std::size_t column = word.pixel % layer.pooling->out_width;
  values.set("divisor_height", rows.windows.end(row, layer.sum_height) - rows.windows.begin(row));
  values.set("divisor_width",
             columns.windows.end(column, layer.sum_width) - columns.windows.begin(column));
}

void set_pooling(const LayerSetup& layer, const TileSetup& setup, const Word& word,
                 Values& values) {
  values.set("pool_entry", setup.pooling_entry);
  values.set("pool_pixels", layer.words().outputs());
  values.set("pool_fraction_bits", layer.pooling_fraction_bits);
  if (!word.completes) return;
  values.set("pool_first", word.pixel == 0 ? 1 : 0);
  values.set("pool_last", word.pixel + 1 == layer.words().outputs() ? 1 : 0);
}

}  // namespace

std::uint64_t input_slot(const TileProgram& program, std::size_t tile) {
  if (program.tiles[tile].input == InputSource::kImage) return program.slots.images;
  return program.tiles[tile].input == InputSource::kBlock ? program.slots.input : 0;
}

std::uint64_t residual_slot(const TileProgram& program, std::size_t tile) {
  return program.tiles[tile].residual == InputSource::kBlock ? program.slots.residual : 0;
}

std::uint64_t weight_slot(const TileProgram& program) {
  return program.schedule.slots > 1 ? program.slots.weights : 0;
}

std::uint64_t source_number(const TileSetup& setup) {
  if (setup.residual == InputSource::kNone) return 0;
  return setup.residual == InputSource::kBlock ? 2 : 1;
}

Values WordTokens::column(const Word& word) const {
  const Tile& tile = program_.schedule.tiles[word.tile];
  const TileSetup& setup = program_.tiles[word.tile];
  const LayerInput input = program_.input_of(tile);
  const std::int64_t y = std::int64_t{word.y} * input.stride;
  const std::int64_t x = std::int64_t{word.x} * input.stride;
  std::int64_t offset =
      setup.input_offset + (std::int64_t{word.image} * input.height + y) * input.width + x;
  if (word.input_turn) offset += static_cast<std::int64_t>(input_slot(program_, word.tile));
  Values values(bundles_.column);
  values.set_modulo("offset", offset);
  values.set("height", input.height);
  values.set("width", input.width);
  values.set("y", static_cast<std::uint64_t>(y));
  values.set("x", static_cast<std::uint64_t>(x));
  values.set("clocks", tile.read_clocks);
  values.set("line", index_.column_line(word.tile));
  values.set("from_input", setup.input != InputSource::kKept ? 1 : 0);
  values.set("first", word.first ? 1 : 0);
  return values;
}

Values WordTokens::row(const Word& word) const {
  const Tile& tile = program_.schedule.tiles[word.tile];
  const TileSetup& setup = program_.tiles[word.tile];
  const LayerSetup& layer = program_.layers[tile.layer];
  Values values(bundles_.row);
  values.set("fraction_bits", layer.fraction_bits);
  const std::uint64_t source = source_number(setup);
  if (source != 0) {
    const std::int64_t y = std::int64_t{word.y} * layer.residual_stride;
    const std::int64_t x = std::int64_t{word.x} * layer.residual_stride;
    std::int64_t offset =
        setup.residual_offset +
        (std::int64_t{word.image} * layer.residual_height + y) * layer.residual_width + x;
    if (word.residual_turn) offset += static_cast<std::int64_t>(residual_slot(program_, word.tile));
    values.set_modulo("offset", offset);
  }
  values.set("source", source);
  values.set_modulo("partial_words", setup.partial_sum_words);
  values.set_modulo("word", word.word);
  values.set("row_tile", index_.row_tile(word.tile));
  values.set("rows", tile.rows);
  values.set("first", tile.first ? 1 : 0);
  return values;
}

Values WordTokens::result(const Word& word) const {
  const Tile& tile = program_.schedule.tiles[word.tile];
  const TileSetup& setup = program_.tiles[word.tile];
  const LayerSetup& layer = program_.layers[tile.layer];
  const bool pooled = layer.role == LayerRole::kPooled;
  const bool classifier = layer.role == LayerRole::kClassifier;
  const std::uint64_t outputs = layer.words().outputs();
  const auto in_map = static_cast<std::int64_t>(word.image * outputs + word.pixel);
  Values values(bundles_.result);
  const auto flag = [&values](const char* name, bool set) { values.set(name, set ? 1 : 0); };
  flag("tile_first", word.first);
  flag("tile_last", word.last);
  flag("whole", tile.last);
  values.set("rows", tile.rows);
  values.set("table", index_.table(tile.layer));
  values.set("fraction_bits", layer.fraction_bits);
  values.set_modulo("partial_words", setup.partial_sum_words);
  values.set_modulo("word", word.word);
  flag("completes", word.completes);
  flag("to_data", tile.write_clocks > 0);
  flag("to_pooling", pooled);
  flag("to_residual", layer.keep);
  flag("to_output", layer.to_dram);
  flag("classifier", classifier);
  flag("to_windows", layer.pooling.has_value());
  flag("mean_windows", layer.pooling && layer.pooling->kind == PoolingKind::kMean);
  flag("crossbar_pixel", word.completes && (!pooled || word.pixel + 1 == outputs));
  values.set("write_line", index_.write_line(word.tile));
  values.set("write_clocks", tile.write_clocks);
  if (word.completes) {
    values.set_modulo("data_offset", pooled ? word.image : in_map);
    values.set_modulo("keep_offset", in_map);
  }
  values.set("row_tile", index_.row_tile(word.tile));
  if (word.completes && layer.to_dram)
    values.set_modulo(
        "output_base",
        setup.output_offset + (classifier ? 4 : 1) * std::int64_t{word.output} +
            (word.output_turn ? static_cast<std::int64_t>(program_.slots.output) : 0));
  values.set_modulo("output_row_bytes", setup.output_row_bytes);
  if (pooled) set_pooling(layer, setup, word, values);
  values.set_modulo("window_entry", setup.window_entry);
  set_windows(layer, word, values);
  return values;
}

Values WordTokens::load(std::uint32_t tile, bool turn) const {
  const TileSetup& setup = program_.tiles[tile];
  Values values(bundles_.load);
  values.set_modulo("address", static_cast<std::int64_t>(setup.weight_address +
                                                         (turn ? program_.slots.weights : 0)));
  values.set("bytes", setup.weight_line_bytes);
  values.set("lines", program_.schedule.tiles[tile].rows * program_.array.load_clocks());
  values.set("groups", program_.schedule.tiles[tile].groups);
  return values;
}

}  // namespace colcomb::rtl
