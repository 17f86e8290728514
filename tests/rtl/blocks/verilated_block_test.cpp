// The Verilated modules beside the simulator's blocks: every output, every clock. CMakeLists.txt
// makes the modules from the lines of blocks.txt that say so.
#include <gtest/gtest.h>
#include <verilated.h>

#include "tests/rtl/blocks/block_list.hpp"
#include "tests/rtl/blocks/verilated_ports.hpp"
#include "verilated_blocks.inc"

namespace colcomb::tests {
namespace {

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
