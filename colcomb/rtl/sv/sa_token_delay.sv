// What belongs to words, Clocks clocks late: the words are in a FIFO meanwhile, and one bit a clock
// in a shift register, since words are Interval clocks apart at least. Latency: Clocks.
//
// Requires: valid_i Interval clocks apart or more.
module sa_token_delay #(
  parameter int Clocks = 40,   // from 1
  parameter int Interval = 8,  // I
  parameter int Width = 8
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             valid_i,
  input  logic [Width-1:0] token_i,
  output logic             valid_o,
  output logic [Width-1:0] token_o  // anything without valid_o
);
  sa_delay #(.Clocks(Clocks), .Width(1)) u_when (.clk_i, .rst_ni, .d_i(valid_i), .q_o(valid_o));

  logic unused_has;
  sa_fifo #(.Depth((Clocks + Interval - 1) / Interval), .Width(Width)) u_tokens (
    .clk_i, .rst_ni, .push_i(valid_i), .word_i(token_i), .pop_i(valid_o), .has_o(unused_has),
    .word_o(token_o)
  );
endmodule
