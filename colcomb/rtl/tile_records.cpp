#include "colcomb/rtl/tile_records.hpp"

#include "colcomb/rtl/side_state.hpp"
#include "colcomb/rtl/word_tokens.hpp"

namespace colcomb::rtl {
namespace {

/// What is added to the offset of a word's pixel from word to word, of a plane of height x width
/// pixels of which word (y, x) reads (y * stride, x * stride): to the next word along a row, from a
/// row's last word to the next row, from an image's last word to the next image.
void set_steps(Values& values, const std::string& prefix, const WordGrid& grid, std::int64_t height,
               std::int64_t width, std::int64_t stride, std::uint64_t ring) {
  const auto along = static_cast<std::int64_t>(grid.width() - 1) * stride;
  const auto down = static_cast<std::int64_t>(grid.height() - 1) * stride * width;
  const auto set = [&](const char* name, std::int64_t step) {
    values.set_modulo(prefix + name,
                      ring > 0 ? static_cast<std::int64_t>(ring_step(step, ring)) : step);
  };
  set("x_step", stride);
  set("y_step", stride * width - along);
  set("image_step", height * width - down - along);
}

/// The first word of a tile.
void set_first_word(Values& values, const TileProgram& program, std::size_t index) {
  const TileSetup& setup = program.tiles[index];
  const Tile& tile = program.schedule.tiles[index];
  const LayerSetup& layer = program.layers[tile.layer];
  const LayerInput input = program.input_of(tile);
  const WordGrid grid = layer.words();
  const auto image = static_cast<std::int64_t>(tile.word_begin / grid.words());
  const std::uint64_t word = tile.word_begin % grid.words();
  const std::size_t y = word / grid.width();
  const std::size_t x = word % grid.width();
  const auto row = static_cast<std::int64_t>(y);
  const auto column = static_cast<std::int64_t>(x);
  const auto pixel = static_cast<std::int64_t>(grid.complete_before(word));
  values.set("words_left", tile.words - 1);
  values.set_modulo("input_offset",
                    setup.input_offset +
                        (image * input.height + row * input.stride) * std::int64_t{input.width} +
                        column * input.stride);
  values.set("input_y", y * input.stride);
  values.set("input_x", x * input.stride);
  values.set_modulo("residual_offset",
                    setup.residual_offset +
                        (image * layer.residual_height + row * layer.residual_stride) *
                            std::int64_t{layer.residual_width} +
                        column * layer.residual_stride);
  values.set_modulo("image", image);
  values.set_modulo("map_offset", image * static_cast<std::int64_t>(grid.outputs()) + pixel);
  values.set_modulo("pixel", pixel);
  values.set_modulo("output_base", setup.output_offset);
  set_side(values, "y_", vertical_side(grid), y);
  set_side(values, "x_", horizontal_side(grid), x);
}

/// Whether tile t is of another layer than the one before it, or reads a map of another size or by
/// another stride.
bool begins_reading(const TileProgram& program, std::size_t t) {
  const std::vector<Tile>& tiles = program.schedule.tiles;
  const Tile& before = tiles[(t == 0 ? tiles.size() : t) - 1];
  const LayerInput now = program.input_of(tiles[t]);
  const LayerInput then = program.input_of(before);
  return before.layer != tiles[t].layer || then.height != now.height || then.width != now.width ||
         then.stride != now.stride;
}

}  // namespace

std::vector<std::size_t> layer_record_tiles(const TileProgram& program) {
  std::vector<std::size_t> result;
  for (std::size_t t = 0; t < program.tiles.size(); ++t) {
    if (begins_reading(program, t)) result.push_back(t);
  }
  if (result.empty()) result.push_back(0);  // one layer, whose tiles read alike: a stage's
  return result;
}

std::vector<Bits> load_records(const TileProgram& program, const Bundles& bundles) {
  std::vector<Bits> records;
  for (std::size_t t = 0; t < program.tiles.size(); ++t) {
    const TileSetup& setup = program.tiles[t];
    const Tile& tile = program.schedule.tiles[t];
    Values values(bundles.load_record);
    values.set("last", t + 1 == program.tiles.size());
    values.set("after_begin", setup.load_after_begin);
    values.set_modulo("slot", static_cast<std::int64_t>(weight_slot(program)));
    values.set_modulo("address", static_cast<std::int64_t>(setup.weight_address));
    values.set("bytes", setup.weight_line_bytes);
    values.set("lines", tile.rows * program.array.load_clocks());
    values.set("groups", tile.groups);
    records.push_back(values.bits());
  }
  return records;
}

std::vector<Bits> tile_records(const TileProgram& program, const Bundles& bundles,
                               const ProgramIndex& index) {
  std::vector<Bits> records;
  for (std::size_t t = 0; t < program.tiles.size(); ++t) {
    const TileSetup& setup = program.tiles[t];
    const Tile& tile = program.schedule.tiles[t];
    Values values(bundles.tile_record);
    values.set("last", t + 1 == program.tiles.size());
    values.set("new_layer", begins_reading(program, t));
    values.set("new_block", setup.new_block);
    values.set("new_residual_block", setup.new_residual_block);
    values.set("new_output", setup.outputs > 0);
    values.set("after_all", setup.after_all);
    values.set("send_gap", setup.send_gap);
    values.set("send_after_begin", setup.send_after_begin);
    values.set("send_after_load", setup.send_after_load);
    values.set("interval", tile.interval);
    values.set_modulo("input_slot", static_cast<std::int64_t>(input_slot(program, t)));
    values.set("clocks", tile.read_clocks);
    values.set("line", index.column_line(t));
    values.set("from_input", setup.input != InputSource::kKept);
    values.set_modulo("residual_slot", static_cast<std::int64_t>(residual_slot(program, t)));
    values.set("source", source_number(setup));
    values.set_modulo("partial_words", setup.partial_sum_words);
    values.set("row_tile", index.row_tile(t));
    values.set("rows", tile.rows);
    values.set("first_column", tile.first);
    values.set("whole", tile.last);
    values.set("write_line", index.write_line(t));
    values.set("write_clocks", tile.write_clocks);
    values.set_modulo("output_slot", static_cast<std::int64_t>(program.slots.output));
    values.set_modulo("output_row_bytes", setup.output_row_bytes);
    values.set_modulo("pool_entry", setup.pooling_entry);
    values.set_modulo("window_entry", setup.window_entry);
    set_first_word(values, program, t);
    records.push_back(values.bits());
  }
  return records;
}

std::vector<Bits> layer_records(const TileProgram& program, const Bundles& bundles,
                                const ProgramIndex& index, const Rings& rings) {
  std::vector<Bits> records;
  const std::vector<std::size_t> tiles = layer_record_tiles(program);
  for (const std::size_t t : tiles) {
    const std::size_t number = program.schedule.tiles[t].layer;
    const LayerSetup& layer = program.layers[number];
    const LayerInput input = program.input_of(program.schedule.tiles[t]);
    const WordGrid grid = layer.words();
    const PoolingWindow window = layer.pooling.value_or(PoolingWindow{});
    Values values(bundles.layer_record);
    values.set("last", t == tiles.back());
    values.set("height", input.height);
    values.set("width", input.width);
    values.set_modulo("stride", input.stride);  // of a map of one word it says nothing
    set_steps(values, "input_", grid, input.height, input.width, input.stride, rings.input);
    set_steps(values, "residual_", grid, layer.residual_height, layer.residual_width,
              layer.residual_stride, rings.residual);
    values.set("table", index.table(number));
    values.set("fraction_bits", layer.fraction_bits);
    values.set("to_pooling", layer.role == LayerRole::kPooled);
    values.set("to_residual", layer.keep);
    values.set("to_output", layer.to_dram);
    values.set("classifier", layer.role == LayerRole::kClassifier);
    values.set("to_windows", layer.pooling.has_value());
    values.set("mean_windows", window.kind == PoolingKind::kMean);
    values.set("count_padding", window.count_padding);
    values.set_modulo("pool_pixels", static_cast<std::int64_t>(grid.outputs()));
    values.set("pool_fraction_bits", layer.pooling_fraction_bits);
    values.set("sum_height", layer.sum_height);
    values.set("sum_width", layer.sum_width);
    values.set("kernel_height", window.kernel_height);
    values.set("kernel_width", window.kernel_width);
    values.set("window_stride", window.stride);
    values.set_modulo("out_width", static_cast<std::int64_t>(window.out_width));
    set_side(values, "y_", vertical_side(grid), 0);
    set_side(values, "x_", horizontal_side(grid), 0);
    records.push_back(values.bits());
  }
  return records;
}

}  // namespace colcomb::rtl
