#pragma once

#include <map>
#include <string>
#include <vector>

#include "colcomb/netlist/liberty.hpp"
#include "colcomb/netlist/power_table.hpp"

namespace colcomb::netlist {

/// A pin of a library's cell.
struct CellPin {
  bool output = false;
  bool clock = false;
  double capacitance = 0;  // pF, of an input
  /// Energy in pJ of a change of the pin inside the cell, one table for each of its causes and
  /// states of the cell's other pins, and for rise and fall.
  std::vector<PowerTable> powers;

  /// pJ of one change: the mean over all tables, since which cause and state it was is not known.
  [[nodiscard]] double change_energy(double transition, double load) const;
};

struct LibraryCell {
  double area = 0;     // um2
  double leakage = 0;  // mW
  bool sequential = false;
  std::map<std::string, CellPin> pins;
};

/// What a Liberty file says of power: capacitances in pF, energies in pJ, leakage in mW.
struct CellLibrary {
  std::string name;
  double voltage = 0;  // V
  std::map<std::string, LibraryCell> cells;
};

/// Errors: UserError naming `where`, field, value and rule: units that are not understood, tables
/// that do not fit.
[[nodiscard]] CellLibrary cell_library(const LibertyGroup& library, const std::string& where);

}  // namespace colcomb::netlist
