// The Verilated RTL beside the simulator's plain cells: every output register of every cell, every
// clock. The models are made by CMakeLists.txt from the lines of shapes.txt that say so.
#include <gtest/gtest.h>
#include <verilated.h>

#include <memory>
#include <string>
#include <type_traits>

#include "tests/rtl/array_oracle.hpp"
#include "tests/rtl/legal_stimulus.hpp"
#include "verilated_shapes.inc"

namespace colcomb::tests {
namespace {

/// Ports are integers, or arrays of 32-bit words where they are wider than 64 bits.
template <class Port>
bool bit_of(const Port& port, std::size_t i) {
  if constexpr (std::is_integral_v<Port>)
    return ((port >> i) & 1U) != 0;
  else
    return ((port[i / 32] >> (i % 32)) & 1U) != 0;
}

template <class Port>
void drive(Port& port, const Bits& bits) {
  if constexpr (std::is_integral_v<Port>) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bits.size(); ++i) value |= std::uint64_t{bits[i]} << i;
    port = static_cast<Port>(value);
  } else {
    for (std::size_t first = 0; first < bits.size(); first += 32) {
      std::uint32_t word = 0;
      for (std::size_t i = first; i < std::min(bits.size(), first + 32); ++i)
        word |= std::uint32_t{bits[i]} << (i - first);
      port[first / 32] = word;
    }
  }
}

template <class Port>
void sample(const Port& port, Bits& bits) {
  for (std::size_t i = 0; i < bits.size(); ++i) bits[i] = bit_of(port, i) ? 1 : 0;
}

/// sa_array_probe of one shape.
template <class Model>
class VerilatedArray {
 public:
  explicit VerilatedArray(std::uint64_t seed) : model_(&context_) {
    // Registers begin with random values, as in hardware.
    context_.randReset(2);
    context_.randSeed(static_cast<int>(seed));
  }

  void reset(const ArrayInputs& in) {
    drive_all(in);
    model_.clk_i = 0;
    model_.rst_ni = 1;
    model_.eval();
    model_.rst_ni = 0;
    model_.eval();
    clock();
    model_.rst_ni = 1;
    model_.eval();
  }

  void step(const ArrayInputs& in, ArrayOutputs& out) {
    drive_all(in);
    model_.eval();
    clock();
    sample(model_.data_o, out.data);
    sample(model_.load_o, out.load);
    sample(model_.start_o, out.start);
    sample(model_.swap_o, out.swap);
    sample(model_.load_valid_o, out.load_valid);
    sample(model_.acc_o, out.acc);
  }

  void east(Bits& acc, Bits& start) const {
    sample(model_.east_acc_o, acc);
    sample(model_.east_start_o, start);
  }

 private:
  void drive_all(const ArrayInputs& in) {
    drive(model_.data_i, in.data);
    drive(model_.load_i, in.load);
    drive(model_.start_i, in.start);
    drive(model_.swap_i, in.swap);
    drive(model_.load_valid_i, in.load_valid);
    drive(model_.acc_i, in.acc);
  }

  void clock() {
    model_.clk_i = 1;
    model_.eval();
    model_.clk_i = 0;
    model_.eval();
  }

  VerilatedContext context_;
  Model model_;
};

/// The first wire that differs, in words; empty if none does.
std::string difference(const RtlShape& rtl, const char* port, const Bits& found,
                       const Bits& expected) {
  const std::size_t width = expected.size() / rtl.cells();
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (found[i] == expected[i]) continue;
    const std::size_t cell = i / width;
    return std::string(port) + "[" + std::to_string(i % width) + "] of cell (" +
           std::to_string(cell / rtl.shape.columns) + ", " +
           std::to_string(cell % rtl.shape.columns) + ") is " + std::to_string(found[i]);
  }
  return {};
}

std::string difference(const RtlShape& rtl, const ArrayOutputs& found,
                       const ArrayOutputs& expected) {
  return difference(rtl, "acc", found.acc, expected.acc) +
         difference(rtl, "data", found.data, expected.data) +
         difference(rtl, "load", found.load, expected.load) +
         difference(rtl, "load_valid", found.load_valid, expected.load_valid) +
         difference(rtl, "start", found.start, expected.start) +
         difference(rtl, "swap", found.swap, expected.swap);
}

template <class Model>
void expect_equal(const char* name, std::uint64_t seed, std::size_t clocks) {
  const RtlShape rtl = read_rtl_shape(COLCOMB_RTL_SHAPES, name);
  LegalStimulus stimulus(rtl, seed);
  VerilatedArray<Model> array(seed);
  ArrayOutputs found(rtl);
  Bits east_acc(rtl.shape.rows * rtl.acc_wires());
  Bits east_start(rtl.shape.rows);
  // Two runs: the second one's reset clears what the first one left.
  for (int run = 0; run < 2; ++run) {
    ArrayOracle oracle(rtl);
    LegalStimulus fresh(rtl, seed + static_cast<std::uint64_t>(run));
    array.reset(stimulus.next());
    for (std::size_t clock = 0; clock < clocks; ++clock) {
      const ArrayInputs in = fresh.next();
      const ArrayOutputs expected = oracle.step(in);
      array.step(in, found);
      ASSERT_EQ(difference(rtl, found, expected), "")
          << name << ", seed " << seed << ", run " << run << ", clock " << clock;
      array.east(east_acc, east_start);
      for (std::size_t row = 0; row < rtl.shape.rows; ++row) {
        const std::size_t last = (row + 1) * rtl.shape.columns - 1;
        ASSERT_EQ(east_start[row], expected.start[last]) << name << ", clock " << clock;
        for (std::size_t n = 0; n < rtl.acc_wires(); ++n)
          ASSERT_EQ(east_acc[row * rtl.acc_wires() + n], expected.acc[last * rtl.acc_wires() + n])
              << name << ", clock " << clock;
      }
    }
  }
}

#define COLCOMB_RTL_SHAPE(name)                                                               \
  TEST(VerilatedArray, name) {                                                                \
    for (std::uint64_t seed = 1; seed <= 5; ++seed) expect_equal<V##name>(#name, seed, 4000); \
  }
COLCOMB_RTL_SHAPE_LIST
#undef COLCOMB_RTL_SHAPE

}  // namespace
}  // namespace colcomb::tests
