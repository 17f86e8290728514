// Controller of the layer-after-layer machine (cycle-model.md, "Controller"): runs the tile
// program, batch after batch without end, and decides when a tile's weights are loaded and when
// each of its words is sent. It reads three memories in order: a record per tile of what its load
// needs (sa_weight_loader's inputs, the wait before it), one per tile of its words, one per layer.
//
// Tokens of words, from the highest bit down (docs/reference/rtl-machine.md has widths and
// meaning):
//   column_token_o, sa_column_feeder's: offset, height, width, y, x, Q, line, from_input, first.
//   row_token_o, sa_row_feeder's: fraction bits, offset, source, partial_words, word, row_tile,
//     rows, first column tile.
//   result_token_o, with row_valid_o: tile_first, tile_last, whole, rows, table, fraction_bits,
//     partial_words, word, completes, to_data, to_pooling, to_residual, to_output, classifier,
//     to_windows, mean_windows, crossbar_pixel, write_line, write_clocks, data_offset, row_tile,
//     keep_offset, output_base, output_row_bytes, pool_entry, pool_first, pool_last, pool_pixels,
//     pool_fraction_bits, window_entry, inside, x_holds, x_begins, x_ends, y_holds, y_begins,
//     y_ends, column, out_width, divisor_height, divisor_width.
//
// Records are loaded before start_i, at least two clocks; start_i stands for one clock, and the
// clock behind it is clock 0 of the machine. fetched_i counts the tiles whose transfers are
// complete, done_i stands for a clock for each tile whose results are written. Latency: 1 clock
// from either to the tokens and the load that they decide. ended_o counts the tiles of which
// nothing is read any more. Counters are modulo 2^CounterBits. Tiles may be as short as they like:
// the next record is there in the clock behind the one before.
//
// Requires: of a program what colcomb/rtl/machine_parameters.hpp refuses otherwise.
module sa_controller #(
  parameter int Rows = 32,
  parameter int Columns = 32,
  parameter int Tiles = 16,
  parameter int Layers = 4,
  parameter int Windows = 4,
  parameter int AddressBits = 16,
  parameter int CoordBits = 8,
  parameter int SideBits = 8,
  parameter int WordBits = 16,
  parameter int WaitBits = 8,
  parameter int CounterBits = 8,
  parameter int RowBits = 6,
  parameter int GroupBits = 6,
  parameter int LoadByteBits = 6,
  parameter int LoadLineBits = 8,
  parameter int ReadClockBits = 4,
  parameter int LineBits = 8,
  parameter int RowTileBits = 4,
  parameter int WriteLineBits = 8,
  parameter int WriteClockBits = 4,
  parameter int PoolEntryBits = 5,
  parameter int PixelBits = 8,
  parameter int ColumnBits = 6,
  parameter int KernelBits = 4,
  parameter int TableBits = 0,  // of the number of an activation table; 0: there are none
  // Derived.
  parameter int StateBits = 7 * SideBits + 4 * Windows,
  parameter int LoadBits = 1 + WaitBits + 2 * AddressBits + LoadByteBits + LoadLineBits + GroupBits,
  parameter int TileBits = 11 + WordBits + 11 * AddressBits + 2 * CoordBits + PixelBits +
                           2 * StateBits + 4 * WaitBits + ReadClockBits + LineBits + RowTileBits +
                           RowBits + WriteLineBits + WriteClockBits + PoolEntryBits,
  parameter int LayerBits = 3 * CoordBits + 6 * AddressBits + 17 + TableBits + PixelBits +
                            3 * SideBits + 2 * KernelBits + ColumnBits + 2 * StateBits,
  parameter int RecordBits = (TileBits > LayerBits) ? TileBits : LayerBits,
  parameter int IndexBits = (Tiles > Layers) ? $clog2(Tiles) : (Layers > 1) ? $clog2(Layers) : 1,
  parameter int ColumnTokenBits = AddressBits + 4 * CoordBits + ReadClockBits + LineBits + 2,
  parameter int RowTokenBits = 5 + 3 * AddressBits + 2 + RowTileBits + RowBits + 1,
  parameter int ResultTokenBits = 24 + TableBits + RowBits + 7 * AddressBits + WriteLineBits +
                                  WriteClockBits + RowTileBits + PoolEntryBits + PixelBits +
                                  6 * Windows + 2 * ColumnBits + 2 * KernelBits
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  // Program memories; of a record the lowest bits count.
  input  logic                       load_load_i,
  input  logic                       load_tile_i,
  input  logic                       load_layer_i,
  input  logic [IndexBits-1:0]       load_index_i,
  input  logic [RecordBits-1:0]      load_record_i,
  input  logic                       start_i,
  input  logic [CounterBits-1:0]     fetched_i,
  input  logic                       done_i,
  // To the weight loader.
  output logic                       load_valid_o,
  output logic [AddressBits-1:0]     load_address_o,
  output logic [LoadByteBits-1:0]    load_bytes_o,
  output logic [LoadLineBits-1:0]    load_lines_o,
  output logic [GroupBits-1:0]       load_groups_o,
  // To the feeders and the result side.
  output logic                       column_valid_o,
  output logic [ColumnTokenBits-1:0] column_token_o,
  output logic                       row_valid_o,
  output logic [RowTokenBits-1:0]    row_token_o,
  output logic [ResultTokenBits-1:0] result_token_o,
  output logic [CounterBits-1:0]     ended_o,
  output logic [CounterBits-1:0]     sending_o
);
  localparam int TileIndexBits = (Tiles > 1) ? $clog2(Tiles) : 1;
  localparam int LayerIndexBits = (Layers > 1) ? $clog2(Layers) : 1;

  logic running_q, opens, begins, load, send, first, last;
  assign opens = ~running_q & ~start_i & ~(load_load_i | load_tile_i | load_layer_i);
  assign begins = start_i | (send & last);
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) running_q <= 1'b0;
    else running_q <= running_q | start_i;
  end

  // The records of the next tile to load, of the tile behind the present one, and of its layer.
  logic [LoadBits-1:0] load_record;
  logic [TileBits-1:0] tile_record;
  logic [LayerBits-1:0] layer_record, layer_q;
  logic new_layer;
  assign new_layer = start_i | (begins & tile_record[TileBits-2]);
  sa_record_walk #(.Records(Tiles), .Width(LoadBits)) u_loads (
    .clk_i, .rst_ni, .load_i(load_load_i), .load_index_i(load_index_i[TileIndexBits-1:0]),
    .load_record_i(load_record_i[LoadBits-1:0]), .open_i(opens), .next_i(load),
    .restart_i(TileIndexBits'(0)), .record_o(load_record)
  );
  sa_record_walk #(.Records(Tiles), .Width(TileBits)) u_tiles (
    .clk_i, .rst_ni, .load_i(load_tile_i), .load_index_i(load_index_i[TileIndexBits-1:0]),
    .load_record_i(load_record_i[TileBits-1:0]), .open_i(opens), .next_i(begins),
    .restart_i(TileIndexBits'(0)), .record_o(tile_record)
  );
  sa_record_walk #(.Records(Layers), .Width(LayerBits)) u_layers (
    .clk_i, .rst_ni, .load_i(load_layer_i), .load_index_i(load_index_i[LayerIndexBits-1:0]),
    .load_record_i(load_record_i[LayerBits-1:0]), .open_i(opens), .next_i(new_layer),
    .restart_i(LayerIndexBits'(0)), .record_o(layer_record)
  );
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) layer_q <= '0;
    else if (new_layer) layer_q <= layer_record;
  end

  // Loads of weights, in turns of the buffer's slots.
  logic unused_load_last, turn_q;
  logic [WaitBits-1:0] load_after_begin;
  logic [AddressBits-1:0] load_slot, load_address;
  logic [LoadByteBits-1:0] load_bytes;
  logic [LoadLineBits-1:0] load_lines;
  logic [GroupBits-1:0] load_groups;
  assign {unused_load_last, load_after_begin, load_slot, load_address, load_bytes, load_lines,
          load_groups} = load_record;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      turn_q <= 1'b0;
      load_valid_o <= 1'b0;
      load_address_o <= '0;
      load_bytes_o <= '0;
      load_lines_o <= '0;
      load_groups_o <= '0;
    end else begin
      load_valid_o <= load;
      if (load) begin
        turn_q <= ~turn_q;
        load_address_o <= load_address + (load_slot & {AddressBits{turn_q}});
        load_bytes_o <= load_bytes;
        load_lines_o <= load_lines;
        load_groups_o <= load_groups;
      end
    end
  end

  logic after_all;
  logic [2:0] unused_word;
  logic [WaitBits-1:0] send_gap, send_after_begin, send_after_load, interval;
  sa_tile_timing #(.WaitBits(WaitBits), .CounterBits(CounterBits)) u_timing (
    .clk_i, .rst_ni, .running_i(running_q), .fetched_i, .done_i, .first_i(first), .last_i(last),
    .after_all_i(after_all), .send_gap_i(send_gap), .send_after_begin_i(send_after_begin),
    .send_after_load_i(send_after_load), .interval_i(interval),
    .load_after_begin_i(load_after_begin), .load_o(load), .send_o(send), .sending_o
  );

  sa_tile_words #(
    .Windows(Windows), .AddressBits(AddressBits), .CoordBits(CoordBits), .SideBits(SideBits),
    .WordBits(WordBits), .WaitBits(WaitBits), .RowBits(RowBits), .ReadClockBits(ReadClockBits),
    .LineBits(LineBits), .RowTileBits(RowTileBits), .WriteLineBits(WriteLineBits),
    .WriteClockBits(WriteClockBits), .PoolEntryBits(PoolEntryBits), .PixelBits(PixelBits),
    .ColumnBits(ColumnBits), .KernelBits(KernelBits), .TableBits(TableBits)
  ) u_words (
    .clk_i, .rst_ni, .open_i(start_i), .send_i(send), .tile_i(tile_record), .layer_i(layer_q),
    .first_o(first), .last_o(last), .row_ends_o(unused_word[0]), .image_ends_o(unused_word[1]),
    .takes_o(unused_word[2]), .after_all_o(after_all), .send_gap_o(send_gap),
    .send_after_begin_o(send_after_begin), .send_after_load_o(send_after_load),
    .interval_o(interval), .column_valid_o, .column_token_o, .row_valid_o, .row_token_o,
    .result_token_o
  );

  // The last column's and the last row's reads of a tile come so many clocks behind its last word.
  localparam int ReadClocks = ((Rows > Columns) ? Rows : Columns) + 1;
  logic ended;
  sa_delay #(.Clocks(ReadClocks), .Width(1)) u_ended (
    .clk_i, .rst_ni, .d_i(row_valid_o & result_token_o[ResultTokenBits-2]), .q_o(ended)
  );
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) ended_o <= '0;
    else ended_o <= ended_o + CounterBits'(ended);
  end
endmodule
