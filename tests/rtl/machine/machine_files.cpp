// What the tests of sa_machine need of one line of machines.txt. wires: prints a module with the
// machine's inputs side by side in one port, and in another its outputs and wires between its
// blocks. run: writes for machine_bench.sv a random program to FOLDER: inputs.txt, the inputs but
// those from DRAM, clock by clock from reset to start; dram.hex and logits.hex, the DRAM's words
// before and behind the run, of those only the logits; and prints the clock in which all logits are
// there. usage: machine_files MACHINES_TXT NAME wires
//        machine_files MACHINES_TXT NAME run SEED FOLDER
#include <fmt/format.h>

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "tests/rtl/blocks/block_list.hpp"
#include "tests/rtl/machine/whole_model.hpp"

namespace {

using namespace colcomb::tests;

void print_wires(const BlockLine& line) {
  const WholeModel model(line.parameters, 1);
  const std::size_t dram_bytes = line.parameters.at("DramBytes");
  std::cout << "// " << line.name << ": made by machine_files.\n`define MACHINE_IN_BITS "
            << bits_of(model.inputs()) << "\n`define MACHINE_OUT_BITS " << bits_of(model.outputs())
            << "\n`define MACHINE_DRAM_BYTES " << dram_bytes << "\n`define MACHINE_DRAM_LATENCY "
            << line.parameters.at("DramLatency") << "\nmodule machine_wires (\n"
            << "  input  logic clk_i,\n  input  logic rst_ni,\n  input  logic ["
            << bits_of(model.inputs()) - 1 << ":0] in_i,\n  output logic ["
            << bits_of(model.outputs()) - 1 << ":0] out_o,\n"
            << "  output logic dram_read_o,\n  output logic dram_write_o,\n"
            << "  output logic [63:0] dram_read_address_o,\n"
            << "  output logic [63:0] dram_write_address_o,\n"
            << "  output logic [" << dram_bytes - 1 << ":0] dram_mask_o,\n"
            << "  output logic [" << 8 * dram_bytes - 1 << ":0] dram_word_o\n);\n";
  const std::uint32_t dram_bits = line.parameters.at("DramBits");
  std::cout << "  logic [" << dram_bits - 1 << ":0] read_address, write_address;\n"
            << "  assign dram_read_address_o = 64'(read_address);\n"
            << "  assign dram_write_address_o = 64'(write_address);\n  logic done, finished;\n"
            << "  sa_machine";
  const char* separator = " #(";
  for (const auto& [name, value] : line.parameters) {
    std::cout << separator << '.' << name << '(' << value << ')';
    separator = ", ";
  }
  std::cout << ") u_machine (\n    .clk_i, .rst_ni";
  std::size_t first = 0;
  for (const Wire& wire : model.inputs()) {
    std::cout << ",\n    ." << wire.name << "_i(in_i[" << first << "+:" << wire.bits << "])";
    first += wire.bits;
  }
  std::cout << ",\n    .done_o(done), .finished_o(finished), .dram_read_o,\n"
            << "    .dram_read_address_o(read_address), .dram_write_o,\n"
            << "    .dram_write_address_o(write_address), .dram_mask_o, .dram_word_o\n  );\n";
  first = 0;
  for (const Wire& wire : model.outputs()) {
    std::cout << "  assign out_o[" << first << "+:" << wire.bits << "] = u_machine."
              << WholeModel::name_inside(wire.name) << ";\n";
    first += wire.bits;
  }
  std::cout << "  logic unused;\n  assign unused = done ^ finished;\nendmodule\n";
}

/// A word a line, the last byte first.
void write_words(const std::filesystem::path& path, const std::vector<std::string>& bytes,
                 std::size_t word_bytes) {
  std::ofstream file(path);
  for (std::size_t at = 0; at < bytes.size(); at += word_bytes) {
    for (std::size_t i = word_bytes; i-- > 0;) file << bytes[at + i];
    file << '\n';
  }
}

void write_run(const BlockLine& line, std::uint64_t seed, const std::filesystem::path& folder) {
  WholeModel model(line.parameters, seed);
  const std::size_t dram_bytes = line.parameters.at("DramBytes");
  std::vector<std::string> bytes;
  for (const std::uint8_t byte : model.dram()) bytes.push_back(fmt::format("{:02x}", byte));
  write_words(folder / "dram.hex", bytes, dram_bytes);
  for (std::string& byte : bytes) byte = "xx";
  for (const WholeModel::Logit& logit : model.logits()) {
    for (std::size_t i = 0; i < 4; ++i)
      bytes[logit.address + i] =
          fmt::format("{:02x}", (static_cast<std::uint32_t>(logit.value) >> (8 * i)) & 0xffU);
  }
  write_words(folder / "logits.hex", bytes, dram_bytes);
  std::ofstream inputs(folder / "inputs.txt");
  WireValues in;
  WireValues out;
  std::uint64_t clocks = 0;
  for (; !model.finished(); ++clocks) {
    step(model, in, out);
    if (model.running()) continue;
    for (std::size_t b = in.bits().size() - 8 * dram_bytes; b-- > 0;)
      inputs << (in.bits()[b] != 0 ? '1' : '0');
    inputs << '\n';
  }
  std::cout << clocks << '\n';
}

}  // namespace

int main(int count, char** arguments) {
  try {
    const std::string what = count > 3 ? arguments[3] : "";
    if (what == "wires" && count == 4) {
      print_wires(read_block_line(arguments[1], arguments[2]));
    } else if (what == "run" && count == 6) {
      write_run(read_block_line(arguments[1], arguments[2]), std::stoull(arguments[4]),
                arguments[5]);
    } else {
      std::cerr << "usage: machine_files MACHINES_TXT NAME wires | run SEED FOLDER\n";
      return EXIT_FAILURE;
    }
    return std::cout.flush().good() ? EXIT_SUCCESS : EXIT_FAILURE;
  } catch (const std::exception& error) {
    std::cerr << "machine_files: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
