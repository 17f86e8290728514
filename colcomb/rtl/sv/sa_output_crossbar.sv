// From the rows to the banks of the data buffer (cycle-model.md, "Output crossbar"). A row's byte
// waits in its FIFO until the last row's is there; then the word's bytes stand side by side for
// clocks_i clocks (Z), in each of which every bank takes Ports bytes, each of any row, as a line of
// its write descriptors says.
//
// pixel_i comes with the last row's byte of a word that completes an output pixel, and with it the
// first of the word's lines, their number (0: nothing is written) and the offset that is added to
// the descriptors' addresses; last_i with the last word of a tile.
// Latency: 1 clock from pixel_i to bytes_o, and to write_o, address_o and byte_o of the first line,
// which stand behind a multiplexer. done_o and pixel_o, for a clock, say that the tile or pixel is
// written in time for who reads it: max(Z - 3, 0) + 1 clocks behind.
//
// Descriptors are loaded before the first word, a bank's line a clock: for each port, the lowest
// first, address, row, used.
//
// Requires: rows of a word give their bytes one clock after the other, or Together; words Interval
// clocks apart or more; words that complete pixels clocks_i apart or more; no two done_o or pixel_o
// in a clock.
module sa_output_crossbar #(
  parameter int Rows = 32,      // R
  parameter int Columns = 32,   // C, banks
  parameter int Ports = 1,      // b
  parameter int Interval = 8,   // I
  parameter int Lines = 64,     // descriptors of a bank, Ports in a line
  parameter int MaxClocks = 8,  // most of Z
  parameter int AddressBits = 12,
  parameter bit Together = 1'b0,  // all rows of a word give their bytes in the last one's clock
  // Derived.
  parameter int RowBits = (Rows > 1) ? $clog2(Rows) : 1,
  parameter int BankBits = (Columns > 1) ? $clog2(Columns) : 1,
  parameter int LineBits = (Lines > 1) ? $clog2(Lines) : 1,
  parameter int ClockBits = $clog2(MaxClocks + 1),
  parameter int DescriptorBits = AddressBits + RowBits + 1
) (
  input  logic                                 clk_i,
  input  logic                                 rst_ni,
  input  logic [Rows-1:0]                      valid_i,
  input  logic [Rows*8-1:0]                    bytes_i,
  input  logic                                 last_i,
  input  logic                                 pixel_i,
  input  logic [LineBits-1:0]                  line_i,
  input  logic [ClockBits-1:0]                 clocks_i,
  input  logic [AddressBits-1:0]               offset_i,
  input  logic                                 load_i,
  input  logic [BankBits-1:0]                  load_bank_i,
  input  logic [LineBits-1:0]                  load_line_i,
  input  logic [Ports*DescriptorBits-1:0]      load_descriptors_i,
  output logic                                 valid_o,
  output logic [Rows*8-1:0]                    bytes_o,
  output logic [Columns*Ports-1:0]             write_o,
  output logic [Columns*Ports*AddressBits-1:0] address_o,
  output logic [Columns*Ports*8-1:0]           byte_o,
  output logic                                 done_o,
  output logic                                 pixel_o
);
  logic align;
  assign align = pixel_i & (clocks_i != '0);

  for (genvar r = 0; r < Rows; r++) begin : gen_row
    logic has;
    logic [7:0] oldest;
    localparam int Waiting = Together ? 0 : (Rows - 1 - r + Interval - 1) / Interval;
    sa_fifo #(.Depth(Waiting), .Width(8)) u_fifo (
      .clk_i, .rst_ni, .push_i(valid_i[r]), .word_i(bytes_i[r*8+:8]), .pop_i(align), .has_o(has),
      .word_o(oldest)
    );
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) bytes_o[r*8+:8] <= '0;
      else if (align & has) bytes_o[r*8+:8] <= oldest;
    end
  end

  // Lines of the word at hand: the next one, and how many there are.
  logic [LineBits-1:0] line_q, line;
  logic [ClockBits-1:0] left_q;
  logic [AddressBits-1:0] offset_q;
  logic reads;
  assign reads = align | (left_q != '0);
  assign line = align ? line_i : line_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_o <= 1'b0;
      line_q <= '0;
      left_q <= '0;
      offset_q <= '0;
    end else begin
      valid_o <= reads;
      if (reads) begin
        line_q <= line + 1'b1;
        left_q <= (align ? clocks_i : left_q) - 1'b1;
      end
      if (align) offset_q <= offset_i;
    end
  end

  for (genvar c = 0; c < Columns; c++) begin : gen_bank
    logic [Ports*DescriptorBits-1:0] descriptors;
    sa_buffer_bank #(.Words(Lines), .Width(Ports * DescriptorBits)) u_descriptors (
      .clk_i, .read_i(reads), .read_address_i(line),
      .write_i(load_i & (load_bank_i == BankBits'(c))), .write_address_i(load_line_i),
      .word_i(load_descriptors_i), .word_o(descriptors)
    );
    for (genvar p = 0; p < Ports; p++) begin : gen_port
      logic used;
      logic [RowBits-1:0] row;
      logic [AddressBits-1:0] address;
      assign {used, row, address} =
          descriptors[p*DescriptorBits+:DescriptorBits] & {DescriptorBits{valid_o}};
      assign write_o[c*Ports+p] = used;
      assign address_o[(c*Ports+p)*AddressBits+:AddressBits] = address + offset_q;
      assign byte_o[(c*Ports+p)*8+:8] = bytes_o[row*8+:8];
    end
  end

  // What is to be told, and in how many clocks: bit n in n + 1.
  localparam int Waits = (MaxClocks > 3) ? MaxClocks - 2 : 1;
  logic [Waits-1:0] done_q, pixel_q, at;
  if (Waits == 1) begin : gen_next
    assign at = 1'b1;
  end else begin : gen_wait
    assign at = Waits'(1) << ((clocks_i > ClockBits'(3)) ? clocks_i - ClockBits'(3) : '0);
  end
  assign done_o = done_q[0];
  assign pixel_o = pixel_q[0];
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      done_q <= '0;
      pixel_q <= '0;
    end else begin
      done_q <= (done_q >> 1) | (at & {Waits{last_i}});
      pixel_q <= (pixel_q >> 1) | (at & {Waits{pixel_i}});
    end
  end
endmodule
