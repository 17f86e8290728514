// sa_clock_gate of the sg13g2 library: takes the place of sv/sa_clock_gate.sv.
module sa_clock_gate (
  input  clk_i,
  input  en_i,
  output clk_o
);
  sg13g2_lgcp_1 u_gate (
    .CLK (clk_i),
    .GATE(en_i),
    .GCLK(clk_o)
  );
endmodule
