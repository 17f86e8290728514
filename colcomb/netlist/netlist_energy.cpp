#include "colcomb/netlist/netlist_energy.hpp"

#include <nlohmann/json.hpp>
#include <unordered_map>

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"

namespace colcomb::netlist {
namespace {

using Json = nlohmann::json;

const Json& field(const Json& json, const std::string& name, const std::string& where) {
  const auto found = json.find(name);
  if (found == json.end()) throw file_error(where, name, "missing", "must be there");
  return *found;
}

}  // namespace

Netlist load_netlist(const std::filesystem::path& path, const std::string& top) {
  const std::string where = path.string();
  const Json json = Json::parse(read_text_file(path), nullptr, false);
  if (json.is_discarded()) throw file_error(where, "content", "no JSON", "must be Yosys's JSON");
  const Json& module = field(field(json, "modules", where), top, where);
  Netlist netlist;
  for (const auto& [name, cell] : field(module, "cells", where).items()) {
    Netlist::Instance instance;
    instance.name = name;
    instance.cell = field(cell, "type", where).get<std::string>();
    for (const auto& [pin, bits] : field(cell, "connections", where).items()) {
      if (bits.size() != 1)
        throw file_error(where, name + ", pin " + pin, std::to_string(bits.size()) + " bits",
                         "must have one");
      if (bits[0].is_number_unsigned()) instance.pins[pin] = bits[0].get<std::size_t>();
    }
    netlist.instances.push_back(std::move(instance));
  }
  for (const auto& [name, net] : field(module, "netnames", where).items()) {
    const Json& bits = field(net, "bits", where);
    for (std::size_t i = 0; i < bits.size(); ++i) {
      if (bits[i].is_number_unsigned()) netlist.nets[bits[i].get<std::size_t>()] = {name, i};
    }
  }
  return netlist;
}

NetlistEnergy energy_of(const Netlist& netlist, const CellLibrary& library, const Toggles& toggles,
                        double transition, const std::string& where) {
  NetlistEnergy energy;
  energy.nanoseconds = toggles.nanoseconds;
  const auto cell_of = [&](const Netlist::Instance& instance) -> const LibraryCell& {
    const auto found = library.cells.find(instance.cell);
    if (found == library.cells.end())
      throw file_error(where, "instance " + instance.name, instance.cell,
                       "must be a cell of library " + library.name);
    return found->second;
  };
  const auto pin_of = [&](const Netlist::Instance& instance,
                          const std::string& name) -> const CellPin& {
    const LibraryCell& cell = cell_of(instance);
    const auto found = cell.pins.find(name);
    if (found == cell.pins.end())
      throw file_error(where, "instance " + instance.name + ", pin", name,
                       "must be a pin of cell " + instance.cell);
    return found->second;
  };
  const auto changes = [&](std::size_t net) {
    const auto named = netlist.nets.find(net);
    const Netlist::Bit bit = named == netlist.nets.end() ? Netlist::Bit{} : named->second;
    const auto found = toggles.of.find(bit.signal);
    if (found == toggles.of.end() || bit.bit >= found->second.size())
      throw file_error(where, "net", bit.signal, "must be in the waveforms");
    return static_cast<double>(found->second[bit.bit]);
  };
  std::unordered_map<std::size_t, double> load;  // pF per net
  for (const Netlist::Instance& instance : netlist.instances) {
    for (const auto& [name, net] : instance.pins) {
      const CellPin& pin = pin_of(instance, name);
      if (!pin.output) load[net] += pin.capacitance;
    }
  }
  for (const auto& [net, capacitance] : load)
    energy.switching += changes(net) * capacitance * library.voltage * library.voltage / 2;
  for (const Netlist::Instance& instance : netlist.instances) {
    const LibraryCell& cell = cell_of(instance);
    energy.area += cell.area;
    energy.leakage += cell.leakage * toggles.nanoseconds;  // mW x ns = pJ
    energy.flip_flops += cell.sequential ? 1U : 0U;
    for (const auto& [name, net] : instance.pins) {
      const CellPin& pin = pin_of(instance, name);
      const double inside =
          changes(net) * pin.change_energy(transition, pin.output ? load[net] : 0);
      double& part = !cell.sequential ? energy.logic : pin.clock ? energy.clock : energy.sequential;
      part += inside;
    }
  }
  return energy;
}

}  // namespace colcomb::netlist
