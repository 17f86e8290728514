#include "colcomb/rtl/bundles.hpp"

#include <utility>

#include "colcomb/rtl/side_state.hpp"

namespace colcomb::rtl {
namespace {

using Parameters = MachineParameters;

void add(const std::vector<Field>& more, std::vector<Field>& fields) {
  fields.insert(fields.end(), more.begin(), more.end());
}

Bundle column_token(const Parameters& p) {
  return Bundle({{"offset", p.AddressBits},
                 {"height", p.CoordBits},
                 {"width", p.CoordBits},
                 {"y", p.CoordBits},
                 {"x", p.CoordBits},
                 {"clocks", p.ReadClockBits},
                 {"line", p.LineBits},
                 {"from_input", 1},
                 {"first", 1}});
}

Bundle row_token(const Parameters& p) {
  return Bundle({{"fraction_bits", 5},
                 {"offset", p.AddressBits},
                 {"source", 2},
                 {"partial_words", p.AddressBits},
                 {"word", p.AddressBits},
                 {"row_tile", p.RowTileBits},
                 {"rows", p.RowBits},
                 {"first", 1}});
}

Bundle result_token(const Parameters& p) {
  return Bundle({{"tile_first", 1},
                 {"tile_last", 1},
                 {"whole", 1},
                 {"rows", p.RowBits},
                 {"table", p.TableBits},
                 {"fraction_bits", 5},
                 {"partial_words", p.AddressBits},
                 {"word", p.AddressBits},
                 {"completes", 1},
                 {"to_data", 1},
                 {"to_pooling", 1},
                 {"to_residual", 1},
                 {"to_output", 1},
                 {"classifier", 1},
                 {"to_windows", 1},
                 {"mean_windows", 1},
                 {"crossbar_pixel", 1},
                 {"write_line", p.WriteLineBits},
                 {"write_clocks", p.WriteClockBits},
                 {"data_offset", p.AddressBits},
                 {"row_tile", p.RowTileBits},
                 {"keep_offset", p.AddressBits},
                 {"output_base", p.AddressBits},
                 {"output_row_bytes", p.AddressBits},
                 {"pool_entry", p.PoolEntryBits},
                 {"pool_first", 1},
                 {"pool_last", 1},
                 {"pool_pixels", p.PixelBits},
                 {"pool_fraction_bits", 4},
                 {"window_entry", p.AddressBits},
                 {"inside", 1},
                 {"x_holds", p.Windows},
                 {"x_begins", p.Windows},
                 {"x_ends", p.Windows},
                 {"y_holds", p.Windows},
                 {"y_begins", p.Windows},
                 {"y_ends", p.Windows},
                 {"column", p.ColumnBits},
                 {"out_width", p.ColumnBits},
                 {"divisor_height", p.KernelBits},
                 {"divisor_width", p.KernelBits}});
}

Bundle load_token(const Parameters& p) {
  return Bundle({{"address", p.AddressBits},
                 {"bytes", p.LoadByteBits},
                 {"lines", p.LoadLineBits},
                 {"groups", p.GroupBits}});
}

Bundle load_record(const Parameters& p) {
  return Bundle({{"last", 1},
                 {"after_begin", p.WaitBits},
                 {"slot", p.AddressBits},
                 {"address", p.AddressBits},
                 {"bytes", p.LoadByteBits},
                 {"lines", p.LoadLineBits},
                 {"groups", p.GroupBits}});
}

/// What begins with a tile, its first word, and what holds for all of its words.
Bundle tile_record(const Parameters& p) {
  std::vector<Field> fields = {{"last", 1},
                               {"new_layer", 1},
                               {"new_block", 1},
                               {"new_residual_block", 1},
                               {"new_output", 1},
                               {"words_left", p.WordBits},
                               {"input_slot", p.AddressBits},
                               {"input_offset", p.AddressBits},
                               {"input_y", p.CoordBits},
                               {"input_x", p.CoordBits},
                               {"residual_slot", p.AddressBits},
                               {"residual_offset", p.AddressBits},
                               {"image", p.AddressBits},
                               {"map_offset", p.AddressBits},
                               {"pixel", p.PixelBits},
                               {"output_slot", p.AddressBits},
                               {"output_base", p.AddressBits}};
  add(side_fields(p, "y_"), fields);
  add(side_fields(p, "x_"), fields);
  add({{"after_all", 1},
       {"send_gap", p.WaitBits},
       {"send_after_begin", p.WaitBits},
       {"send_after_load", p.WaitBits},
       {"interval", p.WaitBits},
       {"clocks", p.ReadClockBits},
       {"line", p.LineBits},
       {"from_input", 1},
       {"source", 2},
       {"partial_words", p.AddressBits},
       {"row_tile", p.RowTileBits},
       {"rows", p.RowBits},
       {"first_column", 1},
       {"whole", 1},
       {"write_line", p.WriteLineBits},
       {"write_clocks", p.WriteClockBits},
       {"output_row_bytes", p.AddressBits},
       {"pool_entry", p.PoolEntryBits},
       {"window_entry", p.AddressBits}},
      fields);
  return Bundle(std::move(fields));
}

Bundle layer_record(const Parameters& p) {
  std::vector<Field> fields = {{"last", 1},
                               {"height", p.CoordBits},
                               {"width", p.CoordBits},
                               {"stride", p.CoordBits},
                               {"input_x_step", p.AddressBits},
                               {"input_y_step", p.AddressBits},
                               {"input_image_step", p.AddressBits},
                               {"residual_x_step", p.AddressBits},
                               {"residual_y_step", p.AddressBits},
                               {"residual_image_step", p.AddressBits},
                               {"table", p.TableBits},
                               {"fraction_bits", 5},
                               {"to_pooling", 1},
                               {"to_residual", 1},
                               {"to_output", 1},
                               {"classifier", 1},
                               {"to_windows", 1},
                               {"mean_windows", 1},
                               {"count_padding", 1},
                               {"pool_pixels", p.PixelBits},
                               {"pool_fraction_bits", 4},
                               {"sum_height", p.SideBits},
                               {"sum_width", p.SideBits},
                               {"kernel_height", p.KernelBits},
                               {"kernel_width", p.KernelBits},
                               {"window_stride", p.SideBits},
                               {"out_width", p.ColumnBits}};
  add(side_fields(p, "y_"), fields);
  add(side_fields(p, "x_"), fields);
  return Bundle(std::move(fields));
}

Bundle read_record(const Parameters& p) {
  return Bundle({{"last", 1},
                 {"tile_last", 1},
                 {"none", 1},
                 {"after_all", 1},
                 {"before_outputs", 1},
                 {"next_distance", p.CounterBits},
                 {"to_weights", 1},
                 {"to_input", 1},
                 {"to_residual", 1},
                 {"per_batch", 1},
                 {"turn", 1},
                 {"turn_flips", 1},
                 {"words", p.TransferBits},
                 {"slot", p.AddressBits},
                 {"address", p.AddressBits},
                 {"dram", p.DramBits},
                 {"banks", p.BankBits}});
}

Bundle write_record(const Parameters& p) {
  return Bundle({{"last", 1},
                 {"tile_last", 1},
                 {"next_distance", p.CounterBits},
                 {"next_after_one", 1},
                 {"next_after_slots", 1},
                 {"per_batch", 1},
                 {"turn", 1},
                 {"turn_flips", 1},
                 {"words", p.TransferBits},
                 {"slot", p.AddressBits},
                 {"address", p.AddressBits},
                 {"dram", p.DramBits},
                 {"bus", p.BusBits},
                 {"skip", p.SkipBits},
                 {"end", p.SkipBits}});
}

Bundle line_descriptor(const Parameters& p, bool rings) {
  std::vector<Field> fields = {
      {"used", 1}, {"padding", 8}, {"dx", p.CoordBits}, {"dy", p.CoordBits}};
  if (rings) fields.push_back({"step", p.AddressBits});
  fields.push_back({"place", p.AddressBits});
  return Bundle(std::move(fields));
}

}  // namespace

Bundles::Bundles(const MachineParameters& p, bool rings)
    : column(column_token(p)),
      row(row_token(p)),
      result(result_token(p)),
      load(load_token(p)),
      load_record(rtl::load_record(p)),
      tile_record(rtl::tile_record(p)),
      layer_record(rtl::layer_record(p)),
      read_record(rtl::read_record(p)),
      write_record(rtl::write_record(p)),
      line_descriptor(rtl::line_descriptor(p, rings)),
      row_descriptor({{"exponent", p.ExponentBits},
                      {"has_residual", 1},
                      {"residual_address", p.AddressBits},
                      {"bias", p.AccBits}}),
      keep_descriptor({{"keep_address", p.AddressBits}}),
      write_descriptor({{"used", 1}, {"row", p.RowNumberBits}, {"address", p.AddressBits}}) {}

}  // namespace colcomb::rtl
