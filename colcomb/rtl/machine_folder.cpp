#include "colcomb/rtl/machine_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <string_view>

#include "colcomb/base/check.hpp"
#include "colcomb/rtl/export_files.hpp"
#include "colcomb/rtl/folder_readme.hpp"
#include "colcomb/rtl/machine_parameters.hpp"
#include "colcomb/rtl/memory_images.hpp"
#include "colcomb/rtl/program_loads.hpp"

namespace colcomb::rtl {
namespace {

/// Parameters of sa_machine that others do not follow from.
constexpr auto kOwnParameters = std::to_array<std::string_view>(
    {"Kind",         "Rows",         "Columns",     "Alpha",         "AccBits",
     "DoubleBuffer", "ReadPorts",    "WritePorts",  "Windows",       "DataBytes",
     "InputBytes",   "WeightBytes",  "PartialSums", "ResidualBytes", "ResidualInputBytes",
     "OutputBytes",  "WindowWords",  "AddressBits", "LoadByteBits",  "LoadLineBits",
     "DramBytes",    "DramLatency",  "Tiles",       "Layers",        "Reads",
     "Writes",       "Lines",        "RowTiles",    "WriteLines",    "MaxWriteClocks",
     "PoolEntries",  "PoolSumBits",  "CoordBits",   "SideBits",      "WordBits",
     "WaitBits",     "PixelBits",    "ColumnBits",  "KernelBits",    "CounterBits",
     "DramBits",     "TransferBits", "SkipBits"});

std::size_t bits_up_to(std::size_t largest) {
  return std::max<std::size_t>(1, static_cast<std::size_t>(std::bit_width(largest)));
}

/// Numbers of one folder.
struct Numbers {
  std::vector<std::pair<std::string, std::uint64_t>> parameters;  // of sa_machine
  std::size_t place_bits = 1;
  std::size_t index_bits = 1;
  std::size_t word_bits = 1;
  std::size_t restart_bits = 1;
  std::size_t batch_bits = 1;
};

Numbers numbers_of(const MachineParameters& parameters, const std::vector<ProgramLoad>& loads,
                   std::uint64_t batches) {
  Numbers numbers;
  for (const auto& [name, value] : listed(parameters)) {
    if (std::ranges::find(kOwnParameters, name) != kOwnParameters.end())
      numbers.parameters.emplace_back(name, value);
  }
  std::size_t place = 0;
  std::size_t index = 0;
  for (const ProgramLoad& load : loads) {
    place = std::max(place, load.place);
    index = std::max(index, load.index);
    numbers.word_bits = std::max(numbers.word_bits, load.word.size());
  }
  numbers.place_bits = bits_up_to(place);
  numbers.index_bits = bits_up_to(index);
  numbers.restart_bits = bits_up_to(parameters.Reads - 1);
  numbers.batch_bits = bits_up_to(batches);
  numbers.parameters.emplace_back("BatchBits", numbers.batch_bits);
  numbers.parameters.emplace_back("LoadPlaceBits", numbers.place_bits);
  numbers.parameters.emplace_back("LoadIndexBits", numbers.index_bits);
  numbers.parameters.emplace_back("LoadWordBits", numbers.word_bits);
  return numbers;
}

std::uint64_t value_of(const Numbers& numbers, std::string_view name) {
  const auto found =
      std::ranges::find(numbers.parameters, name, &std::pair<std::string, std::uint64_t>::first);
  COLCOMB_CHECK(found != numbers.parameters.end(), "a parameter of sa_machine");
  return found->second;
}

struct Port {
  const char* name;
  bool input;
  std::size_t bits;
};

/// Ports of the folder's top, but for clock and reset.
std::vector<Port> ports_of(const Numbers& n) {
  const std::size_t dram_bits = value_of(n, "DramBits");
  const std::size_t dram_bytes = value_of(n, "DramBytes");
  return {{"load_i", true, 1},
          {"load_memory_i", true, 3},
          {"load_place_i", true, n.place_bits},
          {"load_index_i", true, n.index_bits},
          {"load_word_i", true, n.word_bits},
          {"start_i", true, 1},
          {"done_o", false, 1},
          {"finished_o", false, 1},
          {"dram_read_o", false, 1},
          {"dram_read_address_o", false, dram_bits},
          {"dram_word_i", true, 8 * dram_bytes},
          {"dram_write_o", false, 1},
          {"dram_write_address_o", false, dram_bits},
          {"dram_mask_o", false, dram_bytes},
          {"dram_word_o", false, 8 * dram_bytes}};
}

std::string top_text(const Numbers& numbers, const MemoryImages& images, std::uint64_t batches,
                     const std::string& name) {
  std::string text = fmt::format(
      "// The machine for {}: sa_machine with this program's sizes. Ports: sa_machine.sv.\n"
      "module machine (\n  input  logic clk_i,\n  input  logic rst_ni",
      name);
  for (const Port& port : ports_of(numbers)) {
    text += fmt::format(",\n  {} logic [{}:0] {}", port.input ? "input " : "output", port.bits - 1,
                        port.name);
  }
  text += "\n);\n  sa_machine #(";
  const char* separator = "\n    ";
  for (const auto& [parameter, value] : numbers.parameters) {
    text += fmt::format("{}.{}({})", separator, parameter, value);
    separator = ",\n    ";
  }
  text += fmt::format(
      "\n  ) u_machine (\n    .clk_i, .rst_ni, .read_restart_i({}'d{}), .batch_bytes_i({}'d{}),\n"
      "    .two_slots_i(1'b{}), .batches_i({}'d{})",
      numbers.restart_bits, images.read_restart, value_of(numbers, "DramBits"), images.batch_bytes,
      images.two_slots ? 1 : 0, numbers.batch_bits, batches);
  for (const Port& port : ports_of(numbers)) text += fmt::format(",\n    .{}", port.name);
  return text + "\n  );\nendmodule\n";
}

/// The machine between two shift registers of one pin each.
std::string scan_text(const Numbers& numbers) {
  std::size_t inputs = 0;
  std::size_t outputs = 0;
  std::string wires;
  for (const Port& port : ports_of(numbers)) {
    if (port.input) {
      wires += fmt::format(", .{}(in_q[{}+:{}])", port.name, inputs, port.bits);
      inputs += port.bits;
    } else {
      wires += fmt::format(", .{}(out[{}+:{}])", port.name, outputs, port.bits);
      outputs += port.bits;
    }
  }
  return fmt::format(
      "// The machine behind a scan chain, to place and route it alone.\n"
      "module machine_scan (\n  input  logic clk_i,\n  input  logic rst_ni,\n"
      "  input  logic scan_i,\n  input  logic take_i,\n  output logic scan_o\n);\n"
      "  logic [{}:0] in_q;\n  logic [{}:0] out, out_q;\n"
      "  machine u_machine (.clk_i, .rst_ni{});\n"
      "  always_ff @(posedge clk_i) begin\n    in_q <= {{in_q[{}:0], scan_i}};\n"
      "    out_q <= take_i ? out : {{out_q[{}:0], 1'b0}};\n  end\n"
      "  assign scan_o = out_q[{}];\nendmodule\n",
      inputs - 1, outputs - 1, wires, inputs - 2, outputs - 2, outputs - 1);
}

std::string bench_numbers(const Numbers& numbers, std::size_t loads, std::size_t dram_words,
                          const ExpectedRun& expected, std::uint64_t batches) {
  std::string text = "// Numbers of the test bench.\n";
  const auto add = [&text](std::string_view name, std::uint64_t value) {
    text += fmt::format("localparam int {} = {};\n", name, value);
  };
  for (const char* name : {"DramBytes", "DramBits", "DramLatency"})
    add(name, value_of(numbers, name));
  add("LoadPlaceBits", numbers.place_bits);
  add("LoadIndexBits", numbers.index_bits);
  add("LoadWordBits", numbers.word_bits);
  add("LoadCount", loads);
  add("DramWords", dram_words);
  add("WriteCount", expected.writes.size());
  add("LogitCount", expected.logits.size());
  add("Batches", batches);
  return text;
}

void append(Bits& bits, std::uint64_t value, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) bits.push_back(((value >> i) & 1U) != 0);
}

std::string loads_text(const std::vector<ProgramLoad>& loads, const Numbers& numbers) {
  std::string text;
  for (const ProgramLoad& load : loads) {
    Bits bits = load.word;
    bits.resize(numbers.word_bits);
    append(bits, load.index, numbers.index_bits);
    append(bits, load.place, numbers.place_bits);
    append(bits, load.memory, 3);
    text += hex(bits) + '\n';
  }
  return text;
}

std::string writes_text(const ExpectedRun& expected) {
  std::string text;
  for (const auto& [clock, address] : expected.writes)
    text += fmt::format("{:016x}{:016x}\n", clock, address);
  return text;
}

std::string logits_text(const ExpectedRun& expected) {
  std::string text;
  for (const auto& [address, value] : expected.logits)
    text += fmt::format("{:016x}{:08x}\n", address, static_cast<std::uint32_t>(value));
  return text;
}

}  // namespace

