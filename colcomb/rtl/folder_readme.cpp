#include "colcomb/rtl/folder_readme.hpp"

#include <fmt/format.h>

namespace colcomb::rtl {

std::string folder_readme(const TileProgram& program, const ExpectedRun& expected,
                          std::uint64_t batches, const std::string& name) {
  const ArrayConfig& array = program.array;
  std::string text = fmt::format(
      "# The machine for {}\n\n"
      "A systolic array of {} x {} {} cells ({} data lines a column, {}-bit accumulations) with "
      "the\n"
      "memories around it, in SystemVerilog, and the program of one network: {} layers in {} "
      "tiles.\n"
      "It takes batches of {} image{} of {} x {} x {}.\n\n",
      name, array.rows, array.columns, name_of(array.cell), array.alpha, array.accumulation_bits,
      program.layers.size(), program.schedule.tiles.size(), array.batch,
      array.batch == 1 ? "" : "s", program.channels, program.height, program.width);
  text += fmt::format(
      "    ./run_icarus.sh      simulate it in Icarus Verilog\n"
      "    ./run_verilator.sh   simulate it in Verilator\n"
      "    ./run_axi.sh         simulate it behind AXI4 registers and streams, in Icarus Verilog\n"
      "    ./synth.sh ice40     synthesize it with Yosys: ice40, xc7 or ecp5\n"
      "    ./run_netlist.sh     simulate the netlist of synth.sh ice40 in Icarus Verilog\n"
      "    ./route_ice40.sh     place and route it with nextpnr, if it fits an iCE40 HX8K\n"
      "    ./sta.sh LIBERTY     synthesize it for a standard-cell library, delay by OpenSTA\n\n"
      "The test bench loads the program, runs {} batch{} and checks every word that the machine\n"
      "writes to DRAM: its clock and address, and at the end {} logits. Expected: {} words, the "
      "last\n"
      "in clock {}. It prints PASS, or FAIL and the first difference. All results go to "
      "`build/`.\n\n",
      batches, batches == 1 ? "" : "es", expected.logits.size(), expected.writes.size(),
      expected.writes.back().clock);
  text +=
      "| file               | what it is                                                        |\n"
      "| ------------------ | ----------------------------------------------------------------- |\n"
      "| `machine.sv`       | the top: `sa_machine` with this program's sizes                   |\n"
      "| `sv/`              | the library; `sources.txt` lists it in the order tools read it    |\n"
      "| `program.hex`      | what the load port takes: memory (3 bits), place, index, word     |\n"
      "| `dram.hex`         | external memory: weights, maps, batches of images with logits     |\n"
      "| `machine_bench.sv` | the test bench; `machine.svh` has its numbers                     |\n"
      "| `writes.hex`       | each word that is written to DRAM: clock, byte address            |\n"
      "| `logits.hex`       | each logit: byte address, value                                   |\n"
      "| `machine_axi.sv`   | the machine behind AXI4 registers and streams, memory on the chip |\n"
      "| `machine_scan.sv`  | the machine behind a scan chain, for placing and routing          "
      "|\n\n";
  const MemoryMap& memory = program.memory;
  text += fmt::format(
      "DRAM, in bytes: weights from {}, maps up to {}, then {} for each batch, whose logits begin "
      "at\n"
      "{}, little-endian, class after class, each for all images of the batch.\n",
      memory.weights, memory.batches, memory.batch_bytes, memory.logits);
  return text;
}

}  // namespace colcomb::rtl
