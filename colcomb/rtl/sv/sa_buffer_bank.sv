// A bank of an on-chip memory: one write and one read port, the same clock (cycle-model.md,
// "Memories"). Block RAM in an FPGA. Latency: 1 clock from read_i to word_o, which then keeps its
// value until the next read. There is no reset, which block RAM does not have: word_o is anything
// before the first read.
//
// Requires: no word is read before it was written, nor in the clock of its write.
module sa_buffer_bank #(
  parameter int Words = 1024,  // from 1
  parameter int Width = 8,
  parameter int AddressBits = (Words > 1) ? $clog2(Words) : 1  // derived
) (
  input  logic                   clk_i,
  input  logic                   read_i,
  input  logic [AddressBits-1:0] read_address_i,
  input  logic                   write_i,
  input  logic [AddressBits-1:0] write_address_i,
  input  logic [Width-1:0]       word_i,
  output logic [Width-1:0]       word_o
);
  // As required, so that no tool builds what a read in the clock of a write would give.
  (* no_rw_check *) logic [Width-1:0] words_q[Words];

  always_ff @(posedge clk_i) begin
    if (write_i) words_q[write_address_i] <= word_i;
  end

  always_ff @(posedge clk_i) begin
    if (read_i) word_o <= words_q[read_address_i];
  end
endmodule
