// Bank of the input buffer or of the residual input buffer: takes a DRAM word at a time and gives a
// byte to each read port. All addresses are of bytes; of a word they are multiples of its size.
// Latency: 1 clock from read_i to byte_o, as sa_buffer_bank.
//
// Each port reads a copy of its own: Ports block RAMs for one in an FPGA.
//
// Requires: what sa_buffer_bank does, of the words.
module sa_input_bank #(
  parameter int Bytes = 1024,    // from 1
  parameter int WordBytes = 16,  // a power of two
  parameter int Ports = 1,
  parameter int AddressBits = 16
) (
  input  logic                         clk_i,
  input  logic                         write_i,
  input  logic [AddressBits-1:0]       write_address_i,
  input  logic [8*WordBytes-1:0]       word_i,
  input  logic [Ports-1:0]             read_i,
  input  logic [Ports*AddressBits-1:0] read_address_i,
  output logic [Ports*8-1:0]           byte_o
);
  localparam int Words = (Bytes > WordBytes) ? Bytes / WordBytes : 1;
  localparam int OffsetBits = $clog2(WordBytes);
  localparam int WordAddressBits = (Words > 1) ? $clog2(Words) : 1;

  for (genvar p = 0; p < Ports; p++) begin : gen_port
    logic [AddressBits-1:0] address;
    logic [8*WordBytes-1:0] word;
    assign address = read_address_i[p*AddressBits+:AddressBits];
    sa_buffer_bank #(.Words(Words), .Width(8 * WordBytes)) u_copy (
      .clk_i, .read_i(read_i[p]), .read_address_i(WordAddressBits'(address >> OffsetBits)),
      .write_i, .write_address_i(WordAddressBits'(write_address_i >> OffsetBits)), .word_i,
      .word_o(word)
    );
    if (WordBytes == 1) begin : gen_byte
      assign byte_o[p*8+:8] = word;
    end else begin : gen_select
      logic [OffsetBits-1:0] offset_q;
      always_ff @(posedge clk_i) begin
        if (read_i[p]) offset_q <= OffsetBits'(address);
      end
      assign byte_o[p*8+:8] = word[offset_q*8+:8];
    end
  end
endmodule
