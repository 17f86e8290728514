// IL cell: Streams accumulations share a weight, one data line (paper, section 4.2). Latency: 1
// clock on every path. Requires what sa_mx_cell does.
module sa_il_cell #(
  parameter int AccBits = 32,           // A: 16, 24 or 32
  parameter int Streams = AccBits / 8,  // S, derived
  parameter bit DoubleBuffer = 1'b1,
  parameter bit GateClock = 1'b0
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               data_i,
  input  logic               start_i,
  input  logic               swap_i,
  input  logic               load_i,  // unused without double buffering
  input  logic               load_valid_i,
  input  logic [Streams-1:0] acc_i,
  output logic               data_o,
  output logic               start_o,
  output logic               swap_o,
  output logic               load_o,  // 0 without double buffering
  output logic               load_valid_o,
  output logic [Streams-1:0] acc_o
);
  sa_mx_cell #(
    .Alpha(1), .AccBits(AccBits), .Streams(Streams), .DoubleBuffer(DoubleBuffer),
    .GateClock(GateClock)
  ) u_cell (
    .clk_i, .rst_ni, .data_i, .start_i, .swap_i, .load_i, .load_valid_i, .acc_i,
    .data_o, .start_o, .swap_o, .load_o, .load_valid_o, .acc_o
  );
endmodule
