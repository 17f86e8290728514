// Column feeder with its holding registers and serializers (cycle-model.md, "Column feeder"): for
// every input word it reads the bytes of the column's data lines from its bank, Ports a clock, and
// gives them to the lines together.
//
// A word's token goes on to the next column one clock later. Latency, from valid_i, with Q the
// clocks in which a word is read, k = 0 .. Q - 1: 2 + k to the bank's reads, whose bytes are taken
// a clock later; Q + 2 to swap_o of a tile's first word; Q + 3 to start_o and the first bits on
// data_o (parallel: to the bytes, 0 in other clocks).
//
// A token is, from the highest bit down: offset, in a plane, of the pixel (y, x), with slot and
// block; height and width of the map; y and x, at stride; Q; the tile's first line of descriptors;
// whether the input buffer is read and not the data buffer; whether it is the tile's first word. A
// line of descriptors has one for each port, the lowest first: whether it is used, padding value,
// dx, dy, place; it reads pixel (y + dy, x + dx), whose address is place + offset: place is the
// address of its channel's plane + dy * width + dx. Unused ones have padding 0. With a ring the
// token's offset is the pixel's place in it, and a descriptor has dy * width + dx modulo Ring in
// front of place, which is the address of the plane.
//
// Requires: words Q clocks apart, and their start_o as far apart as the array requires it; Q from 1
// to Alpha / Ports, rounded up; descriptors are loaded before the first word.
module sa_column_feeder #(
  parameter int Kind = sa_pkg::KindMultiplexed,
  parameter int Alpha = 8,
  parameter int Ports = 1,       // b, at most Alpha
  parameter int Lines = 64,      // of descriptors
  parameter int AddressBits = 16,
  parameter int CoordBits = 16,  // of y, x, dy, dx, height and width, signed
  parameter int Ring = 0,  // pixels of a plane that is a ring; 0: planes are whole maps
  // Derived.
  parameter int ClockBits = $clog2((Alpha + Ports - 1) / Ports + 1),
  parameter int LineBits = (Lines > 1) ? $clog2(Lines) : 1,
  parameter int TokenBits = AddressBits + 4 * CoordBits + ClockBits + LineBits + 2,
  parameter int DescriptorBits = 1 + 8 + 2 * CoordBits + ((Ring > 0) ? 2 : 1) * AddressBits,
  parameter int DataWires = (Kind == sa_pkg::KindParallel) ? 8 * Alpha : Alpha
) (
  input  logic                            clk_i,
  input  logic                            rst_ni,
  input  logic                            valid_i,
  input  logic [TokenBits-1:0]            token_i,
  output logic                            valid_o,
  output logic [TokenBits-1:0]            token_o,
  input  logic                            load_i,
  input  logic [LineBits-1:0]             load_line_i,
  input  logic [Ports*DescriptorBits-1:0] load_descriptors_i,
  // Banks of the column.
  output logic [Ports-1:0]                read_data_o,
  output logic [Ports-1:0]                read_input_o,
  output logic [Ports*AddressBits-1:0]    address_o,
  input  logic [Ports*8-1:0]              data_i,
  input  logic [Ports*8-1:0]              input_i,
  // South edge of the array.
  output logic                            swap_o,
  output logic                            start_o,
  output logic [DataWires-1:0]            data_o
);
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_o <= 1'b0;
      token_o <= '0;
    end else begin
      valid_o <= valid_i;
      if (valid_i) token_o <= token_i;
    end
  end

  // The word's groups of lines, one a clock: their descriptors.
  logic [ClockBits-1:0] clocks_in, left_q, group_q;
  logic [LineBits-1:0] line_in, line, next_line_q;
  logic reads, described_q, described_last_q;
  logic [Ports*DescriptorBits-1:0] descriptors;
  assign line_in = token_i[2+:LineBits];
  assign clocks_in = token_i[2+LineBits+:ClockBits];
  assign reads = valid_i | (left_q != '0);
  assign line = valid_i ? line_in : next_line_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      left_q <= '0;
      group_q <= '0;
      next_line_q <= '0;
      described_q <= 1'b0;
      described_last_q <= 1'b0;
    end else begin
      described_q <= reads;
      described_last_q <= reads & ((valid_i ? clocks_in : left_q) == ClockBits'(1));
      if (reads) begin
        left_q <= (valid_i ? clocks_in : left_q) - 1'b1;
        group_q <= valid_i ? '0 : group_q + 1'b1;
        next_line_q <= line + 1'b1;
      end
    end
  end

  sa_buffer_bank #(.Words(Lines), .Width(Ports * DescriptorBits)) u_descriptors (
    .clk_i, .read_i(reads), .read_address_i(line), .write_i(load_i), .write_address_i(load_line_i),
    .word_i(load_descriptors_i), .word_o(descriptors)
  );

  // From descriptors to addresses.
  logic [AddressBits-1:0] offset;
  logic signed [CoordBits-1:0] height, width, x, y;
  logic [ClockBits-1:0] unused_clocks;
  logic [LineBits-1:0] unused_line;
  logic from_input, first;
  assign {offset, height, width, y, x, unused_clocks, unused_line, from_input, first} = token_o;

  logic [Ports*8-1:0] padding, padding_q, there_padding_q, bytes;
  logic [Ports-1:0] read, there_read_q;
  logic [Ports*AddressBits-1:0] address;
  for (genvar p = 0; p < Ports; p++) begin : gen_port
    logic used;
    logic signed [CoordBits-1:0] dx, dy;
    logic signed [CoordBits:0] at_x, at_y;
    logic [AddressBits-1:0] place;
    if (Ring > 0) begin : gen_ring
      logic [AddressBits-1:0] step, in_plane;
      assign {used, padding[p*8+:8], dx, dy, step, place} =
          descriptors[p*DescriptorBits+:DescriptorBits];
      sa_ring_step #(.Ring(Ring), .Bits(AddressBits)) u_step (
        .place_i(offset), .step_i(step), .place_o(in_plane)
      );
      assign address[p*AddressBits+:AddressBits] = place + in_plane;
    end else begin : gen_map
      assign {used, padding[p*8+:8], dx, dy, place} =
          descriptors[p*DescriptorBits+:DescriptorBits];
      assign address[p*AddressBits+:AddressBits] = place + offset;
    end
    assign at_x = (CoordBits + 1)'(x) + (CoordBits + 1)'(dx);
    assign at_y = (CoordBits + 1)'(y) + (CoordBits + 1)'(dy);
    assign read[p] = used & ~at_y[CoordBits] & ~at_x[CoordBits] &
                     (at_y < (CoordBits + 1)'(height)) & (at_x < (CoordBits + 1)'(width));
    assign bytes[p*8+:8] = !there_read_q[p] ? there_padding_q[p*8+:8] :
                           there_from_input_q ? input_i[p*8+:8] : data_i[p*8+:8];
  end

  logic read_q, last_q, first_q, from_input_q, there_q, there_last_q, there_from_input_q;
  logic [ClockBits-1:0] read_group_q, there_group_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      read_q <= 1'b0;
      last_q <= 1'b0;
      first_q <= 1'b0;
      from_input_q <= 1'b0;
      read_group_q <= '0;
      read_data_o <= '0;
      read_input_o <= '0;
      address_o <= '0;
      padding_q <= '0;
    end else begin
      read_q <= described_q;
      last_q <= described_last_q;
      read_data_o <= read & {Ports{described_q & ~from_input}};
      read_input_o <= read & {Ports{described_q & from_input}};
      if (described_q) begin
        first_q <= first;
        from_input_q <= from_input;
        read_group_q <= group_q;
        address_o <= address;
        padding_q <= padding;
      end
    end
  end

  // The bytes are there.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      there_q <= 1'b0;
      there_last_q <= 1'b0;
      there_from_input_q <= 1'b0;
      there_group_q <= '0;
      there_read_q <= '0;
      there_padding_q <= '0;
      swap_o <= 1'b0;
    end else begin
      there_q <= read_q;
      there_last_q <= last_q;
      swap_o <= last_q & first_q;
      if (read_q) begin
        there_from_input_q <= from_input_q;
        there_group_q <= read_group_q;
        there_read_q <= read_data_o | read_input_o;
        there_padding_q <= padding_q;
      end
    end
  end

  // The last group of a word passes by the holding registers; the groups behind it carry 0.
  logic [Alpha*8-1:0] word;
  for (genvar l = 0; l < Alpha; l++) begin : gen_line
    localparam logic [ClockBits-1:0] Group = ClockBits'(l / Ports);
    logic [7:0] held_q;
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) held_q <= '0;
      else if (there_q & (there_group_q == Group)) held_q <= bytes[(l%Ports)*8+:8];
    end
    assign word[l*8+:8] = (there_group_q == Group) ? bytes[(l%Ports)*8+:8] :
                          (there_group_q > Group) ? held_q : 8'd0;
  end

  if (Kind == sa_pkg::KindParallel) begin : gen_parallel
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        start_o <= 1'b0;
        data_o <= '0;
      end else begin
        start_o <= there_last_q;
        data_o <= word & {DataWires{there_last_q}};
      end
    end
  end else begin : gen_serial
    sa_serializer #(.Lines(Alpha)) u_serializer (
      .clk_i, .rst_ni, .load_i(there_last_q), .bytes_i(word), .start_o, .data_o
    );
  end
endmodule
