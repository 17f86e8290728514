// Bank of the output buffer: takes a byte, or a logit's four bytes from any address on, and gives a
// DRAM word. Addresses are of bytes; of a word they are multiples of its size. Byte n is in lane n
// modulo the lanes, each a memory of its own. Latency: 1 clock from read_i to word_o, as
// sa_buffer_bank; bytes that were never written are anything.
module sa_output_bank #(
  parameter int Bytes = 1024,    // from 1
  parameter int WordBytes = 16,  // a power of two
  parameter int AddressBits = 16
) (
  input  logic                   clk_i,
  input  logic                   write_i,
  input  logic                   logit_i,  // four bytes, not one
  input  logic [AddressBits-1:0] write_address_i,
  input  logic [31:0]            value_i,  // the lowest byte goes to the address
  input  logic                   read_i,
  input  logic [AddressBits-1:0] read_address_i,
  output logic [8*WordBytes-1:0] word_o
);
  localparam int Lanes = (WordBytes > 4) ? WordBytes : 4;
  localparam int LaneBits = $clog2(Lanes);
  localparam int Words = (Bytes + Lanes - 1) / Lanes;
  localparam int WordBits = (Words > 1) ? $clog2(Words) : 1;
  localparam int FullBits = (AddressBits > LaneBits) ? AddressBits : LaneBits + 1;

  logic [FullBits-1:0] read_address;
  logic [8*Lanes-1:0] row;
  assign read_address = FullBits'(read_address_i);

  for (genvar j = 0; j < Lanes; j++) begin : gen_lane
    // Which of the value's bytes is the lane's.
    logic [LaneBits-1:0] place;
    logic [FullBits-1:0] address;
    logic takes;
    assign place = LaneBits'(j) - LaneBits'(write_address_i);
    assign address = FullBits'(write_address_i) + FullBits'(place);
    assign takes = write_i & ((place == '0) | (logit_i & (32'(place) < 4)));
    sa_buffer_bank #(.Words(Words), .Width(8)) u_lane (
      .clk_i, .read_i, .read_address_i(WordBits'(read_address >> LaneBits)), .write_i(takes),
      .write_address_i(WordBits'(address >> LaneBits)), .word_i(value_i[8*2'(place)+:8]),
      .word_o(row[j*8+:8])
    );
  end

  if (Lanes == WordBytes) begin : gen_row
    assign word_o = row;
  end else begin : gen_select
    logic [LaneBits-1:0] offset_q;
    always_ff @(posedge clk_i) begin
      if (read_i) offset_q <= LaneBits'(read_address);
    end
    assign word_o = row[offset_q*8+:8*WordBytes];
  end
endmodule
