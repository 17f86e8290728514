// Weight buffer: takes a DRAM word at a time and gives a line of weights, the bits of all columns
// for one weight-load cycle. Addresses are of bytes. A line lies in one DRAM word, at a multiple of
// its size, a power of two; or it is whole DRAM words, from any one on. Words are dealt in turn to
// as many banks as the longest line has words, so that those of a line are read together, and the
// line is turned back behind them. Latency: 1 clock from read_i to line_o; bits behind the line's
// are anything.
//
// Requires: what sa_buffer_bank does, of the line's words.
module sa_weight_buffer #(
  parameter int Bytes = 4096,    // from 1
  parameter int WordBytes = 16,  // of a DRAM word, a power of two
  parameter int LineBits = 256,  // of all columns
  parameter int AddressBits = 16
) (
  input  logic                   clk_i,
  input  logic                   write_i,
  input  logic [AddressBits-1:0] write_address_i,
  input  logic [8*WordBytes-1:0] word_i,
  input  logic                   read_i,
  input  logic [AddressBits-1:0] read_address_i,
  output logic [LineBits-1:0]    line_o
);
  localparam int WordBits = 8 * WordBytes;
  localparam int LineWords = (LineBits + WordBits - 1) / WordBits;
  localparam int TurnBits = $clog2(LineWords);
  localparam int Banks = 1 << TurnBits;
  localparam int Words = (Bytes > WordBytes) ? Bytes / WordBytes : 1;
  localparam int Places = (Words + Banks - 1) / Banks;
  localparam int PlaceBits = (Places > 1) ? $clog2(Places) : 1;
  localparam int OffsetBits = $clog2(WordBytes);

  logic [Banks*WordBits-1:0] words;
  logic [LineWords*WordBits-1:0] line;
  if (Banks == 1) begin : gen_bank
    sa_buffer_bank #(.Words(Places), .Width(WordBits)) u_bank (
      .clk_i, .read_i, .read_address_i(PlaceBits'(read_address_i >> OffsetBits)), .write_i,
      .write_address_i(PlaceBits'(write_address_i >> OffsetBits)), .word_i, .word_o(words)
    );
    assign line = words;
  end else begin : gen_banks
    // The line's first word has the lowest bits of its address as its bank.
    logic [TurnBits-1:0] turn_q;
    logic [AddressBits-1:0] first;
    assign first = read_address_i >> OffsetBits;
    always_ff @(posedge clk_i) begin
      if (read_i) turn_q <= TurnBits'(read_address_i >> OffsetBits);
    end
    for (genvar b = 0; b < Banks; b++) begin : gen_bank
      sa_buffer_bank #(.Words(Places), .Width(WordBits)) u_bank (
        .clk_i, .read_i,
        .read_address_i(PlaceBits'((first + AddressBits'(Banks - 1 - b)) >> TurnBits)),
        .write_i(write_i & (TurnBits'(write_address_i >> OffsetBits) == TurnBits'(b))),
        .write_address_i(PlaceBits'(write_address_i >> (OffsetBits + TurnBits))), .word_i,
        .word_o(words[b*WordBits+:WordBits])
      );
    end
    for (genvar i = 0; i < LineWords; i++) begin : gen_turn
      logic [TurnBits-1:0] bank;
      assign bank = TurnBits'(i) + turn_q;
      assign line[i*WordBits+:WordBits] = words[bank*WordBits+:WordBits];
    end
  end

  // A line within a word.
  logic [WordBits-1:0] low;
  if (WordBytes == 1) begin : gen_byte
    assign low = line[WordBits-1:0];
  end else begin : gen_within
    logic [OffsetBits-1:0] offset_q;
    always_ff @(posedge clk_i) begin
      if (read_i) offset_q <= OffsetBits'(read_address_i);
    end
    assign low = line[WordBits-1:0] >> (8 * offset_q);
  end
  logic [LineWords*WordBits-1:0] shifted;
  if (LineWords == 1) begin : gen_word
    assign shifted = low;
  end else begin : gen_words
    assign shifted = {line[LineWords*WordBits-1:WordBits], low};
  end
  assign line_o = shifted[LineBits-1:0];
  if (LineBits < LineWords * WordBits) begin : gen_rest
    logic unused_rest;
    assign unused_rest = ^shifted[LineWords*WordBits-1:LineBits];
  end
endmodule
