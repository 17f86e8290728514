// The Verilated machine on random tile programs beside the simulator's: what goes from block to
// block, in every clock, until all logits are in its DRAM; then these, beside the integer
// network's. CMakeLists.txt makes the modules from lines of machines.txt.
#include <gtest/gtest.h>
#include <verilated.h>

#include <algorithm>

#include "tests/rtl/blocks/block_list.hpp"
#include "tests/rtl/blocks/verilated_ports.hpp"
#include "tests/rtl/machine/whole_model.hpp"
#include "verilated_machines.inc"

namespace colcomb::tests {
namespace {

constexpr std::uint64_t kMostClocks = 10'000'000;

template <class Module>
WholeModel::DramPort dram_port(const Module& module, std::size_t bytes) {
  WholeModel::DramPort port;
  port.read = module.dram_read_o != 0;
  port.read_address = module.dram_read_address_o;
  port.write = module.dram_write_o != 0;
  port.write_address = module.dram_write_address_o;
  for (std::size_t i = 0; i < bytes; ++i) {
    port.mask.push_back(bit_at(module.dram_mask_o, i));
    std::uint8_t byte = 0;
    for (std::size_t b = 0; b < 8; ++b)
      byte = static_cast<std::uint8_t>(byte | (bit_at(module.dram_word_o, 8 * i + b) ? 1 : 0) << b);
    port.word.push_back(byte);
  }
  return port;
}

template <class Module>
void expect_equal(const char* name, std::uint64_t seed, std::uint32_t image_side = 0) {
  BlockLine line = read_block_line(COLCOMB_RTL_MACHINES, name);
  if (image_side > 0) line.parameters["image_side"] = image_side;
  VerilatedContext context;
  // Registers and memories begin with random values, as in hardware.
  context.randReset(2);
  context.randSeed(static_cast<int>(seed));
  Module module(&context);
  WholeModel model(line.parameters, seed);
  WireValues in;
  WireValues out;
  module.clk_i = 0;
  module.rst_ni = 1;
  module.eval();
  module.rst_ni = 0;
  module.eval();
  clock(module);
  module.rst_ni = 1;
  std::uint64_t clocks = 0;
  for (; !model.finished(); ++clocks) {
    ASSERT_LT(clocks, kMostClocks) << name << ", seed " << seed << ": " << model.describe();
    step(model, in, out);
    drive(module.in_i, in.bits());
    module.eval();
    clock(module);
    ASSERT_EQ(difference(model, out, module.out_o), "")
        << name << ", seed " << seed << ", " << model.where() << "; " << model.describe();
    model.move(dram_port(module, line.parameters.at("DramBytes")));
  }
  ASSERT_EQ(model.wrong_logit(), "") << name << ", seed " << seed << ": " << model.describe();
}

#define COLCOMB_RTL_MACHINE(name)                                        \
  TEST(VerilatedMachine, name) {                                         \
    for (std::uint64_t seed = 1; seed <= COLCOMB_RTL_PROGRAMS; ++seed) { \
      expect_equal<V##name>(#name, seed);                                \
      if (HasFatalFailure()) return;                                     \
    }                                                                    \
  }
COLCOMB_RTL_MACHINE_LIST
#undef COLCOMB_RTL_MACHINE

/// As large as an image of CIFAR-10.
TEST(VerilatedMachine, image_of_32_x_32) {
  expect_equal<Vmx_11x3>("mx_11x3", 1, 32);
}

}  // namespace
}  // namespace colcomb::tests
