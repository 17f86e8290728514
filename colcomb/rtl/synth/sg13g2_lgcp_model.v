// What sg13g2's clock gate does, for simulation: the library file has no function for it that yosys
// reads.
module sg13g2_lgcp_1 (
  input  CLK,
  input  GATE,
  output GCLK
);
  reg enabled;
  always @(CLK or GATE) if (!CLK) enabled <= GATE;
  assign GCLK = CLK & enabled;
endmodule
