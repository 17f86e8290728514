// Writes the vectors of sa_array_bench: usage: write_vectors SHAPES_TXT NAME SEED CLOCKS > FILE
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

#include "tests/rtl/array_oracle.hpp"
#include "tests/rtl/legal_stimulus.hpp"

namespace {

using colcomb::tests::Bits;

/// As a Verilog number of base 2: the last entry first.
void append(std::string& line, const Bits& bits) {
  for (auto bit = bits.rbegin(); bit != bits.rend(); ++bit) line += *bit != 0 ? '1' : '0';
}

int write(const std::string& list, const std::string& name, std::uint64_t seed,
          std::size_t clocks) {
  const auto rtl = colcomb::tests::read_rtl_shape(list, name);
  colcomb::tests::LegalStimulus stimulus(rtl, seed);
  colcomb::tests::ArrayOracle oracle(rtl);
  const std::size_t wires = rtl.acc_wires();
  for (std::size_t clock = 0; clock < clocks; ++clock) {
    const auto in = stimulus.next();
    const auto out = oracle.step(in);
    Bits east_acc;
    Bits east_start;
    for (std::size_t row = 0; row < rtl.shape.rows; ++row) {
      const std::size_t last = (row + 1) * rtl.shape.columns - 1;
      for (std::size_t n = 0; n < wires; ++n) east_acc.push_back(out.acc[last * wires + n]);
      east_start.push_back(out.start[last]);
    }
    std::string line;
    for (const Bits* bits : {&in.data, &in.load, &in.start, &in.swap, &in.load_valid, &in.acc})
      append(line, *bits);
    line += ' ';
    for (const Bits* bits : {&out.data, &out.load, &out.start, &out.swap, &out.load_valid, &out.acc,
                             &std::as_const(east_acc), &std::as_const(east_start)})
      append(line, *bits);
    std::cout << line << '\n';
  }
  return std::cout.good() ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) {
    std::cerr << "usage: write_vectors SHAPES_TXT NAME SEED CLOCKS\n";
    return EXIT_FAILURE;
  }
  try {
    return write(arguments[1], arguments[2], std::stoull(arguments[3]), std::stoull(arguments[4]));
  } catch (const std::exception& error) {
    std::cerr << "write_vectors: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
