// The row bus behind the ReLU and quantization blocks of its rows (cycle-model.md, "ReLU and
// quantization block"): what the bus's banks of partial-sum, residual and output buffer take, its
// pooling windows and its global pooling, and the bytes for the crossbar.
//
// Latency: 1 clock from valid_i to the writes of a row's result, which is on acc_i and byte_i then
// (result_i has the row's bit); sa_window_unit's with windows; 18 more to mean_valid_o. Byte and
// mean for the crossbar come with the row of the bus. A layer with an activation table has an entry
// of it in place of byte_i, found by whole_i and byte_next_i the clock before: sa_activation_table.
//
// token_i is {number of the layer's table, sa_row_writer's token}. Of the latter the bits of
// pooling are, from the highest bit down: whether the image's first pixel, its last; pixels of the
// map; fraction bits of the mean. The bits of windows: whether means; whether the pixel is in the
// map; x_holds, x_begins, x_ends, y_holds, y_begins, y_ends; the window that ends along the row;
// the line buffer's word of row 0; windows along a row of the map; the factors of the divisor.
//
// Requires: what sa_row_writer, sa_window_unit and sa_pooling_unit do; results of rows and of
// windows not in one clock.
module sa_result_bus #(
  parameter int FirstRow = 0,  // of the bus, in the array
  parameter int Rows = 8,      // of the bus
  parameter int AccBits = 32,
  parameter int TileRowBits = 6,
  parameter int RowTiles = 16,
  parameter int AddressBits = 16,
  parameter int Entries = 32,  // accumulators of global pooling
  parameter int SumBits = 24,  // of one
  parameter int PixelBits = 17,
  parameter int Windows = 4,
  parameter int ColumnBits = 8,
  parameter int KernelBits = 4,
  parameter int Tables = 0,  // activation tables
  parameter bit HasWindows = 1'b1,  // whether any layer has pooling windows
  parameter bit HasPooling = 1'b1,  // or global pooling
  // Derived.
  parameter int RowBits = (Rows > 1) ? $clog2(Rows) : 1,
  parameter int TileBits = (RowTiles > 1) ? $clog2(RowTiles) : 1,
  parameter int KeepBits = TileBits + ((Rows > 1) ? RowBits : 0),
  parameter int EntryBits = (Entries > 1) ? $clog2(Entries) : 1,
  parameter int PoolingBits = 2 + PixelBits + 4,
  parameter int WindowBits = 2 + 6 * Windows + 2 * ColumnBits + AddressBits + 2 * KernelBits,
  parameter int WriterBits =
      TileRowBits + TileBits + 5 * AddressBits + 8 + EntryBits + PoolingBits + WindowBits,
  parameter int TableBits = $clog2(Tables + 1),
  parameter int TableAddressBits = (Tables > 1) ? $clog2(256 * Tables) : 8,
  parameter int TokenBits = TableBits + WriterBits
) (
  input  logic                        clk_i,
  input  logic                        rst_ni,
  input  logic                        valid_i,
  input  logic [RowBits-1:0]          row_i,
  input  logic [TokenBits-1:0]        token_i,
  // The rows' ReLU and quantization blocks.
  input  logic [Rows-1:0]             result_i,
  input  logic [Rows*AccBits-1:0]     acc_i,
  input  logic [Rows*8-1:0]           byte_i,
  input  logic [Rows-1:0]             whole_i,
  input  logic [Rows*8-1:0]           byte_next_i,
  // Activation tables.
  input  logic                        load_table_i,
  input  logic [TableAddressBits-1:0] load_table_address_i,
  input  logic [7:0]                  load_table_byte_i,
  // Planes' addresses in the residual buffer.
  input  logic                        load_i,
  input  logic [KeepBits-1:0]         load_address_i,
  input  logic [AddressBits-1:0]      load_keep_i,
  // Banks of the bus.
  output logic                        write_partial_o,
  output logic [AddressBits-1:0]      partial_address_o,  // of accumulations
  output logic [AccBits-1:0]          partial_o,
  output logic                        write_residual_o,
  output logic [AddressBits-1:0]      residual_address_o,
  output logic                        write_output_o,
  output logic                        output_logit_o,  // four bytes, not one
  output logic [AddressBits-1:0]      output_address_o,
  output logic [31:0]                 output_o,  // residual buffer: the lowest byte
  output logic                        read_line_o,
  output logic [AddressBits-1:0]      read_line_address_o,  // of words
  input  logic [Windows*24-1:0]       line_i,
  output logic                        write_line_o,
  output logic [AddressBits-1:0]      write_line_address_o,
  output logic [Windows*24-1:0]       line_o,
  // Crossbar.
  output logic                        byte_valid_o,
  output logic [RowBits-1:0]          byte_row_o,
  output logic [7:0]                  byte_o,
  output logic                        mean_valid_o,
  output logic [RowBits-1:0]          mean_row_o,
  output logic [7:0]                  mean_o
);
  localparam int WritesBits = 5 + 2 * AddressBits + EntryBits + PoolingBits;

  logic [RowBits-1:0] row;
  logic direct, through, queue;
  logic [WindowBits-1:0] window;
  logic [WritesBits-1:0] writes, window_writes;
  sa_row_writer #(
    .FirstRow(FirstRow), .Rows(Rows), .TileRowBits(TileRowBits), .RowTiles(RowTiles),
    .AddressBits(AddressBits), .EntryBits(EntryBits), .PoolingBits(PoolingBits),
    .WindowBits(WindowBits)
  ) u_writer (
    .clk_i, .rst_ni, .valid_i, .row_i, .token_i(token_i[WriterBits-1:0]), .load_i,
    .load_address_i, .load_keep_i, .row_o(row), .partial_o(write_partial_o), .partial_address_o,
    .direct_o(direct), .windows_o(through), .queue_o(queue), .window_o(window), .writes_o(writes)
  );

  logic [7:0] quantized, row_byte;
  sa_onehot_mux #(.Count(Rows), .Width(AccBits)) u_acc (
    .select_i(result_i), .values_i(acc_i), .value_o(partial_o)
  );
  sa_onehot_mux #(.Count(Rows), .Width(8)) u_byte (
    .select_i(result_i), .values_i(byte_i), .value_o(quantized)
  );
  if (Tables > 0) begin : gen_table
    sa_activation_table #(.Rows(Rows), .Tables(Tables)) u_table (
      .clk_i, .rst_ni, .whole_i, .byte_next_i, .table_i(token_i[WriterBits+:TableBits]),
      .byte_i(quantized), .load_i(load_table_i), .load_address_i(load_table_address_i),
      .load_byte_i(load_table_byte_i), .byte_o(row_byte)
    );
  end else begin : gen_no_table
    assign row_byte = quantized;
    logic unused_table;
    assign unused_table = ^{whole_i, byte_next_i, load_table_i, load_table_address_i,
                            load_table_byte_i};
  end

  // Pooling windows; where their results go waits beside them.
  logic mean, in_map, pooled, unused_has, unused_tag;
  logic [Windows-1:0] x_holds, x_begins, x_ends, y_holds, y_begins, y_ends;
  logic [ColumnBits-1:0] column, out_width;
  logic [AddressBits-1:0] line_entry;
  logic [KernelBits-1:0] divisor_height, divisor_width;
  logic [RowBits-1:0] pooled_row;
  logic [7:0] pooled_byte;
  assign {mean, in_map, x_holds, x_begins, x_ends, y_holds, y_begins, y_ends, column, line_entry,
          out_width, divisor_height, divisor_width} = window;

  if (HasWindows) begin : gen_windows
    sa_window_unit #(
      .Rows(Rows), .Windows(Windows), .AddressBits(AddressBits), .ColumnBits(ColumnBits),
      .DivisorBits(2 * KernelBits), .TagBits(1)
    ) u_windows (
      .clk_i, .rst_ni, .valid_i(through), .row_i(row), .byte_i(row_byte), .inside_i(in_map),
      .mean_i(mean), .x_holds_i(x_holds), .x_begins_i(x_begins), .x_ends_i(x_ends),
      .y_holds_i(y_holds), .y_begins_i(y_begins), .y_ends_i(y_ends), .column_i(column),
      .entry_i(line_entry), .out_width_i(out_width),
      .divisor_i((2 * KernelBits)'(divisor_height) * (2 * KernelBits)'(divisor_width)),
      .tag_i(1'b0), .valid_o(pooled), .row_o(pooled_row), .byte_o(pooled_byte), .tag_o(unused_tag),
      .read_o(read_line_o), .read_address_o(read_line_address_o), .word_i(line_i),
      .write_o(write_line_o), .write_address_o(write_line_address_o), .word_o(line_o)
    );

    localparam int MostClocks = 20;  // of a mean
    sa_fifo #(.Depth(MostClocks), .Width(WritesBits)) u_queue (
      .clk_i, .rst_ni, .push_i(queue), .word_i(writes), .pop_i(pooled), .has_o(unused_has),
      .word_o(window_writes)
    );
  end else begin : gen_no_windows
    assign pooled = 1'b0;
    assign {pooled_row, pooled_byte, window_writes} = '0;
    assign {unused_has, unused_tag, read_line_o, write_line_o} = '0;
    assign {read_line_address_o, write_line_address_o, line_o} = '0;
    logic unused_windows;
    assign unused_windows = ^{window, mean, in_map, x_holds, x_begins, x_ends, y_holds, y_begins,
                              y_ends, column, line_entry, out_width, divisor_height,
                              divisor_width, through, queue, line_i};
  end

  // The bus: a row's result, or one of its windows.
  logic to_residual, to_output, logit, to_data, to_pooling, pool_first, pool_last;
  logic [EntryBits-1:0] entry;
  logic [PixelBits-1:0] pool_pixels;
  logic [3:0] pool_fraction_bits;
  assign {to_residual, residual_address_o, to_output, output_address_o, logit, to_data, to_pooling,
          entry, pool_first, pool_last, pool_pixels, pool_fraction_bits} =
      pooled ? window_writes : writes;

  logic shown;
  assign shown = direct | pooled;
  assign byte_o = pooled ? pooled_byte : row_byte;
  assign byte_row_o = pooled ? pooled_row : row;
  assign byte_valid_o = shown & to_data & ~to_pooling;
  assign write_residual_o = shown & to_residual;
  assign write_output_o = shown & to_output;
  assign output_logit_o = logit;
  if (AccBits == 32) begin : gen_whole
    assign output_o = logit ? partial_o : {24'd0, byte_o};
  end else begin : gen_signed
    assign output_o = logit ? {{32 - AccBits{partial_o[AccBits-1]}}, partial_o} : {24'd0, byte_o};
  end

  if (HasPooling) begin : gen_pooling
    logic mean_valid, mean_to_data;
    sa_pooling_unit #(
      .Entries(Entries), .SumBits(SumBits), .DivisorBits(PixelBits), .TagBits(RowBits + 1)
    ) u_pooling (
      .clk_i, .rst_ni, .valid_i(shown & to_pooling), .entry_i(entry), .byte_i(byte_o),
      .first_i(pool_first), .last_i(pool_last), .pixels_i(pool_pixels),
      .fraction_bits_i(pool_fraction_bits), .tag_i({to_data, byte_row_o}), .valid_o(mean_valid),
      .mean_o, .tag_o({mean_to_data, mean_row_o})
    );
    assign mean_valid_o = mean_valid & mean_to_data;
  end else begin : gen_no_pooling
    assign {mean_valid_o, mean_row_o, mean_o} = '0;
    logic unused_pooling;
    assign unused_pooling = ^{entry, pool_first, pool_last, pool_pixels, pool_fraction_bits};
  end
endmodule
