// Everything behind the array's rows but the ReLU and quantization blocks and the crossbar: a
// word's result token goes with the token of the first row's feeder, waits until the word's
// accumulations are whole, and passes the row buses one after the other, each for as many clocks as
// it has rows.
//
// Latency, from valid_i (the word's token enters the first row's feeder), with T = AccBits
// (parallel: 1): 4 + Columns clocks to fraction_bits_o of the first bus, for its ReLU and
// quantization blocks, whose results come 1 + T clocks later, and the buses' outputs with them
// (sa_result_bus); 4 + Columns + T + Rows to the crossbar's token of a word without poolings
// (sa_crossbar_token). Bus b is Interval * b clocks behind bus 0.
//
// A result token is, from the highest bit down, as docs/reference/rtl-machine.md lists its fields.
// Bus b has rows Interval * b on; of its ports, bit, address and value b are its bank's.
//
// A row's fraction bits are the word's and the exponent of the row's scale (ExponentBits; 0: rows
// have none), of which each bus has a memory: a bus has one row's start in a clock.
//
// Requires: words Interval clocks apart or more; descriptors are loaded before the first word.
module sa_result_side #(
  parameter int Rows = 32,
  parameter int Columns = 32,
  parameter int Kind = sa_pkg::KindMultiplexed,
  parameter int AccBits = 32,
  parameter int TileRowBits = 6,  // of a tile's rows
  parameter int RowTiles = 16,
  parameter int AddressBits = 16,
  parameter int WriteLineBits = 6,   // of a line of the crossbar's descriptors
  parameter int WriteClockBits = 4,  // of Z
  parameter int Entries = 32,  // accumulators of global pooling of a bus
  parameter int SumBits = 24,  // of one
  parameter int PixelBits = 17,
  parameter int Windows = 4,
  parameter int ColumnBits = 8,
  parameter int KernelBits = 4,
  parameter int Tables = 0,  // activation tables
  parameter int ExponentBits = 0,
  parameter bit HasWindows = 1'b1,
  parameter bit HasPooling = 1'b1,
  // Derived.
  parameter int Interval = (Kind == sa_pkg::KindParallel) ? 1 :
                           (Kind == sa_pkg::KindBalanced) ? AccBits : 8,
  parameter int Buses = (Rows + Interval - 1) / Interval,
  parameter int RowBits = (Rows > 1) ? $clog2(Rows) : 1,
  parameter int TileBits = (RowTiles > 1) ? $clog2(RowTiles) : 1,
  parameter int EntryBits = (Entries > 1) ? $clog2(Entries) : 1,
  parameter int TableBits = $clog2(Tables + 1),
  parameter int TableAddressBits = (Tables > 1) ? $clog2(256 * Tables) : 8,
  parameter int TokenBits = 19 + TileRowBits + TableBits + 5 + 7 * AddressBits + WriteLineBits +
      WriteClockBits + TileBits + EntryBits + PixelBits + 6 * Windows + 2 * ColumnBits +
      2 * KernelBits,
  parameter int ExponentWires = (ExponentBits > 0) ? ExponentBits : 1,
  parameter int CrossbarBits = 2 + WriteLineBits + WriteClockBits + AddressBits
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         valid_i,
  input  logic [TokenBits-1:0]         token_i,
  // The rows' ReLU and quantization blocks.
  output logic [Buses*5-1:0]           fraction_bits_o,
  input  logic [Rows-1:0]              result_i,
  input  logic [Rows*AccBits-1:0]      acc_i,
  input  logic [Rows*8-1:0]            byte_i,
  input  logic [Rows-1:0]              whole_i,
  input  logic [Rows*8-1:0]            byte_next_i,
  // Activation tables of all buses.
  input  logic                         load_table_i,
  input  logic [TableAddressBits-1:0]  load_table_address_i,
  input  logic [7:0]                   load_table_byte_i,
  // Rows' planes in the residual buffer, and exponents.
  input  logic                         load_i,
  input  logic [RowBits-1:0]           load_row_i,
  input  logic [TileBits-1:0]          load_tile_i,
  input  logic [AddressBits-1:0]       load_keep_i,
  input  logic [ExponentWires-1:0]     load_exponent_i,
  // Banks.
  output logic [Buses-1:0]             write_partial_o,
  output logic [Buses*AddressBits-1:0] partial_address_o,
  output logic [Buses*AccBits-1:0]     partial_o,
  output logic [Buses-1:0]             write_residual_o,
  output logic [Buses*AddressBits-1:0] residual_address_o,
  output logic [Buses-1:0]             write_output_o,
  output logic [Buses-1:0]             output_logit_o,
  output logic [Buses*AddressBits-1:0] output_address_o,
  output logic [Buses*32-1:0]          output_o,
  output logic [Buses-1:0]             read_line_o,
  output logic [Buses*AddressBits-1:0] read_line_address_o,
  input  logic [Buses*Windows*24-1:0]  line_i,
  output logic [Buses-1:0]             write_line_o,
  output logic [Buses*AddressBits-1:0] write_line_address_o,
  output logic [Buses*Windows*24-1:0]  line_o,
  // Crossbar: a row's byte, and the token {last of the tile, pixel, line, clocks, offset}.
  output logic [Rows-1:0]              byte_valid_o,
  output logic [Rows*8-1:0]            byte_o,
  output logic                         crossbar_valid_o,
  output logic [CrossbarBits-1:0]      crossbar_token_o
);
  localparam int WordClocks = (Kind == sa_pkg::KindParallel) ? 1 : AccBits;  // T
  localparam int PoolingBits = 2 + PixelBits + 4;
  localparam int WindowBits = 2 + 6 * Windows + 2 * ColumnBits + AddressBits + 2 * KernelBits;
  localparam int WriterBits =
      TileRowBits + TileBits + 5 * AddressBits + 8 + EntryBits + PoolingBits + WindowBits;
  localparam int BusBits = TableBits + WriterBits;
  // {row tile, where rows have exponents; fraction bits}
  localparam int FractionBits = ((ExponentBits > 0) ? TileBits : 0) + 5;

  logic unused_first, tile_last, whole, completes, to_data, to_pooling, to_residual, to_output;
  logic classifier, to_windows, mean_windows, crossbar_pixel, pool_first, pool_last, in_map;
  logic [TileRowBits-1:0] rows;
  logic [TableBits+4:0] quantizer;  // {table, fraction bits}
  logic [AddressBits-1:0] partial_words, word, data_offset, keep_offset, output_base;
  logic [AddressBits-1:0] output_row_bytes, window_entry;
  logic [WriteLineBits-1:0] write_line;
  logic [WriteClockBits-1:0] write_clocks;
  logic [TileBits-1:0] row_tile;
  logic [EntryBits-1:0] pool_entry;
  logic [PixelBits-1:0] pool_pixels;
  logic [3:0] pool_fraction_bits;
  logic [6*Windows-1:0] slots;
  logic [ColumnBits-1:0] column, out_width;
  logic [KernelBits-1:0] divisor_height, divisor_width;
  assign {unused_first, tile_last, whole, rows, quantizer, partial_words, word, completes,
          to_data, to_pooling, to_residual, to_output, classifier, to_windows, mean_windows,
          crossbar_pixel, write_line, write_clocks, data_offset, row_tile, keep_offset, output_base,
          output_row_bytes, pool_entry, pool_first, pool_last, pool_pixels, pool_fraction_bits,
          window_entry, in_map, slots, column, out_width, divisor_height, divisor_width} = token_i;

  // To the clock in front of bus 0: fraction bits, and what the buses need.
  logic start, whole_next;
  logic [FractionBits-1:0] next_fraction_bits, start_fraction_bits;
  logic [WriterBits-1:0] writer_token;
  logic [BusBits-1:0] next_token, bus_token;
  assign writer_token = {
    whole, rows, completes, partial_words, word, to_data, to_pooling, to_residual, to_output,
    classifier, to_windows, row_tile, keep_offset, output_base, output_row_bytes, pool_entry,
    pool_first, pool_last, pool_pixels, pool_fraction_bits, mean_windows, in_map, slots, column,
    window_entry, out_width, divisor_height, divisor_width
  };
  if (Tables > 0) begin : gen_table
    assign next_token = {quantizer[5+:TableBits], writer_token};
  end else begin : gen_no_table
    assign next_token = writer_token;
  end
  if (ExponentBits > 0) begin : gen_fraction_tile
    assign next_fraction_bits = {row_tile, quantizer[4:0]};
  end else begin : gen_fraction
    assign next_fraction_bits = quantizer[4:0];
  end
  sa_token_delay #(
    .Clocks(3 + Columns), .Interval(Interval), .Width(FractionBits)
  ) u_fraction_bits (
    .clk_i, .rst_ni, .valid_i, .token_i(next_fraction_bits), .valid_o(start),
    .token_o(start_fraction_bits)
  );
  sa_token_delay #(
    .Clocks(3 + Columns + WordClocks), .Interval(Interval), .Width(BusBits)
  ) u_tokens (
    .clk_i, .rst_ni, .valid_i, .token_i(next_token), .valid_o(whole_next), .token_o(bus_token)
  );
  sa_crossbar_token #(
    .Clocks(4 + Columns + WordClocks + Rows), .Interval(Interval), .Width(CrossbarBits)
  ) u_crossbar (
    .clk_i, .rst_ni, .valid_i, .windows_i(to_windows), .means_i(mean_windows),
    .global_i(to_pooling),
    .token_i({tile_last, crossbar_pixel, write_line, write_clocks, data_offset}),
    .valid_o(crossbar_valid_o), .token_o(crossbar_token_o)
  );

  // Entry b is what enters bus b.
  logic [Buses:0] starts, wholes;
  logic [(Buses+1)*FractionBits-1:0] fractions;
  logic [(Buses+1)*BusBits-1:0] tokens;
  assign starts[0] = start;
  assign wholes[0] = whole_next;
  assign fractions[FractionBits-1:0] = start_fraction_bits;
  assign tokens[BusBits-1:0] = bus_token;
  logic unused_ends;
  assign unused_ends = starts[Buses] & wholes[Buses];

  for (genvar b = 0; b < Buses; b++) begin : gen_bus
    localparam int First = b * Interval;
    localparam int Count = (Rows - First < Interval) ? Rows - First : Interval;
    localparam int PlaceBits = (Count > 1) ? $clog2(Count) : 1;
    localparam int KeepBits = TileBits + ((Count > 1) ? PlaceBits : 0);

    logic begins, valid;
    logic [PlaceBits-1:0] begin_row, row;
    logic [FractionBits-1:0] entering, begun;  // of the word before row 0, and while rows begin
    assign entering = fractions[b*FractionBits+:FractionBits];
    assign begun = fractions[(b+1)*FractionBits+:FractionBits];
    sa_bus_token #(.Rows(Count), .Width(FractionBits)) u_fraction_bits (
      .clk_i, .rst_ni, .valid_i(starts[b]), .token_i(entering), .valid_o(begins),
      .row_o(begin_row), .token_o(fractions[(b+1)*FractionBits+:FractionBits]),
      .next_o(starts[b+1])
    );
    sa_bus_token #(.Rows(Count), .Width(BusBits)) u_token (
      .clk_i, .rst_ni, .valid_i(wholes[b]), .token_i(tokens[b*BusBits+:BusBits]), .valid_o(valid),
      .row_o(row), .token_o(tokens[(b+1)*BusBits+:BusBits]), .next_o(wholes[b+1])
    );

    logic load;
    logic [KeepBits-1:0] load_address;
    logic [Count-1:0] load_rows;
    for (genvar r = 0; r < Count; r++) begin : gen_load
      assign load_rows[r] = (load_row_i == RowBits'(First + r));
    end
    assign load = load_i & |load_rows;
    if (Count > 1) begin : gen_places
      assign load_address = {load_tile_i, PlaceBits'(load_row_i - RowBits'(First))};
    end else begin : gen_place
      assign load_address = load_tile_i;
    end

    if (ExponentBits > 0) begin : gen_exponents
      // Read a clock before the row begins.
      localparam int Exponents = (Count > 1) ? RowTiles << PlaceBits : RowTiles;
      localparam int ExponentAddressBits = (Exponents > 1) ? $clog2(Exponents) : 1;
      logic [PlaceBits-1:0] next_row;
      logic [TileBits-1:0] next_tile;
      logic [KeepBits-1:0] read_address;
      logic [ExponentBits-1:0] exponent;
      assign next_row = starts[b] ? '0 : begin_row + 1'b1;
      assign next_tile = starts[b] ? entering[5+:TileBits] : begun[5+:TileBits];
      if (Count > 1) begin : gen_places
        assign read_address = {next_tile, next_row};
      end else begin : gen_place
        logic unused_next_row;
        assign unused_next_row = ^next_row;
        assign read_address = next_tile;
      end
      // Of a single row tile there is no number.
      logic unused_tile;
      assign unused_tile = read_address[KeepBits-1] ^ load_address[KeepBits-1];
      sa_buffer_bank #(.Words(Exponents), .Width(ExponentBits)) u_exponents (
        .clk_i, .read_i(starts[b] | (begins & ~starts[b+1])),
        .read_address_i(ExponentAddressBits'(read_address)), .write_i(load),
        .write_address_i(ExponentAddressBits'(load_address)), .word_i(load_exponent_i),
        .word_o(exponent)
      );
      assign fraction_bits_o[b*5+:5] = begun[4:0] + 5'(exponent);
    end else begin : gen_no_exponents
      logic unused_begin;
      assign unused_begin = ^{begins, begin_row, load_exponent_i};
      assign fraction_bits_o[b*5+:5] = begun[4:0];
    end

    logic byte_valid, mean_valid;
    logic [PlaceBits-1:0] byte_row, mean_row;
    logic [7:0] row_byte, mean;
    sa_result_bus #(
      .FirstRow(First), .Rows(Count), .AccBits(AccBits), .TileRowBits(TileRowBits),
      .RowTiles(RowTiles), .AddressBits(AddressBits), .Entries(Entries), .SumBits(SumBits),
      .PixelBits(PixelBits), .Windows(Windows), .ColumnBits(ColumnBits), .KernelBits(KernelBits),
      .Tables(Tables), .HasWindows(HasWindows), .HasPooling(HasPooling)
    ) u_bus (
      .clk_i, .rst_ni, .valid_i(valid), .row_i(row), .token_i(tokens[(b+1)*BusBits+:BusBits]),
      .result_i(result_i[First+:Count]), .acc_i(acc_i[First*AccBits+:Count*AccBits]),
      .byte_i(byte_i[First*8+:Count*8]), .whole_i(whole_i[First+:Count]),
      .byte_next_i(byte_next_i[First*8+:Count*8]), .load_table_i, .load_table_address_i,
      .load_table_byte_i, .load_i(load), .load_address_i(load_address),
      .load_keep_i, .write_partial_o(write_partial_o[b]),
      .partial_address_o(partial_address_o[b*AddressBits+:AddressBits]),
      .partial_o(partial_o[b*AccBits+:AccBits]), .write_residual_o(write_residual_o[b]),
      .residual_address_o(residual_address_o[b*AddressBits+:AddressBits]),
      .write_output_o(write_output_o[b]), .output_logit_o(output_logit_o[b]),
      .output_address_o(output_address_o[b*AddressBits+:AddressBits]),
      .output_o(output_o[b*32+:32]), .read_line_o(read_line_o[b]),
      .read_line_address_o(read_line_address_o[b*AddressBits+:AddressBits]),
      .line_i(line_i[b*Windows*24+:Windows*24]), .write_line_o(write_line_o[b]),
      .write_line_address_o(write_line_address_o[b*AddressBits+:AddressBits]),
      .line_o(line_o[b*Windows*24+:Windows*24]), .byte_valid_o(byte_valid), .byte_row_o(byte_row),
      .byte_o(row_byte), .mean_valid_o(mean_valid), .mean_row_o(mean_row), .mean_o(mean)
    );

    for (genvar r = 0; r < Count; r++) begin : gen_row
      logic gives_byte, gives_mean;
      assign gives_byte = byte_valid & (byte_row == PlaceBits'(r));
      assign gives_mean = mean_valid & (mean_row == PlaceBits'(r));
      assign byte_valid_o[First+r] = gives_byte | gives_mean;
      assign byte_o[(First+r)*8+:8] = gives_mean ? mean : row_byte;
    end
  end
endmodule
