#include "colcomb/report/cost_json.hpp"

namespace colcomb::report {

using Json = nlohmann::ordered_json;

namespace {

Json to_json(const CostFigure& figure) {
  Json json = Json::object();
  if (figure.value) {
    json["low"] = figure.value->low;
    json["high"] = figure.value->high;
  } else {
    json["low"] = json["high"] = nullptr;
    json["absent"] = figure.absent;
  }
  if (!figure.without.empty()) json["without"] = figure.without;
  if (!figure.entries.empty()) json["entries"] = figure.entries;
  if (!figure.sources.empty()) json["sources"] = figure.sources;
  if (!figure.assumptions.empty()) json["assumptions"] = figure.assumptions;
  return json;
}

Json to_json(const std::vector<CostPart>& parts) {
  Json json = Json::array();
  for (const CostPart& part : parts) {
    Json one = {{"part", part.name}};
    if (!part.group.empty()) one["group"] = part.group;
    one.update(to_json(part.figure));
    json.push_back(std::move(one));
  }
  return json;
}

Json to_json(const CostEnergy& energy) {
  return {{"name", energy.name},
          {"parts_pj_per_image", to_json(energy.parts)},
          {"on_chip_pj_per_image", to_json(energy.on_chip)},
          {"dram_pj_per_image", to_json(energy.dram)}};
}

Json to_json(const CellFigures& cell) {
  return {{"name", cell.name},
          {"area_um2", to_json(cell.area)},
          {"mac_pj", to_json(cell.energy)},
          {"clock_mhz", to_json(cell.clock)},
          {"macs_per_clock", cell.macs_per_clock},
          {"data_wires", cell.data_wires}};
}

Json to_json(const ScaledCost& scaled) {
  return {{"node_nm", scaled.node_nm},
          {"volt", scaled.volt},
          {"on_chip_pj_per_image", to_json(scaled.on_chip)},
          {"area_sum_um2", to_json(scaled.area_sum)}};
}

Json texts(const std::vector<CostSource>& sources) {
  Json json = Json::array();
  for (const CostSource& source : sources)
    json.push_back({{"id", source.id}, {"text", source.text}});
  return json;
}

}  // namespace

Json to_json(const CostReport& report) {
  Json layers = Json::array();
  for (const CostEnergy& layer : report.layers) layers.push_back(to_json(layer));
  return {{"technology", report.technology},
          {"node_nm", report.node_nm},
          {"array", report.array},
          {"cells", report.cells},
          {"images", report.images},
          {"clock_mhz", report.clock_mhz},
          {"clocks_per_image", report.clocks_per_image},
          {"interval_clocks", report.interval_clocks},
          {"frames_per_second", report.frames_per_second},
          {"latency_seconds", report.latency_seconds},
          {"layers", layers},
          {"network", to_json(report.network)},
          {"area_um2", to_json(report.area)},
          {"area_sum_um2", to_json(report.area_sum)},
          {"luts", to_json(report.logic)},
          {"luts_sum", to_json(report.logic_sum)},
          {"luts_of_device", to_json(report.device_logic)},
          {"block_rams", to_json(report.block_rams)},
          {"block_rams_sum", to_json(report.block_rams_sum)},
          {"block_rams_of_device", to_json(report.device_block_rams)},
          {"clock_limits_mhz", to_json(report.clock_limits)},
          {"frames_per_joule_on_chip", to_json(report.frames_per_joule)},
          {"frames_per_joule_with_dram", to_json(report.frames_per_joule_of_both)},
          {"frames_per_second_per_mm2", to_json(report.frames_per_second_mm2)},
          {"energy_delay_joule_seconds", to_json(report.energy_delay)},
          {"scaled", report.scaled ? to_json(*report.scaled) : Json()},
          {"assumptions", texts(report.assumptions)},
          {"sources", texts(report.sources)}};
}

Json to_json(const CostComparison& comparison) {
  Json rows = Json::array();
  for (const CostComparison::Row& row : comparison.rows) {
    Json one = {{"setting", row.setting}};
    one.update(to_json(row.cost));
    rows.push_back(std::move(one));
  }
  Json json = {{"rows", rows}};
  json["serial_cell"] = comparison.serial ? to_json(*comparison.serial) : Json();
  json["parallel_cell"] = comparison.parallel ? to_json(*comparison.parallel) : Json();
  return json;
}

}  // namespace colcomb::report
