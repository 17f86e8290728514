#include "colcomb/rtl/top_ports.hpp"

#include <fmt/format.h>

namespace colcomb::rtl {

std::string top_head(std::span<const TopPort> ports) {
  std::string text = "module machine (\n  input  logic clk_i,\n  input  logic rst_ni";
  for (const TopPort& port : ports) {
    text += fmt::format(",\n  {} logic [{}:0] {}", port.input ? "input " : "output", port.bits - 1,
                        port.name);
  }
  return text + "\n);\n";
}

std::string scan_text(std::span<const TopPort> ports) {
  std::size_t inputs = 0;
  std::size_t outputs = 0;
  std::string wires;
  for (const TopPort& port : ports) {
    if (port.input) {
      wires += fmt::format(", .{}(in_q[{}+:{}])", port.name, inputs, port.bits);
      inputs += port.bits;
    } else {
      wires += fmt::format(", .{}(out[{}+:{}])", port.name, outputs, port.bits);
      outputs += port.bits;
    }
  }
  return fmt::format(
      "// The machine behind a scan chain, to place and route it alone.\n"
      "module machine_scan (\n  input  logic clk_i,\n  input  logic rst_ni,\n"
      "  input  logic scan_i,\n  input  logic take_i,\n  output logic scan_o\n);\n"
      "  logic [{}:0] in_q;\n  logic [{}:0] out, out_q;\n"
      "  machine u_machine (.clk_i, .rst_ni{});\n"
      "  always_ff @(posedge clk_i) begin\n    in_q <= {{in_q[{}:0], scan_i}};\n"
      "    out_q <= take_i ? out : {{out_q[{}:0], 1'b0}};\n  end\n"
      "  assign scan_o = out_q[{}];\nendmodule\n",
      inputs - 1, outputs - 1, wires, inputs - 2, outputs - 2, outputs - 1);
}

}  // namespace colcomb::rtl
