#include "colcomb/report/simulation_json.hpp"

namespace colcomb::report {

using Json = nlohmann::ordered_json;

namespace {

Json to_json(const CycleCount& cycles) {
  Json json = {{"total", cycles.total()}};
  for (const CyclePart& part : cycle_parts()) json[part.name] = cycles.*part.count;
  return json;
}

Json to_json(const ActivityCount& activity) {
  Json json = Json::object();
  for (const ActivityCounter& counter : activity_counters())
    json[counter.name] = activity.*counter.count;
  return json;
}

Json to_json(const SimulatedPart& part) {
  Json json = {{"name", part.name}};
  if (part.tile) json["tile"] = *part.tile;
  json["rows"] = part.rows;
  json["groups"] = part.groups;
  json["array_cells"] = part.array_cells;
  if (part.line_buffer_bytes > 0) json["line_buffer_bytes"] = part.line_buffer_bytes;
  json["cells"] = part.cells;
  json["nonzeros"] = part.nonzeros;
  json["cell_utilization"] = part.cell_utilization();
  json["time_utilization"] = part.time_utilization();
  json["cycles"] = to_json(part.cycles);
  json["activity"] = to_json(part.activity);
  if (part.fixed) json["fixed"] = true;
  if (part.row_exponents) json["row_exponents"] = true;
  if (part.table_bytes > 0) json["table_bytes"] = part.table_bytes;
  if (!part.advice.empty()) json["advice"] = part.advice;
  return json;
}

}  // namespace

Json to_json(const ArrayConfig& config) {
  return {{"name", config.name},
          {"array",
           {{"rows", config.rows},
            {"columns", config.columns},
            {"alpha", config.alpha},
            {"cell", name_of(config.cell)},
            {"accumulation_bits", config.accumulation_bits},
            {"double_buffering", config.double_buffering},
            {"clock_mhz", config.clock_mhz}}},
          {"buffers",
           {{"data_bytes", config.data_bytes},
            {"input_bytes", config.input_bytes},
            {"residual_bytes", config.residual_bytes},
            {"residual_input_bytes", config.residual_input_bytes},
            {"output_bytes", config.output_bytes},
            {"weight_bytes", config.weight_bytes},
            {"partial_sum_bytes", config.partial_sum_bytes},
            {"pooling_bytes", config.pooling_bytes},
            {"line_bytes", config.line_bytes},
            {"bank_ports", config.bank_ports}}},
          {"pooling", {{"windows", config.pooling_windows}}},
          {"dram",
           {{"bytes_per_clock", config.dram_bytes_per_clock},
            {"burst_bytes", config.dram_burst_bytes},
            {"latency", config.dram_latency}}},
          {"schedule",
           {{"order", name_of(config.order)},
            {"batch", config.batch},
            {"cross_layer", config.cross_layer}}}};
}

Json to_json(const SimulationResult& result, bool with_tiles) {
  Json json = {{"engine", result.engine},
               {"images", result.images},
               {"latency", result.latency},
               {"latency_seconds", result.latency_seconds()},
               {"interval", result.interval},
               {"frames_per_second", result.frames_per_second()},
               {"configuration", result.configuration},
               {"config", to_json(result.config)},
               {"total", to_json(result.total)},
               {"layers", Json::array()}};
  for (const SimulatedPart& layer : result.layers) json["layers"].push_back(to_json(layer));
  if (with_tiles) {
    json["tiles"] = Json::array();
    for (const SimulatedPart& tile : result.tiles) json["tiles"].push_back(to_json(tile));
  }
  return json;
}

}  // namespace colcomb::report
