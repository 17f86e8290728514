// The Verilated modules beside the simulator's blocks: every output, every clock. CMakeLists.txt
// makes the modules from the lines of blocks.txt that say so.
#include <gtest/gtest.h>
#include <verilated.h>

#include <string>
#include <type_traits>
#include <vector>

#include "tests/rtl/blocks/block_list.hpp"
#include "verilated_blocks.inc"

namespace colcomb::tests {
namespace {

/// Ports are integers, or arrays of 32-bit words where they are wider than 64 bits.
template <class Port>
bool bit_at(const Port& port, std::size_t i) {
  if constexpr (std::is_integral_v<Port>)
    return ((port >> i) & 1U) != 0;
  else
    return ((port[i / 32] >> (i % 32)) & 1U) != 0;
}

template <class Port>
void drive(Port& port, const std::vector<std::uint8_t>& bits) {
  if constexpr (std::is_integral_v<Port>) {
    port = 0;
    for (std::size_t i = 0; i < bits.size(); ++i)
      port = static_cast<Port>(port | static_cast<Port>(std::uint64_t{bits[i]} << i));
  } else {
    for (std::size_t i = 0; i < (bits.size() + 31) / 32; ++i) port[i] = 0;
    for (std::size_t i = 0; i < bits.size(); ++i)
      port[i / 32] |= std::uint32_t{bits[i]} << (i % 32);
  }
}

/// The first port that differs from what is expected, with both values; empty if none does.
template <class Port>
std::string difference(const BlockModel& model, const WireValues& expected, const Port& port) {
  std::size_t first = 0;
  for (const Wire& wire : model.outputs()) {
    std::string found;
    std::string wanted;
    bool differs = false;
    for (std::size_t i = first + wire.bits; i-- > first;) {
      const bool given = expected.given()[i] != 0;
      found += bit_at(port, i) ? '1' : '0';
      wanted += !given ? '-' : expected.bits()[i] != 0 ? '1' : '0';
      differs = differs || (given && found.back() != wanted.back());
    }
    if (differs) return wire.name + "_o is " + found + ", not " + wanted;
    first += wire.bits;
  }
  return {};
}

template <class Module>
void clock(Module& module) {
  module.clk_i = 1;
  module.eval();
  module.clk_i = 0;
  module.eval();
}

template <class Module>
void expect_equal(const char* name, std::uint64_t seed, std::size_t clocks) {
  const BlockLine line = read_block_line(COLCOMB_RTL_BLOCKS, name);
  VerilatedContext context;
  // Registers begin with random values, as in hardware.
  context.randReset(2);
  context.randSeed(static_cast<int>(seed));
  Module module(&context);
  WireValues in;
  WireValues out;
  // Two runs: the second one's reset clears what the first one left.
  for (std::uint64_t run = 0; run < 2; ++run) {
    const auto model = make_block_model(line, 2 * seed + run);
    module.clk_i = 0;
    module.rst_ni = 1;
    module.eval();
    module.rst_ni = 0;
    module.eval();
    clock(module);
    module.rst_ni = 1;
    for (std::size_t now = 0; now < clocks; ++now) {
      step(*model, in, out);
      drive(module.in_i, in.bits());
      module.eval();
      clock(module);
      ASSERT_EQ(difference(*model, out, module.out_o), "")
          << name << ", seed " << seed << ", run " << run << ", clock " << now << ", "
          << model->where();
    }
  }
}

#define COLCOMB_RTL_BLOCK(name)                               \
  TEST(VerilatedBlock, name) {                                \
    for (std::uint64_t seed = 1; seed <= 3; ++seed)           \
      expect_equal<V##name>(#name, seed, COLCOMB_RTL_CLOCKS); \
  }
COLCOMB_RTL_BLOCK_LIST
#undef COLCOMB_RTL_BLOCK

}  // namespace
}  // namespace colcomb::tests
