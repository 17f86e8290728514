#include "colcomb/rtl/pipeline_readme.hpp"

#include <fmt/format.h>

namespace colcomb::rtl {

std::string pipeline_readme(const tiling::Pipeline& pipeline, const PipelineHardware& hardware,
                            std::uint64_t images, std::uint64_t logits, std::uint64_t last,
                            const std::string& name) {
  const ArrayConfig& array = pipeline.array;
  std::string text = fmt::format(
      "# The machine for {}\n\n"
      "A cross-layer pipeline in SystemVerilog: an array of {} cells ({} data lines a column, "
      "{}-bit\n"
      "accumulations) for each layer of one network, line buffers between them. Images follow "
      "each\n"
      "other without a break; each goes through all layers at once.\n\n"
      "| layer | array | line buffer |\n| --- | --- | --- |\n",
      name, name_of(array.cell), array.alpha, array.accumulation_bits);
  for (const tiling::Stage& stage : pipeline.stages) {
    text += fmt::format("| {} | {} x {} | {} pixels |\n", stage.program.layers.front().name,
                        stage.program.array.rows, stage.program.array.columns, stage.input.pixels);
  }
  text += fmt::format(
      "\n"
      "    ./run_icarus.sh      simulate it in Icarus Verilog\n"
      "    ./run_verilator.sh   simulate it in Verilator\n"
      "    ./run_axi.sh         simulate it behind AXI4 registers and streams, in Icarus Verilog\n"
      "    ./synth.sh ice40     synthesize it with Yosys: ice40, xc7 or ecp5\n"
      "    ./run_netlist.sh     simulate the netlist of synth.sh ice40 in Icarus Verilog\n"
      "    ./route_ice40.sh     place and route it with nextpnr, if it fits an iCE40 HX8K\n"
      "    ./sta.sh LIBERTY     synthesize it for a standard-cell library, delay by OpenSTA\n\n"
      "The test bench loads the program, starts the machine, is its external memory, and checks "
      "each\n"
      "of the {} logits of {} image{}: its clock, class and value. The arrays are loaded in {} "
      "clocks;\n"
      "the last logit leaves in clock {} of the run behind them. It prints PASS, or FAIL and the "
      "first\n"
      "difference. All results go to `build/`.\n\n",
      logits, images, images == 1 ? "" : "s", hardware.configuration_clocks, last);
  text +=
      "| file               | what it is                                                         "
      "|\n"
      "| ------------------ | ------------------------------------------------------------------ "
      "|\n"
      "| `machine.sv`       | the top: an `sa_stage` for each layer, with this network's sizes   "
      "|\n"
      "| `sv/`              | the library; `sources.txt` lists it in the order tools read it     "
      "|\n"
      "| `program.hex`      | what the load port takes: stage, memory (3 bits), place, index, word "
      "|\n"
      "| `dram.hex`         | external memory: weights, images                                   "
      "|\n"
      "| `machine_bench.sv` | the test bench; `machine.svh` has its numbers                      "
      "|\n"
      "| `logits.hex`       | each logit: clock since the start, class, value                    "
      "|\n"
      "| `machine_axi.sv`   | the machine behind AXI4 registers and streams, memory on the chip  "
      "|\n"
      "| `machine_scan.sv`  | the machine behind a scan chain, for placing and routing           "
      "|\n\n";
  text += fmt::format(
      "Before the start a program is loaded, a word a clock, then `start_i` stands for one clock, "
      "at\n"
      "the earliest in the second one without a load. The word that `dram_read_o` requests must be "
      "on\n"
      "`dram_word_i` {} clocks later. A logit leaves with its row bus's bit of `logit_valid_o`; "
      "class\n"
      "{} b + r is row r of bus b. `finished_o` is 1 once all images' logits have left.\n\n"
      "DRAM, in bytes: {} of weights, layer after layer, then {} for each image: its pixels, of "
      "each "
      "one\n"
      "the channels side by side (after the checkerboard reshape).\n",
      array.dram_latency, array.rows_per_bus(), hardware.weight_bytes, pipeline.image_bytes());
  return text;
}

}  // namespace colcomb::rtl
