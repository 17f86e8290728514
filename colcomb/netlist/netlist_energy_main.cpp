// Energy of a netlist of library cells from the waveforms of its simulation; prints its parts as
// words "name=value". For scripts: colcomb/rtl/synth/energy.sh.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <string>

#include "colcomb/netlist/netlist_energy.hpp"

namespace colcomb::netlist {
namespace {

struct Options {
  std::string liberty;
  std::string netlist;
  std::string vcd;
  std::string top;
  std::string scope;
  double begin = 0;
  double end = 0;
  double transition = 0.1;
};

int run(const Options& options) {
  const CellLibrary library = cell_library(load_liberty(options.liberty), options.liberty);
  const Netlist netlist = load_netlist(options.netlist, options.top);
  const Toggles toggles = load_toggles(options.vcd, options.scope, options.begin, options.end);
  const NetlistEnergy energy =
      energy_of(netlist, library, toggles, options.transition, options.netlist);
  fmt::print("ns={:.1f} cells={} ff={} um2={:.1f}\n", energy.nanoseconds, netlist.instances.size(),
             energy.flip_flops, energy.area);
  fmt::print(
      "total_pj={:.3f} clock_pj={:.3f} sequential_pj={:.3f} logic_pj={:.3f} "
      "switching_pj={:.3f} leakage_pj={:.6f}\n",
      energy.total(), energy.clock, energy.sequential, energy.logic, energy.switching,
      energy.leakage);
  return 0;
}

}  // namespace
}  // namespace colcomb::netlist

int main(int argc, char** argv) {
  colcomb::netlist::Options options;
  CLI::App app("Energy of a netlist of library cells from the waveforms of its simulation");
  app.add_option("liberty", options.liberty, "The cells' library, a Liberty file")->required();
  app.add_option("netlist", options.netlist, "The netlist as Yosys's JSON")->required();
  app.add_option("vcd", options.vcd, "Waveforms (VCD)")->required();
  app.add_option("--top", options.top, "Module of the netlist")->required();
  app.add_option("--scope", options.scope, "Its instance in the waveforms")->required();
  app.add_option("--begin", options.begin, "First time counted, ns")->required();
  app.add_option("--end", options.end, "First time no longer counted, ns")->required();
  app.add_option("--transition", options.transition, "Time that a pin takes to change, ns")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    return colcomb::netlist::run(options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "netlist_energy: {}\n", error.what());
    return 1;
  }
}
