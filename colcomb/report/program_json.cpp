#include "colcomb/report/program_json.hpp"

#include "colcomb/report/program_words.hpp"
#include "colcomb/report/simulation_json.hpp"

namespace colcomb::report {

using Json = nlohmann::ordered_json;

namespace {

Json to_json(const std::optional<PoolingWindow>& pooling) {
  if (!pooling) return nullptr;
  return {{"kind", name_of(pooling->kind)},
          {"kernel_height", pooling->kernel_height},
          {"kernel_width", pooling->kernel_width},
          {"stride", pooling->stride},
          {"pad_top", pooling->pad_top},
          {"pad_left", pooling->pad_left},
          {"out_height", pooling->out_height},
          {"out_width", pooling->out_width},
          {"count_padding", pooling->count_padding}};
}

Json to_json(const LayerSetup& layer) {
  Json more_inputs = Json::array();
  for (const LayerInput& input : layer.more_inputs) {
    more_inputs.push_back({{"source", input.source},
                           {"height", input.height},
                           {"width", input.width},
                           {"stride", input.stride},
                           {"first_column_tile", input.first_column_tile}});
  }
  return {{"name", layer.name},
          {"role", name_of(layer.role)},
          {"filters", layer.filters},
          {"in_height", layer.in_height},
          {"in_width", layer.in_width},
          {"stride", layer.stride},
          {"sum_height", layer.sum_height},
          {"sum_width", layer.sum_width},
          {"pooling", to_json(layer.pooling)},
          {"fraction_bits", layer.fraction_bits},
          {"row_exponents", layer.row_exponents},
          {"table", layer.table.empty() ? Json(nullptr) : Json(layer.table)},
          {"residual_height", layer.residual_height},
          {"residual_width", layer.residual_width},
          {"residual_stride", layer.residual_stride},
          {"pooling_fraction_bits", layer.pooling_fraction_bits},
          {"keep", layer.keep},
          {"to_dram", layer.to_dram},
          {"source", layer.source ? Json(*layer.source) : Json(nullptr)},
          {"more_inputs", more_inputs}};
}

/// Without descriptors and transfers.
Json registers_of(const TileProgram& program, std::size_t index) {
  const Tile& tile = program.schedule.tiles[index];
  const TileSetup& setup = program.tiles[index];
  return {{"tile", index},
          {"layer", tile.layer},
          {"row_begin", tile.row_begin},
          {"rows", tile.rows},
          {"column_tile", tile.column_tile},
          {"groups", tile.groups},
          {"word_begin", tile.word_begin},
          {"words", tile.words},
          {"outputs", tile.outputs},
          {"first", tile.first},
          {"last", tile.last},
          {"interval", tile.interval},
          {"read_clocks", tile.read_clocks},
          {"write_clocks", tile.write_clocks},
          {"nonzeros", tile.nonzeros},
          {"weight_bytes", tile.weight_bytes},
          {"input_bytes", tile.input_bytes},
          {"output_bytes", tile.output_bytes},
          {"input", name_of(setup.input)},
          {"new_block", setup.new_block},
          {"input_offset", setup.input_offset},
          {"line_count", setup.line_count},
          {"residual", name_of(setup.residual)},
          {"new_residual_block", setup.new_residual_block},
          {"residual_offset", setup.residual_offset},
          {"partial_sum_words", setup.partial_sum_words},
          {"write_count", setup.write_count},
          {"output_row_bytes", setup.output_row_bytes},
          {"output_offset", setup.output_offset},
          {"pooling_entry", setup.pooling_entry},
          {"weight_address", setup.weight_address},
          {"weight_line_bytes", setup.weight_line_bytes},
          {"send_gap", setup.send_gap},
          {"send_after_begin", setup.send_after_begin},
          {"send_after_load", setup.send_after_load},
          {"load_after_begin", setup.load_after_begin},
          {"after_all", setup.after_all},
          {"fetch_after_all", setup.fetch_after_all}};
}

Json transfers_of(const TileProgram& program, std::uint32_t begin, std::uint32_t count) {
  Json json = Json::array();
  for (std::uint32_t i = begin; i < begin + count; ++i) {
    const Transfer& transfer = program.transfers[i];
    Json one = {{"transfer", i},
                {"kind", name_of(transfer.kind)},
                {"per_batch", transfer.per_batch},
                {"dram", transfer.dram},
                {"bursts", transfer.bursts},
                {"address", transfer.address}};
    if (transfer.kind == TransferKind::kOutput) {
      one["skip"] = transfer.skip;
      one["bytes"] = transfer.bytes;
    }
    if (transfer.banks > 0) {
      one["banks"] = Json::array();
      for (std::uint32_t b = 0; b < transfer.banks; ++b)
        one["banks"].push_back(program.bank_numbers[transfer.bank_begin + b]);
    } else if (transfer.kind != TransferKind::kWeights) {
      one["bus"] = transfer.bank_begin;
    }
    json.push_back(std::move(one));
  }
  return json;
}

}  // namespace

Json program_sizes(const TileProgram& program) {
  const std::size_t columns = program.array.columns;
  return {{"layers", program.layers.size()},
          {"tiles", program.tiles.size()},
          {"lines_per_column", program.lines.size() / columns},
          {"rows", program.rows.size()},
          {"writes_per_bank", program.writes.size() / columns},
          {"transfers", program.initial.size() + program.transfers.size()},
          {"weight_bytes", program.weights.size()},
          {"weights_resident", program.schedule.weights_resident},
          {"memory_bytes", program.memory.batches},
          {"batch_bytes", program.memory.batch_bytes}};
}

Json to_json(const TileProgram& program) {
  const MemoryMap& memory = program.memory;
  const SlotBytes& slots = program.slots;
  Json json = {{"kind", "tile program"},
               {"sizes", program_sizes(program)},
               {"array", to_json(program.array)},
               {"image",
                {{"channels", program.channels},
                 {"height", program.height},
                 {"width", program.width},
                 {"reshape_stride", program.reshape_stride}}},
               {"memory",
                {{"weights", memory.weights},
                 {"maps", memory.maps},
                 {"batches", memory.batches},
                 {"logits", memory.logits},
                 {"batch_bytes", memory.batch_bytes}}},
               {"slots",
                {{"images", slots.images},
                 {"input", slots.input},
                 {"residual", slots.residual},
                 {"output", slots.output},
                 {"weights", slots.weights}}},
               {"layers", Json::array()},
               {"tiles", Json::array()}};
  for (const LayerSetup& layer : program.layers) json["layers"].push_back(to_json(layer));
  for (std::size_t t = 0; t < program.tiles.size(); ++t)
    json["tiles"].push_back(registers_of(program, t));
  return json;
}

Json tile_json(const TileProgram& program, std::size_t index) {
  const TileSetup& setup = program.tiles[index];
  const std::uint64_t columns = program.array.columns;
  Json json = registers_of(program, index);
  json["lines"] = Json::array();
  for (std::uint64_t i = 0; i < setup.line_count * columns; ++i) {
    const LineDescriptor& line = program.lines[setup.line_begin * columns + i];
    if (!line.used) continue;
    json["lines"].push_back({{"line", i / columns},
                             {"column", i % columns},
                             {"address", line.address},
                             {"dy", line.dy},
                             {"dx", line.dx},
                             {"padding", line.padding}});
  }
  json["row_descriptors"] = Json::array();
  for (std::uint64_t r = 0; r < program.schedule.tiles[index].rows; ++r) {
    const RowDescriptor& row = program.rows[setup.row_begin + r];
    json["row_descriptors"].push_back({{"row", r},
                                       {"bias", row.bias},
                                       {"has_residual", row.has_residual},
                                       {"residual_address", row.residual_address},
                                       {"keep_address", row.keep_address}});
  }
  json["writes"] = Json::array();
  for (std::uint64_t i = 0; i < setup.write_count * columns; ++i) {
    const WriteDescriptor& write = program.writes[setup.write_begin * columns + i];
    if (!write.used) continue;
    json["writes"].push_back({{"write", i / columns},
                              {"bank", i % columns},
                              {"row", write.row},
                              {"address", write.address}});
  }
  json["reads"] = transfers_of(program, setup.read_begin, setup.reads);
  json["outputs"] = transfers_of(program, setup.output_begin, setup.outputs);
  return json;
}

}  // namespace colcomb::report
