// Clocks, bytes and energy by layer: terms, and a row of values for each layer.
#include <algorithm>
#include <array>
#include <string_view>

#include "colcomb/page/sections.hpp"

namespace colcomb::page {
namespace {

std::string words_of(std::string name) {
  std::ranges::replace(name, '_', ' ');
  return name;
}

std::string without(std::string name, std::string_view suffix) {
  if (name.ends_with(suffix)) name.resize(name.size() - suffix.size());
  return name;
}

struct EnergyTerm {
  std::string_view part;
  std::string_view formula;
};
constexpr auto kEnergyTerms = std::to_array<EnergyTerm>({
#define COLCOMB_ENERGY_TERM(part, formula) {part, formula},
#include "colcomb/page/energy_terms.def"
#undef COLCOMB_ENERGY_TERM
});

/// Groups of an energy's parts, in their order.
std::vector<std::string> groups_of(const JsonReader& network) {
  std::vector<std::string> groups;
  for (const JsonReader& part : network["parts_pj_per_image"].elements()) {
    const std::string group = part["group"].text();
    if (std::ranges::find(groups, group) == groups.end()) groups.push_back(group);
  }
  return groups;
}

/// Sums of an energy's known parts by group, and the parts.
Json energy_row(const JsonReader& energy, const std::vector<std::string>& groups) {
  Json row = {{"name", energy["name"].text()}, {"values", Json::array()}, {"parts", Json::array()}};
  const auto parts = energy["parts_pj_per_image"].elements();
  for (const std::string& group : groups) {
    double low = 0;
    double high = 0;
    Json listed = Json::array();
    for (const JsonReader& part : parts) {
      if (part["group"].text() != group || !part.has("low")) continue;
      low += part["low"].number();
      high += part["high"].number();
      listed.push_back({part["part"].json(), part["low"].number(), part["high"].number()});
    }
    row["values"].push_back({low, high});
    row["parts"].push_back(std::move(listed));
  }
  const JsonReader sum = energy["on_chip_pj_per_image"];
  if (sum.has("low")) row["total"] = {sum["low"].number(), sum["high"].number()};
  const JsonReader dram = energy["dram_pj_per_image"];
  if (dram.has("low")) row["dram"] = {dram["low"].number(), dram["high"].number()};
  return row;
}

}  // namespace

std::string energy_formula(const std::string& part) {
  for (const EnergyTerm& term : kEnergyTerms) {
    if (part.starts_with(term.part)) return std::string(term.formula);
  }
  return "";
}

void add_clocks(const RunFolder& run, Document& document) {
  const JsonReader report = run.read();
  if (!report.has("simulation")) return;
  Json terms = Json::array();
  for (const CyclePart& part : cycle_parts()) {
    terms.push_back(
        {{"name", part.name}, {"label", words_of(part.name)}, {"sentence", part.sentence}});
  }
  Json rows = Json::array();
  for (const JsonReader& layer : report["simulation"]["layers"].elements()) {
    const JsonReader cycles = layer["cycles"];
    Json values = Json::array();
    for (const CyclePart& part : cycle_parts()) values.push_back(cycles[part.name].count());
    rows.push_back(
        {{"name", layer["name"].text()}, {"values", values}, {"total", cycles["total"].count()}});
  }
  document.json["clocks"] = {{"unit", "clocks"}, {"terms", terms}, {"rows", rows}};
}

void add_bytes(const RunFolder& run, Document& document) {
  const JsonReader report = run.read();
  if (!report.has("simulation")) return;
  std::vector<const ActivityCounter*> counters;
  Json terms = Json::array();
  for (const ActivityCounter& counter : activity_counters()) {
    if (std::string_view(counter.unit) != "bytes") continue;
    counters.push_back(&counter);
    terms.push_back({{"name", counter.name},
                     {"label", words_of(without(counter.name, "_bytes"))},
                     {"sentence", counter.sentence}});
  }
  Json rows = Json::array();
  for (const JsonReader& layer : report["simulation"]["layers"].elements()) {
    Json values = Json::array();
    std::uint64_t total = 0;
    for (const ActivityCounter* counter : counters) {
      const std::uint64_t bytes = layer["activity"][counter->name].count();
      values.push_back(bytes);
      total += bytes;
    }
    rows.push_back({{"name", layer["name"].text()}, {"values", values}, {"total", total}});
  }
  document.json["bytes"] = {{"unit", "bytes"}, {"terms", terms}, {"rows", rows}};
}

void add_energy(const RunFolder& run, Document& document) {
  const JsonReader report = run.read();
  if (!report.has("cost")) return;
  const JsonReader cost = report["cost"];
  const JsonReader network = cost["network"];
  const std::vector<std::string> groups = groups_of(network);
  Json terms = Json::array();
  Json absent = Json::array();
  for (const std::string& group : groups) {
    Json parts = Json::array();
    bool known = false;
    for (const JsonReader& part : network["parts_pj_per_image"].elements()) {
      if (part["group"].text() != group) continue;
      const std::string name = part["part"].text();
      Json one = {{"name", name}, {"formula", energy_formula(name)}};
      if (part.has("sources")) one["sources"] = part["sources"].json();
      if (part.has("assumptions")) one["assumptions"] = part["assumptions"].json();
      known = known || part.has("low");
      if (!part.has("low")) absent.push_back({{"part", name}, {"why", part["absent"].text()}});
      parts.push_back(std::move(one));
    }
    terms.push_back({{"name", group}, {"label", group}, {"known", known}, {"parts", parts}});
  }
  Json rows = Json::array();
  for (const JsonReader& layer : cost["layers"].elements())
    rows.push_back(energy_row(layer, groups));
  document.json["energy"] = {{"unit", "pJ"},
                             {"technology", cost["technology"].text()},
                             {"node_nm", cost["node_nm"].number()},
                             {"images", cost["images"].json()},
                             {"terms", terms},
                             {"rows", rows},
                             {"network", energy_row(network, groups)},
                             {"absent", absent}};
}

}  // namespace colcomb::page
