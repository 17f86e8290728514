// Induction over the clocks of one word in sa_mx_cell; prove_mx.sh runs it.
//
// Statement: let a word start in stream n of a cell in any state, and let the inputs be what they
// like within what the cell requires. With the weight and the select that the register holds in the
// clock of the start, acc_o[n] carries, in the AccBits clocks after those in which acc_i[n] carries
// an accumulation, the bits that this recursion gives for them:
//   rest = carry = 0;  for each clock k: sum = rest + (k < 8 and data bit k ? weight : 0),
//   rest = sum >> 1, out = sum[0] ^ acc ^ carry, carry = majority(sum[0], acc, carry).
// sa_product_bench shows, for all weights and words, that the bits sum[0] and the last rest are
// weight x word; the carries are those of an addition.
//
// k counts clocks from the start. The base case is k = 0, where nothing of the cell's state is
// assumed but the owner's code; `invariant` is what holds before clock k, and acc_o's bit is part
// of it.
module sa_mx_proof #(
  parameter int Alpha = 8,
  parameter int AccBits = 32,
  parameter int Streams = AccBits / 8,
  parameter bit DoubleBuffer = 1'b1,
  parameter int WeightBits = 9 + $clog2(Alpha)
) (
  input logic                  clk_i,
  input logic                  first_i,  // 1 in the clock before the one that is to be shown
  input logic [Alpha-1:0]      data_i,
  input logic                  start_i,
  input logic                  swap_i,
  input logic [Alpha-1:0]      load_i,
  input logic                  load_valid_i,
  input logic [Streams-1:0]    acc_i,
  // Any constants.
  input logic [WeightBits-1:0] code_i,
  input logic [1:0]            stream_i,
  // Registers of the cell, which the script connects.
  input logic [1:0]            owner_i,
  input logic [8:0]            part_i,
  input logic [6:0]            tail_i,
  input logic [Streams-1:0]    bit_i,
  input logic [Streams-1:0]    carry_i,
  input logic [WeightBits-1:0] weight_i,
  input logic [3:0]            age_i
);
  localparam int Interval = (Streams == 1) ? AccBits : 8;

  logic [Alpha-1:0] data_o, load_o;
  logic start_o, swap_o, load_valid_o;
  logic [Streams-1:0] acc_o;

  sa_mx_cell #(
    .Alpha(Alpha), .AccBits(AccBits), .Streams(Streams), .DoubleBuffer(DoubleBuffer)
  ) u_cell (
    .clk_i, .rst_ni(1'b1), .data_i, .start_i, .swap_i, .load_i, .load_valid_i, .acc_i, .data_o,
    .start_o, .swap_o, .load_o, .load_valid_o, .acc_o
  );

  logic [5:0] k_q;          // clocks since the word's start
  logic [1:0] later_q;      // starts since then
  logic [5:0] since_q;      // clocks since the latest start
  logic [WeightBits-1:0] code_q;
  // The recursion.
  logic signed [8:0] rest_q;
  logic carry_q, out_q;
  logic [1:0] stream_q;
  always_ff @(posedge clk_i) begin
    k_q <= k_q + 6'd1;
    later_q <= later_q + {1'b0, start_i && k_q != 0};
    since_q <= start_i ? 6'd1 : since_q + 6'd1;
    code_q <= code_i;
    rest_q <= sum[9:1];
    out_q <= sum[0] ^ acc_i[stream_i] ^ carry_q;
    carry_q <= (sum[0] & acc_i[stream_i]) | (sum[0] & carry_q) | (acc_i[stream_i] & carry_q);
    stream_q <= stream_i;
  end

  logic [7:0] select;
  logic bit_of_word;
  logic signed [9:0] weight, sum;
  assign select = {1'b0, code_i[WeightBits-1:8]} >> 1;
  assign bit_of_word = (k_q < 8 && select < Alpha) ? data_i[select] : 1'b0;
  assign weight = code_i[8] ? 10'sd0 - $signed({2'b0, code_i[7:0]}) : $signed({2'b0, code_i[7:0]});
  assign sum = $signed({rest_q[8], rest_q}) + (bit_of_word ? weight : 10'sd0);

  // From the ninth clock on the rest only loses bits: it is its sign but for the lowest 16 - k.
  logic signed [8:0] above;
  always_comb begin
    above = rest_q;
    if (k_q < 16) above = rest_q >>> (6'd16 - k_q);
    if (k_q <= 8) above = 9'sd0;
  end

  logic [1:0] owner;
  assign owner = {owner_i[1], owner_i[1] ^ owner_i[0]};
  logic [2:0] owner_expected;
  assign owner_expected = ({1'b0, stream_i} + {1'b0, later_q} + 3'(k_q == 0 ? Streams - 1 : 0)) %
                          3'(Streams);

  logic invariant;
  always_comb begin
    invariant = (Streams == 1) || ({1'b0, owner} == owner_expected);
    if (k_q == 0) begin
      invariant = invariant && later_q == 0 && weight_i == code_i && rest_q == 0 && !carry_q;
    end else begin
      invariant = invariant && later_q < Streams && since_q != 0;
      invariant = invariant && (above == 9'sd0 || &above);
      if (later_q == 0) begin
        invariant = invariant && since_q == k_q && part_i == rest_q;
      end else begin
        invariant = invariant && {2'b0, since_q} + {3'b0, later_q, 3'b0} <= {2'b0, k_q};
        invariant = invariant && bit_i[stream_i] == rest_q[0];
        if (later_q == 1) invariant = invariant && tail_i == rest_q[7:1];
      end
      if (k_q < 8) invariant = invariant && weight_i == code_i;
      if (!DoubleBuffer) invariant = invariant && age_i == (since_q < 8 ? since_q[3:0] : 4'd8);
      invariant = invariant && carry_i[stream_i] == carry_q && acc_o[stream_i] == out_q;
    end
  end

  always_comb begin
    if (!first_i) begin
      assume (code_i == code_q);
      assume (stream_i == stream_q);
    end
    assume (stream_i < Streams);
    if (first_i) assume (k_q < AccBits);
    if (first_i) assume (invariant);
    if (k_q == 0) assume (start_i);
    if (k_q != 0) assume (!start_i || since_q >= Interval);
    // What the cell requires of swaps and, without double buffering, of weight-load cycles.
    if (k_q < 7) assume (DoubleBuffer ? !swap_i : !load_valid_i);
    if (DoubleBuffer && k_q != 0 && !start_i && since_q >= 8) assume (data_i == 0);
    if (!first_i) assert (invariant);
  end
endmodule
