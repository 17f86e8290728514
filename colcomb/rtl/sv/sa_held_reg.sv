// Register that keeps its value until en_i. Latency: 1 clock.
//
// GateClock = 0: a clock enable, which FPGA flip-flops have and other libraries build as a
// multiplexer per bit. GateClock = 1: one clock gate, so that neither the multiplexers nor the
// flip-flops' clock pins cost energy in the clocks between.
module sa_held_reg #(
  parameter int Width = 8,
  parameter bit GateClock = 1'b0
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             en_i,
  input  logic [Width-1:0] d_i,
  output logic [Width-1:0] q_o
);
  if (GateClock) begin : gen_gated
    logic clk_gated;

    sa_clock_gate u_gate (
      .clk_i(clk_i),
      .en_i (en_i),
      .clk_o(clk_gated)
    );

    always_ff @(posedge clk_gated or negedge rst_ni) begin
      if (!rst_ni) q_o <= '0;
      else q_o <= d_i;
    end
  end else begin : gen_enable
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) q_o <= '0;
      else if (en_i) q_o <= d_i;
    end
  end
endmodule
