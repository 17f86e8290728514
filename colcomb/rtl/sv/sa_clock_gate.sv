// Clock gate: clk_o follows clk_i in the clocks for which en_i was 1 while clk_i was low.
//
// This is the model for simulation and for libraries that have a latch but no gate. A library's own
// cell takes its place by a module of the same name (rtl/synth/sg13g2_clock_gate.v).
module sa_clock_gate (
  input  logic clk_i,
  input  logic en_i,
  output logic clk_o
);
  logic en_latch;

  always_latch begin
    if (!clk_i) en_latch = en_i;
  end

  assign clk_o = clk_i & en_latch;
endmodule
