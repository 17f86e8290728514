#include "colcomb/netlist/cell_library.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <utility>

#include "colcomb/base/error.hpp"

namespace colcomb::netlist {
namespace {

double number_of(const std::string& text) {
  return std::strtod(text.c_str(), nullptr);
}

/// "1pW" or "10uA" as a multiple of the unit's last letter: 1e-12, 1e-5.
double scale_of(const std::string& text, const std::string& field, const std::string& where) {
  constexpr std::array<std::pair<char, double>, 7> kPrefixes = {
      {{'f', 1e-15}, {'p', 1e-12}, {'n', 1e-9}, {'u', 1e-6}, {'m', 1e-3}, {'k', 1e3}, {'M', 1e6}}};
  char* end = nullptr;
  const double count = std::strtod(text.c_str(), &end);
  const std::string unit = end;
  if (count > 0 && unit.size() == 1) return count;
  for (const auto& [prefix, scale] : kPrefixes) {
    if (count > 0 && unit.size() == 2 && unit[0] == prefix) return count * scale;
  }
  throw file_error(where, field, text, "must be a number and a unit, e.g. 1ns");
}

struct Units {
  double capacitance = 1;  // to pF
  double energy = 1;       // of internal power, to pJ
  double leakage = 1;      // to mW
};

Units units_of(const LibertyGroup& library, const std::string& where) {
  const auto scale = [&](const char* field, const char* otherwise) {
    return scale_of(library.text(field, otherwise), field, where);
  };
  Units units;
  const auto load = library.attributes.find("capacitive_load_unit");
  if (load != library.attributes.end()) {
    if (load->second.size() != 2)
      throw file_error(where, "capacitive_load_unit", fmt::format("{} values", load->second.size()),
                       "must be a number and a unit");
    const std::string& unit = load->second[1];
    units.capacitance = number_of(load->second[0]) * (unit == "ff" || unit == "fF" ? 1e-3 : 1);
  }
  // What is called internal power is an energy, in the units of capacitance times voltage squared.
  const double volt = scale("voltage_unit", "1V");
  units.energy = units.capacitance * volt * volt;
  units.leakage = scale("leakage_power_unit", "1mW") * 1e3;
  return units;
}

CellPin pin_of(const LibertyGroup& group, const LibertyGroup& library, const Units& units,
               const std::string& where) {
  CellPin pin;
  pin.output = group.text("direction") == "output";
  pin.clock = group.text("clock") == "true";
  pin.capacitance = number_of(group.text("capacitance", "0")) * units.capacitance;
  for (const LibertyGroup& power : group.groups) {
    if (power.kind != "internal_power") continue;
    for (const LibertyGroup& table : power.groups) {
      if (table.kind == "rise_power" || table.kind == "fall_power" || table.kind == "power")
        pin.powers.emplace_back(table, library, where);
    }
  }
  return pin;
}

}  // namespace

double CellPin::change_energy(double transition, double load) const {
  if (powers.empty()) return 0;
  double sum = 0;
  for (const PowerTable& table : powers) sum += table.at(transition, load);
  return sum / static_cast<double>(powers.size());
}

CellLibrary cell_library(const LibertyGroup& group, const std::string& where) {
  CellLibrary library;
  library.name = group.names.empty() ? "" : group.names.front();
  library.voltage = number_of(group.text("nom_voltage", "0"));
  if (library.voltage <= 0)
    throw file_error(where, "nom_voltage", group.text("nom_voltage", "missing"), "must be above 0");
  const Units units = units_of(group, where);
  for (const LibertyGroup& cell : group.groups) {
    if (cell.kind != "cell" || cell.names.empty()) continue;
    LibraryCell& mine = library.cells[cell.names.front()];
    mine.area = number_of(cell.text("area", "0"));
    mine.leakage = number_of(cell.text("cell_leakage_power", "0")) * units.leakage;
    for (const LibertyGroup& part : cell.groups) {
      if (part.kind == "ff" || part.kind == "latch" || part.kind == "statetable")
        mine.sequential = true;
      if (part.kind != "pin") continue;
      for (const std::string& name : part.names)
        mine.pins[name] = pin_of(part, group, units, where + ", cell " + cell.names.front());
    }
  }
  // Tables are in units of the file; what comes out of them is scaled in one place.
  for (auto& [name, cell] : library.cells) {
    for (auto& [pin_name, pin] : cell.pins) {
      for (PowerTable& table : pin.powers) table.scale(units.energy, units.capacitance);
    }
  }
  return library;
}

}  // namespace colcomb::netlist
