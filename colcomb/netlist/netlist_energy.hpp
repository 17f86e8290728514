#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "colcomb/netlist/cell_library.hpp"
#include "colcomb/netlist/waveform.hpp"

namespace colcomb::netlist {

/// A flat netlist of library cells.
struct Netlist {
  struct Instance {
    std::string name;
    std::string cell;
    std::map<std::string, std::size_t> pins;  // pin to net; pins at a constant are left out
  };
  struct Bit {
    std::string signal;
    std::size_t bit = 0;
  };
  std::vector<Instance> instances;
  std::map<std::size_t, Bit> nets;  // a name of each
};

/// Of module `top` as Yosys writes it (write_json). Errors: UserError naming the file and the
/// field.
[[nodiscard]] Netlist load_netlist(const std::filesystem::path& path, const std::string& top);

/// Energy of a netlist over the time of its waveforms, in pJ. What it leaves out: wires, the
/// clock's tree and glitches, since the simulation has no delays.
struct NetlistEnergy {
  double nanoseconds = 0;
  std::size_t flip_flops = 0;
  double area = 0;        // um2
  double clock = 0;       // inside sequential cells, of their clock pins' changes
  double sequential = 0;  // inside them, of all other changes
  double logic = 0;       // inside the other cells
  double switching = 0;   // to charge the pins that nets drive
  double leakage = 0;

  [[nodiscard]] double total() const { return clock + sequential + logic + switching + leakage; }
};

/// Each change of a net costs half the capacitance of the pins that it drives times the voltage
/// squared, and in each cell with a pin at it what the library's tables say, at `transition` ns and
/// the capacitance that the cell's output drives. Inputs' tables see no load.
/// Errors: UserError naming `where`: a cell, pin or net that library or waveforms do not have.
[[nodiscard]] NetlistEnergy energy_of(const Netlist& netlist, const CellLibrary& library,
                                      const Toggles& toggles, double transition,
                                      const std::string& where);

}  // namespace colcomb::netlist
