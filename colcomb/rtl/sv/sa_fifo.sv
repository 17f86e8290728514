// FIFO whose oldest word can be seen (cycle-model.md, "Output crossbar": bytes of a row that wait
// for the last row's; also what belongs to words that are in the array). Latency: 1 clock from
// push_i to has_o and word_o, where nothing else waits. Depth 0: none, a word is taken in its
// clock.
//
// Its places are a memory that is read without a clock: LUT RAM in an FPGA.
//
// Requires: no more than Depth words wait, not counting one that pop_i takes as another comes.
module sa_fifo #(
  parameter int Depth = 4,  // from 0
  parameter int Width = 8
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             push_i,
  input  logic [Width-1:0] word_i,
  input  logic             pop_i,
  output logic             has_o,
  output logic [Width-1:0] word_o  // the oldest; anything without has_o
);
  if (Depth == 0) begin : gen_wire
    assign has_o = push_i;
    assign word_o = word_i;
    logic unused_wire;
    assign unused_wire = ^{clk_i, rst_ni, pop_i};
  end else begin : gen_store
    localparam int PlaceBits = (Depth > 1) ? $clog2(Depth) : 1;
    localparam int CountBits = $clog2(Depth + 1);
    localparam logic [PlaceBits-1:0] PlaceLast = PlaceBits'(Depth - 1);
    logic [Width-1:0] words_q[Depth];
    logic [PlaceBits-1:0] read_q, write_q;
    logic [CountBits-1:0] count_q;
    logic takes;
    assign has_o = (count_q != '0);
    assign word_o = words_q[read_q];
    assign takes = pop_i & has_o;

    always_ff @(posedge clk_i) begin
      if (push_i) words_q[write_q] <= word_i;
    end

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        read_q <= '0;
        write_q <= '0;
        count_q <= '0;
      end else begin
        if (push_i) write_q <= (write_q == PlaceLast) ? '0 : write_q + 1'b1;
        if (takes) read_q <= (read_q == PlaceLast) ? '0 : read_q + 1'b1;
        if (push_i & ~takes) count_q <= count_q + 1'b1;
        else if (takes & ~push_i) count_q <= count_q - 1'b1;
      end
    end
  end
endmodule
