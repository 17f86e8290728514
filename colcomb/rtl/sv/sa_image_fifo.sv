// FIFO between DRAM and image reader: takes DRAM words and gives WordBytes bytes from any byte of a
// word on, so that pixels may lie across words. Two banks of words in turn, read together; the
// bytes are turned behind them. Latency: 1 clock from read_i to bytes_o, which stands behind a
// shifter.
//
// Words are counted modulo Words. The word behind word_i is read with next_i alone; what it would
// give is anything without.
//
// Requires: what sa_buffer_bank does of the words that are read; Words even.
module sa_image_fifo #(
  parameter int Words = 8,      // from 2
  parameter int WordBytes = 4,  // a power of two
  // Derived.
  parameter int PlaceBits = $clog2(Words),
  parameter int OffsetBits = (WordBytes > 1) ? $clog2(WordBytes) : 1
) (
  input  logic                   clk_i,
  input  logic                   write_i,
  input  logic [PlaceBits-1:0]   write_word_i,
  input  logic [8*WordBytes-1:0] word_i,
  input  logic                   read_i,
  input  logic [PlaceBits-1:0]   read_word_i,
  input  logic [OffsetBits-1:0]  offset_i,  // the first byte in that word
  input  logic                   next_i,
  output logic [8*WordBytes-1:0] bytes_o
);
  localparam int Places = Words / 2;
  localparam int BankPlaceBits = (Places > 1) ? $clog2(Places) : 1;
  localparam logic [PlaceBits-1:0] WordLast = PlaceBits'(Words - 1);

  logic odd, odd_q;
  logic [OffsetBits-1:0] offset_q;
  logic [PlaceBits-1:0] next;
  logic [8*WordBytes-1:0] even_word, odd_word;
  assign odd = read_word_i[0];
  assign next = (read_word_i == WordLast) ? '0 : read_word_i + 1'b1;
  sa_buffer_bank #(.Words(Places), .Width(8 * WordBytes)) u_even (
    .clk_i, .read_i(read_i & (~odd | next_i)),
    .read_address_i(BankPlaceBits'((odd ? next : read_word_i) >> 1)),
    .write_i(write_i & ~write_word_i[0]), .write_address_i(BankPlaceBits'(write_word_i >> 1)),
    .word_i, .word_o(even_word)
  );
  sa_buffer_bank #(.Words(Places), .Width(8 * WordBytes)) u_odd (
    .clk_i, .read_i(read_i & (odd | next_i)),
    .read_address_i(BankPlaceBits'((odd ? read_word_i : next) >> 1)),
    .write_i(write_i & write_word_i[0]), .write_address_i(BankPlaceBits'(write_word_i >> 1)),
    .word_i, .word_o(odd_word)
  );
  always_ff @(posedge clk_i) begin
    if (read_i) begin
      odd_q <= odd;
      offset_q <= offset_i;
    end
  end

  logic [16*WordBytes-1:0] both;
  assign both = (odd_q ? {even_word, odd_word} : {odd_word, even_word}) >> (8 * 32'(offset_q));
  assign bytes_o = both[8*WordBytes-1:0];
  logic unused_rest;
  assign unused_rest = ^both[16*WordBytes-1:8*WordBytes];
endmodule
