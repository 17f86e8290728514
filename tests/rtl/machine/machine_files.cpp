// Prints what the tests of sa_machine need of one line of machines.txt: a module with the machine's
// inputs side by side in one port, and in another its outputs and wires between its blocks.
// usage: machine_files MACHINES_TXT NAME
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

#include "tests/rtl/blocks/block_list.hpp"
#include "tests/rtl/machine/whole_model.hpp"

namespace {

using namespace colcomb::tests;

void print_wires(const BlockLine& line) {
  const WholeModel model(line.parameters, 1);
  const std::size_t dram_bytes = line.parameters.at("DramBytes");
  std::cout << "// " << line.name << ": made by machine_files.\nmodule machine_wires (\n"
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

}  // namespace

int main(int count, char** arguments) {
  try {
    if (count != 3) {
      std::cerr << "usage: machine_files MACHINES_TXT NAME\n";
      return EXIT_FAILURE;
    }
    print_wires(read_block_line(arguments[1], arguments[2]));
    return std::cout.flush().good() ? EXIT_SUCCESS : EXIT_FAILURE;
  } catch (const std::exception& error) {
    std::cerr << "machine_files: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
