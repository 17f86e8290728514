// Prints what block_bench.sv needs of one block of blocks.txt: a module with the block's inputs
// side by side in one port and its outputs in another, or vectors. usage: block_files BLOCKS_TXT
// NAME wires
//        block_files BLOCKS_TXT NAME vectors SEED CLOCKS
#include <cctype>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

#include "tests/rtl/blocks/block_list.hpp"

namespace {

using namespace colcomb::tests;

void print_ports(const std::vector<Wire>& wires, const std::string& suffix,
                 const std::string& flat) {
  std::size_t first = 0;
  for (const Wire& wire : wires) {
    std::cout << ",\n    ." << wire.name << suffix << '(' << flat << '[' << first
              << "+:" << wire.bits << "])";
    first += wire.bits;
  }
}

void print_wires(const BlockLine& line) {
  const auto model = make_block_model(line, 1);
  const std::size_t in = bits_of(model->inputs());
  const std::size_t out = bits_of(model->outputs());
  std::cout << "// " << line.name << ": made by block_files.\n`define BLOCK_IN_BITS " << in
            << "\n`define BLOCK_OUT_BITS " << out << "\nmodule block_wires (\n"
            << "  input  logic clk_i,\n  input  logic rst_ni,\n  input  logic [" << in - 1
            << ":0] in_i,\n  output logic [" << out - 1 << ":0] out_o\n);\n  " << line.module;
  const char* separator = " #(";
  for (const auto& [name, value] : line.parameters) {
    if (std::islower(name.front()) != 0) continue;
    std::cout << separator << '.' << name << '(' << value << ')';
    separator = ", ";
  }
  std::cout << (line.parameters.empty() ? "" : ")") << " u_block (\n    .clk_i"
            << (model->has_reset() ? ", .rst_ni" : "");
  print_ports(model->inputs(), "_i", "in_i");
  print_ports(model->outputs(), "_o", "out_o");
  std::cout << "\n  );\n";
  if (!model->has_reset()) std::cout << "  logic unused_reset;\n  assign unused_reset = rst_ni;\n";
  std::cout << "endmodule\n";
}

/// As a Verilog number of base 2: the last entry first.
void print_bits(const std::vector<std::uint8_t>& bits, char end) {
  std::string text;
  for (auto bit = bits.rbegin(); bit != bits.rend(); ++bit) text += *bit != 0 ? '1' : '0';
  std::cout << text << end;
}

void print_vectors(const BlockLine& line, std::uint64_t seed, std::size_t clocks) {
  const auto model = make_block_model(line, seed);
  WireValues in;
  WireValues out;
  for (std::size_t clock = 0; clock < clocks; ++clock) {
    step(*model, in, out);
    print_bits(in.bits(), ' ');
    print_bits(out.bits(), ' ');
    print_bits(out.given(), ' ');
    print_bits(out.known(), '\n');
  }
}

}  // namespace

int main(int count, char** arguments) {
  try {
    const std::string what = count > 3 ? arguments[3] : "";
    if (what == "wires" && count == 4) {
      print_wires(read_block_line(arguments[1], arguments[2]));
    } else if (what == "vectors" && count == 6) {
      print_vectors(read_block_line(arguments[1], arguments[2]), std::stoull(arguments[4]),
                    std::stoull(arguments[5]));
    } else {
      std::cerr << "usage: block_files BLOCKS_TXT NAME wires | vectors SEED CLOCKS\n";
      return EXIT_FAILURE;
    }
    return std::cout.flush().good() ? EXIT_SUCCESS : EXIT_FAILURE;
  } catch (const std::exception& error) {
    std::cerr << "block_files: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
