#include "colcomb/page/sections.hpp"

namespace colcomb::page {
namespace {

/// The element of an array whose "name" is it; null if there is none.
const Json* named(const JsonReader& array, const std::string& name) {
  for (const Json& element : array.json()) {
    if (element.is_object() && element.value("name", "") == name) return &element;
  }
  return nullptr;
}

Json sentences_of(const JsonReader& report, const std::string& layer) {
  Json sentences = Json::array();
  if (report.has("allocation")) {
    if (const Json* allocated = named(report["allocation"]["layers"], layer))
      sentences.push_back(allocated->value("reason", ""));
  }
  if (report.has("simulation")) {
    if (const Json* simulated = named(report["simulation"]["layers"], layer))
      sentences.push_back(simulated->value("advice", ""));
  }
  Json kept = Json::array();
  for (Json& sentence : sentences) {
    if (sentence != "") kept.push_back(std::move(sentence));
  }
  return kept;
}

}  // namespace

void add_layers(const RunFolder& run, Document& document) {
  const JsonReader report = run.read();
  Json rows = Json::array();
  for (const JsonReader& layer : report["combining"]["layers"].elements()) {
    const std::string name = layer["name"].text();
    Json row = {{"name", name}};
    for (const char* field :
         {"rows", "columns", "alpha", "groups", "nonzeros_before", "nonzeros", "utilization",
          "retained_magnitude", "tiles_before", "tiles", "macs_before", "macs"})
      row[field] = layer[field].json();
    if (report.has("simulation")) {
      if (const Json* simulated = named(report["simulation"]["layers"], name)) {
        const JsonReader part(*simulated, report.file(), "simulation.layers." + name);
        row["clocks"] = part["cycles"]["total"].json();
        row["time_utilization"] = part["time_utilization"].json();
      }
    }
    if (report.has("cost")) {
      if (const Json* costed = named(report["cost"]["layers"], name)) {
        const JsonReader energy =
            JsonReader(*costed, report.file(), "cost.layers." + name)["on_chip_pj_per_image"];
        if (energy.has("low")) row["energy"] = {energy["low"].json(), energy["high"].json()};
      }
    }
    row["sentences"] = sentences_of(report, name);
    rows.push_back(std::move(row));
  }
  document.json["layers"] = {{"rows", rows}};
}

}  // namespace colcomb::page
