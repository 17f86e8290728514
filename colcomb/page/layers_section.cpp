#include <optional>

#include "colcomb/page/sections.hpp"

namespace colcomb::page {
namespace {

/// A number as it stands in the file.
const Json& number_of(const JsonReader& field) {
  (void)field.number();
  return field.json();
}

/// The element of an array whose "name" is it; absent if there is none.
std::optional<JsonReader> named(const JsonReader& array, const std::string& name) {
  for (const JsonReader& element : array.elements()) {
    if (element["name"].text() == name) return element;
  }
  return std::nullopt;
}

Json sentences_of(const JsonReader& report, const std::string& layer) {
  Json sentences = Json::array();
  const auto add = [&](const char* part, const char* field) {
    if (!report.has(part)) return;
    const auto found = named(report[part]["layers"], layer);
    if (!found || !found->has(field)) return;
    const std::string sentence = (*found)[field].text();
    if (!sentence.empty()) sentences.push_back(sentence);
  };
  add("allocation", "reason");
  add("simulation", "advice");
  return sentences;
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
      row[field] = number_of(layer[field]);
    if (layer.has("retained_magnitude_bound"))
      row["retained_magnitude_bound"] = number_of(layer["retained_magnitude_bound"]);
    if (layer["tiles"].count() > 0) {
      row["tiles_gain"] =
          layer["tiles_before"].number() / static_cast<double>(layer["tiles"].count());
    }
    if (report.has("simulation")) {
      if (const auto simulated = named(report["simulation"]["layers"], name)) {
        row["clocks"] = (*simulated)["cycles"]["total"].count();
        row["time_utilization"] = (*simulated)["time_utilization"].number();
      }
    }
    if (report.has("cost")) {
      if (const auto costed = named(report["cost"]["layers"], name)) {
        const JsonReader energy = (*costed)["on_chip_pj_per_image"];
        if (energy.has("low")) row["energy"] = {energy["low"].number(), energy["high"].number()};
      }
    }
    row["sentences"] = sentences_of(report, name);
    rows.push_back(std::move(row));
  }
  document.json["layers"] = {{"rows", rows}};
}

}  // namespace colcomb::page