std::vector<FolderFile> machine_folder(const TileProgram& program,
                                       std::span<const std::uint8_t> images,
                                       const ExpectedRun& expected, const std::string& name) {
  const std::uint64_t batches = images.size() / program.memory.logits;
  COLCOMB_CHECK(batches > 0 && images.size() % program.memory.logits == 0,
                "images must be whole batches");
  COLCOMB_CHECK(!expected.writes.empty() && !expected.logits.empty(), "a machine gives logits");
  const MachineParameters parameters = machine_parameters(program, batches, name);
  const MemoryImages memories = memory_images(program, parameters);
  const std::vector<ProgramLoad> loads = program_loads(memories);
  const Numbers numbers = numbers_of(parameters, loads, batches);
  const std::vector<std::uint8_t> dram = dram_image(program, images);
  std::string sources;
  std::vector<FolderFile> files = library_sources();
  for (FolderFile& file : files) {
    file.path = "sv/" + file.path;
    sources += file.path + '\n';
  }
  files.push_back({"sources.txt", sources});
  files.insert(files.end(), export_files().begin(), export_files().end());
  files.push_back({"machine.sv", top_text(numbers, memories, batches, name)});
  files.push_back({"machine_scan.sv", scan_text(numbers)});
  files.push_back(
      {"machine.svh", bench_numbers(numbers, loads.size(), dram.size() / parameters.DramBytes,
                                    expected, batches)});
  files.push_back({"program.hex", loads_text(loads, numbers)});
  files.push_back({"dram.hex", readmemh_text(dram, parameters.DramBytes)});
  files.push_back({"writes.hex", writes_text(expected)});
  files.push_back({"logits.hex", logits_text(expected)});
  files.push_back({"README.md", folder_readme(program, expected, batches, name)});
  return files;
}

}  // namespace colcomb::rtl
