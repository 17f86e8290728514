#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "colcomb/base/error.hpp"
#include "colcomb/netlist/netlist_energy.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::netlist {
namespace {

using testing::DoubleNear;
using testing::HasSubstr;

// Energies in the file's unit: 1 fF x 1 V2 = 1 fJ.
constexpr const char* kLibrary = R"(/* of two cells */
library (small) {
  nom_voltage : 1.2;
  voltage_unit : "1V";
  leakage_power_unit : "1pW";
  capacitive_load_unit (1, ff);
  power_lut_template (by_both) {
    variable_1 : input_transition_time;
    variable_2 : total_output_net_capacitance;
    index_1 ("0.1, 0.3");
    index_2 ("1, 3");
  }
  power_lut_template (by_slew) { variable_1 : input_transition_time; index_1 ("0.1, 0.3"); }
  cell (inv) {
    area : 2.5;
    cell_leakage_power : 1000;
    pin (A) { direction : input; capacitance : 2; }
    pin (Y) {
      direction : output;
      function : "!A";
      internal_power () {
        related_pin : "A";
        rise_power (by_both) { values ("2, 4", "6, 8"); }
        fall_power (by_both) { values ("4, 6", \
                                       "8, 10"); }
      }
    }
  }
  cell (dff) {
    area : 10;
    cell_leakage_power : 3000;
    ff (IQ, IQN) { next_state : "D"; clocked_on : "CK"; }
    pin (CK) { direction : input; clock : true; capacitance : 1;
      internal_power () { rise_power (by_slew) { values ("20, 40"); } } }
    pin (D) { direction : input; capacitance : 4; }
    pin (Q) { direction : output;
      internal_power () { rise_power (scalar) { values ("7"); } } }
  }
}
)";

// inv: a -> n; dff: n -> q.
constexpr const char* kNetlist = R"({"modules": {"top": {
  "cells": {
    "u0": {"type": "inv", "connections": {"A": [2], "Y": [3]}},
    "u1": {"type": "dff", "connections": {"CK": [4], "D": [3], "Q": [6]}}},
  "netnames": {
    "in": {"bits": ["0", 2]}, "n": {"bits": [3]}, "ck": {"bits": [4]}, "q": {"bits": [6]}}}}})";

constexpr const char* kVcd = R"($timescale 100 ps $end
$scope module bench $end
$var wire 1 ! ck $end
$scope module dut $end
$var wire 2 " in [1:0] $end
$var wire 1 # n $end
$var wire 1 ! ck $end
$var reg 1 $ q $end
$upscope $end
$upscope $end
$enddefinitions $end
#0
$dumpvars
bxx "
x#
0!
0$
$end
#10
b00 "
1#
#20
1!
b10 "
0#
#30
0!
#40
1!
1$
b00 "
1#
#50
0!
#60
)";

NetlistEnergy small_energy(double begin, double end, double transition) {
  const tests::TemporaryFolder folder;
  const auto path = folder.path() / "netlist.json";
  std::ofstream(path) << kNetlist;
  return energy_of(load_netlist(path, "top"), cell_library(parse_liberty(kLibrary, "lib"), "lib"),
                   count_toggles(kVcd, "dut", begin, end, "vcd"), transition, "netlist");
}

// From 1.5 ns to 5.5 ns: in[1] changes twice, n twice, ck four times, q once.
TEST(NetlistEnergy, EqualsTheSumByHand) {
  const NetlistEnergy energy = small_energy(1.5, 5.5, 0.1);
  EXPECT_DOUBLE_EQ(energy.nanoseconds, 4);
  EXPECT_EQ(energy.flip_flops, 1U);
  EXPECT_DOUBLE_EQ(energy.area, 12.5);
  // Half of 1.44 V2 times: in[1] 0.002 pF twice, n 0.004 pF twice, ck 0.001 pF four times.
  EXPECT_DOUBLE_EQ(energy.switching, 0.72 * (2 * 0.002 + 2 * 0.004 + 4 * 0.001));
  // inv drives 4 fF, beyond its table: 4 fJ rising, 6 falling.
  EXPECT_DOUBLE_EQ(energy.logic, 2 * 0.005);
  EXPECT_DOUBLE_EQ(energy.clock, 4 * 0.020);
  EXPECT_DOUBLE_EQ(energy.sequential, 0.007);
  // 4 nW over 4 ns.
  EXPECT_THAT(energy.leakage, DoubleNear(4e-6 * 4, 1e-12));
  EXPECT_DOUBLE_EQ(energy.total(), energy.switching + energy.logic + energy.clock +
                                       energy.sequential + energy.leakage);
}

TEST(NetlistEnergy, InterpolatesBetweenTransitions) {
  const NetlistEnergy energy = small_energy(1.5, 5.5, 0.2);
  EXPECT_THAT(energy.clock, DoubleNear(4 * 0.030, 1e-12));
  EXPECT_THAT(energy.logic, DoubleNear(2 * 0.007, 1e-12));
}

TEST(NetlistEnergy, CountsNoChangeFromUnknown) {
  // In the first nanosecond and at its end all comes from x.
  const NetlistEnergy energy = small_energy(0, 1.5, 0.1);
  EXPECT_EQ(energy.switching, 0);
  EXPECT_EQ(energy.logic, 0);
}

TEST(NetlistEnergy, NamesWhatIsMissing) {
  const auto refusal = [](const auto& call) {
    try {
      call();
    } catch (const UserError& error) {
      return std::string(error.what());
    }
    return std::string("none");
  };
  EXPECT_THAT(refusal([] { (void)parse_liberty("library (a) {\n  b : ;\n}", "x.lib"); }),
              HasSubstr("x.lib: line 2 is ';': must be a name or a value"));
  EXPECT_THAT(refusal([] { (void)parse_liberty("library (a) { b : 1;", "x.lib"); }),
              HasSubstr("must be '}' of library"));
  EXPECT_THAT(refusal([] { (void)parse_liberty("library (a) { /* b", "x.lib"); }),
              HasSubstr("must end with '*/'"));
  EXPECT_THAT(refusal([] { (void)count_toggles(kVcd, "other", 0, 1, "x.vcd"); }),
              HasSubstr("x.vcd: scope is 'other'"));
  EXPECT_THAT(refusal([] { (void)count_toggles("$scope module a", "a", 0, 1, "x.vcd"); }),
              HasSubstr("x.vcd: the end is 'missing'"));
  CellLibrary library = cell_library(parse_liberty(kLibrary, "lib"), "lib");
  Netlist netlist;
  netlist.instances.push_back({"u0", "nand", {{"A", 2}}});
  EXPECT_THAT(refusal([&] { (void)energy_of(netlist, library, {}, 0.1, "n.json"); }),
              HasSubstr("instance u0 is 'nand': must be a cell of library small"));
  netlist.instances[0].cell = "inv";
  EXPECT_THAT(refusal([&] { (void)energy_of(netlist, library, {}, 0.1, "n.json"); }),
              HasSubstr("must be in the waveforms"));
}

}  // namespace
}  // namespace colcomb::netlist
