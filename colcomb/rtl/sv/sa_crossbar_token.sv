// What the output crossbar needs of a word, in the clock in which it takes the last row's byte
// (cycle-model.md, "Output crossbar"): Clocks clocks behind the word's token and as many more as
// its layer's poolings take, 3 with windows, 17 more with those of means, 18 more with global
// pooling.
// Latency: Clocks, and those.
//
// Requires: valid_i Interval clocks apart or more, and no word there before an earlier one.
module sa_crossbar_token #(
  parameter int Clocks = 80,   // without poolings, from 1
  parameter int Interval = 8,  // I
  parameter int Width = 8
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             valid_i,
  input  logic             windows_i,
  input  logic             means_i,   // of windows
  input  logic             global_i,  // global pooling
  input  logic [Width-1:0] token_i,
  output logic             valid_o,
  output logic [Width-1:0] token_o  // anything without valid_o
);
  localparam int MostPooling = 3 + 17 + 18;
  localparam int WaitBits = $clog2(MostPooling + 1);
  logic [WaitBits-1:0] pooling;
  assign pooling = (windows_i ? WaitBits'(3) : '0) + (windows_i & means_i ? WaitBits'(17) : '0) +
                   (global_i ? WaitBits'(18) : '0);

  // Bit n: a word that has n clocks of poolings before it.
  logic [MostPooling:0] waits_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) waits_q <= '0;
    else waits_q <= (waits_q >> 1) | ((MostPooling + 1)'(valid_i) << pooling);
  end
  sa_delay #(.Clocks(Clocks - 1), .Width(1)) u_when (
    .clk_i, .rst_ni, .d_i(waits_q[0]), .q_o(valid_o)
  );

  logic unused_has;
  sa_fifo #(.Depth((Clocks + MostPooling + Interval - 1) / Interval), .Width(Width)) u_tokens (
    .clk_i, .rst_ni, .push_i(valid_i), .word_i(token_i), .pop_i(valid_o), .has_o(unused_has),
    .word_o(token_o)
  );
endmodule
