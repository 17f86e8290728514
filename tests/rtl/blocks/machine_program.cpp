#include "tests/rtl/blocks/machine_program.hpp"

#include <map>
#include <set>
#include <stdexcept>

#include "colcomb/tiling/compile.hpp"
#include "tests/support/random_machine.hpp"

namespace colcomb::tests {
namespace {

const std::map<std::string, std::set<std::string>>& modules() {
  static const std::map<std::string, std::set<std::string>> kModules = {
      {"sa_controller",
       {"Rows",          "Columns",   "Tiles",       "Layers",        "Windows",
        "AddressBits",   "CoordBits", "SideBits",    "WordBits",      "WaitBits",
        "CounterBits",   "RowBits",   "GroupBits",   "LoadByteBits",  "LoadLineBits",
        "ReadClockBits", "LineBits",  "RowTileBits", "WriteLineBits", "WriteClockBits",
        "PoolEntryBits", "PixelBits", "ColumnBits",  "KernelBits",    "TableBits"}},
      {"sa_memory_channel",
       {"Reads", "Writes", "Buses", "BankBits", "AddressBits", "CounterBits", "DramBytes",
        "DramLatency", "DramBits", "TransferBits", "SkipBits", "BusBits"}}};
  return kModules;
}

}  // namespace

TileProgram random_program(std::uint64_t seed) {
  Random random(seed);
  Machine machine = random_machine(random, false, {.tables = true});  // none by row
  return tiling::compile(machine.network, machine.config);
}

std::uint64_t batches_of(const Parameters& line) {
  constexpr std::uint64_t kBatches = 5;
  const auto batches = line.find("batches");
  return batches == line.end() ? kBatches : batches->second;
}

rtl::MachineParameters machine_parameters_of(const TileProgram& program, const Parameters& line) {
  rtl::MachineParameters parameters =
      rtl::machine_parameters(program, batches_of(line), "random program");
  const auto wider = line.find("wider");
  if (wider == line.end()) return parameters;
  constexpr bool kArray = false;
  constexpr bool kProgram = true;
#define COLCOMB_RTL_PARAMETER(name, shared, meaning) \
  if (shared) parameters.name += wider->second;
#include "colcomb/rtl/machine_parameters.def"
#undef COLCOMB_RTL_PARAMETER
  static_assert(kArray != kProgram);
  return parameters;
}

Parameters program_parameters(const std::string& module, const Parameters& line) {
  const std::set<std::string>& names = modules().at(module);
  Parameters parameters;
  for (const auto& [name, value] :
       listed(machine_parameters_of(random_program(line.at("program")), line))) {
    if (names.contains(name)) parameters[name] = value;
  }
  if (parameters.size() != names.size())
    throw std::logic_error(module + ": a name is no parameter of the machine");
  return parameters;
}

void put_bits(WireValues& wires, const rtl::Bits& bits, std::size_t count) {
  for (std::size_t b = 0; b < count; ++b) wires.put(b < bits.size() && bits[b] ? 1 : 0);
}

void put_values(WireValues& wires, const rtl::Values& values, bool valid) {
  const auto& fields = values.bundle().fields();
  for (std::size_t i = fields.size(); i-- > 0;) {
    const auto& field = values.field(i);
    if (valid && field)
      put_bits(wires, *field, fields[i].bits);
    else
      wires.put_if(false, 0, fields[i].bits);
  }
}

}  // namespace colcomb::tests
