// A memory in place of DRAM: words of Bytes bytes, the latency that the machine wants, and bytes
// written by mask. Block RAM in an FPGA.
//
// Latency: the word at read_address_i with read_i is on word_o with valid_o Latency clocks later,
// as the memory holds it then, and word_o keeps it until the next one. write_i writes the bytes of
// word_i that mask_i names; a read sees it if it was asked for 2 clocks before at most, or later.
// Addresses are of bytes; the lowest bits, within a word, say nothing. Latency is at least 4.
module sa_external_memory #(
  parameter int Words = 1024,
  parameter int Bytes = 16,       // a power of two
  parameter int Latency = 32,     // from 4
  parameter int AddressBits = 24  // of a byte's address
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   read_i,
  input  logic [AddressBits-1:0] read_address_i,
  output logic                   valid_o,
  output logic [Bytes*8-1:0]     word_o,
  input  logic                   write_i,
  input  logic [AddressBits-1:0] write_address_i,
  input  logic [Bytes-1:0]       mask_i,
  input  logic [Bytes*8-1:0]     word_i
);
`ifndef __ICARUS__  // Icarus 11 has no elaboration tasks
  if (Latency < 4 || AddressBits < WordBits + Shift) begin : gen_check
    $error("sa_external_memory: Latency must be at least 4, and addresses hold all bytes");
  end
`endif
  localparam int Shift = $clog2(Bytes);
  localparam int WordBits = (Words > 1) ? $clog2(Words) : 1;

  logic read;
  logic [WordBits-1:0] read_word, write_word, asked;
  assign asked = WordBits'(read_address_i >> Shift);
  assign write_word = WordBits'(write_address_i >> Shift);
  logic unused_address;
  assign unused_address = ^{read_address_i, write_address_i};

  sa_delay #(.Clocks(Latency - 1), .Width(1)) u_read (
    .clk_i, .rst_ni, .d_i(read_i), .q_o(read)
  );
  sa_delay #(.Clocks(Latency - 1), .Width(WordBits)) u_address (
    .clk_i, .rst_ni, .d_i(asked), .q_o(read_word)
  );
  for (genvar b = 0; b < Bytes; b++) begin : gen_byte
    sa_buffer_bank #(.Words(Words), .Width(8)) u_bank (
      .clk_i, .read_i(read), .read_address_i(read_word), .write_i(write_i & mask_i[b]),
      .write_address_i(write_word), .word_i(word_i[b*8+:8]), .word_o(word_o[b*8+:8])
    );
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid_o <= 1'b0;
    else valid_o <= read;
  end
endmodule
