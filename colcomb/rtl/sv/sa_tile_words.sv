// The words of the tiles, one after the other, as counters that begin with a tile's record and step
// by what its layer's says, so that nothing is divided, and nothing multiplied, for a word. With
// send_i the present word goes to the blocks, and the next one takes its place; behind the last
// word of a tile comes the first of tile_i, the record of the next tile. open_i makes that the
// present word without sending one.
//
// The tokens are what their blocks' headers and docs/reference/rtl-machine.md say, as are the
// records. Latency: 1 clock from send_i to column_valid_o and column_token_o; Q clocks, those in
// which a column reads the word, to row_valid_o, row_token_o and result_token_o.
//
// With InputRing above 0 what the word reads, and writes, are rings of so many pixels: offsets are
// places in them, steps are below them, images follow each other within one tile that has no end,
// tile_last and last_o being 0; partial_words, word and keep_offset say nothing, output_base stays.
//
// Requires: send_i at least as many clocks after another as that one's word is read; ColumnBits and
// KernelBits at most SideBits.
module sa_tile_words #(
  parameter int Windows = 4,
  parameter int AddressBits = 16,
  parameter int CoordBits = 8,
  parameter int SideBits = 8,
  parameter int WordBits = 16,
  parameter int WaitBits = 8,
  parameter int RowBits = 6,
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
  parameter int InputRing = 0,  // pixels; 0: whole maps
  parameter int ResidualRing = 0,
  parameter int OutputRing = 0,
  // Derived.
  parameter int StateBits = 7 * SideBits + 4 * Windows,
  parameter int ConstantBits = 6 + 4 * WaitBits + ReadClockBits + LineBits + 3 * AddressBits +
                               RowTileBits + RowBits + WriteLineBits + WriteClockBits +
                               PoolEntryBits,
  parameter int TileBits = 5 + WordBits + 8 * AddressBits + 2 * CoordBits + PixelBits +
                           2 * StateBits + ConstantBits,
  parameter int LayerBits = 3 * CoordBits + 6 * AddressBits + 17 + TableBits + PixelBits +
                            3 * SideBits + 2 * KernelBits + ColumnBits + 2 * StateBits,
  parameter int ColumnTokenBits = AddressBits + 4 * CoordBits + ReadClockBits + LineBits + 2,
  parameter int RowTokenBits = 5 + 3 * AddressBits + 2 + RowTileBits + RowBits + 1,
  parameter int ResultTokenBits = 24 + TableBits + RowBits + 7 * AddressBits + WriteLineBits +
                                  WriteClockBits + RowTileBits + PoolEntryBits + PixelBits +
                                  6 * Windows + 2 * ColumnBits + 2 * KernelBits
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  input  logic                       open_i,
  input  logic                       send_i,
  input  logic [TileBits-1:0]        tile_i,   // of the next tile
  input  logic [LayerBits-1:0]       layer_i,  // of the present word's layer
  // The present word and its tile.
  output logic                       first_o,
  output logic                       last_o,
  output logic                       row_ends_o,
  output logic                       image_ends_o,
  output logic                       takes_o,  // it completes what takes a place in a map behind
  output logic                       after_all_o,
  output logic [WaitBits-1:0]        send_gap_o,
  output logic [WaitBits-1:0]        send_after_begin_o,
  output logic [WaitBits-1:0]        send_after_load_o,
  output logic [WaitBits-1:0]        interval_o,
  output logic                       column_valid_o,
  output logic [ColumnTokenBits-1:0] column_token_o,
  output logic                       row_valid_o,
  output logic [RowTokenBits-1:0]    row_token_o,
  output logic [ResultTokenBits-1:0] result_token_o
);
  // The next tile's first word.
  logic unused_last, unused_new_layer, new_block, new_residual_block, new_output;
  logic [WordBits-1:0] begin_words_left;
  logic [AddressBits-1:0] input_slot, begin_input_offset, residual_slot, begin_residual_offset;
  logic [AddressBits-1:0] begin_image, begin_map_offset, output_slot, begin_output_base;
  logic [CoordBits-1:0] begin_input_y, begin_input_x;
  logic [PixelBits-1:0] begin_pixel;
  logic [StateBits-1:0] tile_y, tile_x;
  logic [ConstantBits-1:0] begin_constants, constants_q;
  assign {unused_last, unused_new_layer, new_block, new_residual_block, new_output,
          begin_words_left, input_slot, begin_input_offset, begin_input_y, begin_input_x,
          residual_slot, begin_residual_offset, begin_image, begin_map_offset, begin_pixel,
          output_slot, begin_output_base, tile_y, tile_x, begin_constants} = tile_i;

  // What holds for all words of the tile.
  logic [ReadClockBits-1:0] clocks;
  logic [LineBits-1:0] line;
  logic from_input, first_column, whole;
  logic [1:0] source;
  logic [AddressBits-1:0] partial_words, output_row_bytes, window_entry;
  logic [RowTileBits-1:0] row_tile;
  logic [RowBits-1:0] rows;
  logic [WriteLineBits-1:0] write_line;
  logic [WriteClockBits-1:0] write_clocks;
  logic [PoolEntryBits-1:0] pool_entry;
  assign {after_all_o, send_gap_o, send_after_begin_o, send_after_load_o, interval_o, clocks, line,
          from_input, source, partial_words, row_tile, rows, first_column, whole, write_line,
          write_clocks, output_row_bytes, pool_entry, window_entry} = constants_q;

  // And of the layer.
  logic unused_layer_last, to_pooling, to_residual, to_output, classifier, to_windows, mean_windows;
  logic count_padding;
  logic [CoordBits-1:0] height, width, stride;
  logic [AddressBits-1:0] input_x_step, input_y_step, input_image_step;
  logic [AddressBits-1:0] residual_x_step, residual_y_step, residual_image_step;
  logic [TableBits+4:0] quantizer;  // {table, fraction bits}
  logic [PixelBits-1:0] pool_pixels;
  logic [3:0] pool_fraction_bits;
  logic [SideBits-1:0] sum_height, sum_width, window_stride;
  logic [KernelBits-1:0] kernel_height, kernel_width;
  logic [ColumnBits-1:0] out_width;
  logic [StateBits-1:0] layer_y, layer_x;
  assign {unused_layer_last, height, width, stride, input_x_step, input_y_step, input_image_step,
          residual_x_step, residual_y_step, residual_image_step, quantizer, to_pooling,
          to_residual, to_output, classifier, to_windows, mean_windows, count_padding, pool_pixels,
          pool_fraction_bits, sum_height, sum_width, kernel_height, kernel_width, window_stride,
          out_width, layer_y, layer_x} = layer_i;

  // Where the word is, and the windows that hold it.
  logic begins, row_ends, image_ends, x_completes, y_last, y_completes, completes, pool_last;
  logic [SideBits-1:0] y, x, window, unused_window;
  logic [Windows-1:0] x_holds, x_begins, x_ends, y_holds, y_begins, y_ends;
  assign begins = open_i | (send_i & last_o);
  logic unused_window_bits;
  assign unused_window_bits = ^window;
  assign image_ends = row_ends & y_last;
  assign completes = x_completes & y_completes;
  assign row_ends_o = row_ends;
  assign image_ends_o = image_ends;
  assign takes_o = completes & ~classifier & (~to_pooling | pool_last);

  sa_word_side #(.SideBits(SideBits), .Windows(Windows)) u_y (
    .clk_i, .rst_ni, .load_i(begins), .state_i(tile_y), .step_i(send_i & row_ends),
    .restart_i(y_last), .begin_i(layer_y), .stride_i(window_stride), .word_o(y), .last_o(y_last),
    .completes_o(y_completes), .window_o(unused_window), .holds_o(y_holds), .begins_o(y_begins),
    .ends_o(y_ends)
  );
  sa_word_side #(.SideBits(SideBits), .Windows(Windows)) u_x (
    .clk_i, .rst_ni, .load_i(begins), .state_i(tile_x), .step_i(send_i), .restart_i(row_ends),
    .begin_i(layer_x), .stride_i(window_stride), .word_o(x), .last_o(row_ends),
    .completes_o(x_completes), .window_o(window), .holds_o(x_holds), .begins_o(x_begins),
    .ends_o(x_ends)
  );

  logic [WordBits-1:0] words_left_q;
  logic [AddressBits-1:0] word_q, input_offset_q, residual_offset_q, image_q, map_offset_q;
  logic [AddressBits-1:0] output_base_q;
  logic [CoordBits-1:0] input_y_q, input_x_q;
  logic [PixelBits-1:0] pixel_q;
  logic input_turn_q, residual_turn_q, output_turn_q, input_turn, residual_turn, output_turn;
  assign last_o = (InputRing == 0) & (words_left_q == '0);
  assign input_turn = input_turn_q ^ new_block;
  assign residual_turn = residual_turn_q ^ new_residual_block;
  assign output_turn = output_turn_q ^ new_output;

  logic [AddressBits-1:0] input_next, residual_next, image_next, map_next;
  sa_ring_step #(.Ring(InputRing), .Bits(AddressBits)) u_input (
    .place_i(input_offset_q), .place_o(input_next),
    .step_i(image_ends ? input_image_step : row_ends ? input_y_step : input_x_step)
  );
  sa_ring_step #(.Ring(ResidualRing), .Bits(AddressBits)) u_residual (
    .place_i(residual_offset_q), .place_o(residual_next),
    .step_i(image_ends ? residual_image_step : row_ends ? residual_y_step : residual_x_step)
  );
  sa_ring_step #(.Ring(OutputRing), .Bits(AddressBits)) u_image (
    .place_i(image_q), .step_i(AddressBits'(1)), .place_o(image_next)
  );
  sa_ring_step #(.Ring(OutputRing), .Bits(AddressBits)) u_map (
    .place_i(map_offset_q), .step_i(AddressBits'(1)), .place_o(map_next)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      constants_q <= '0;
      first_o <= 1'b0;
      words_left_q <= '0;
      word_q <= '0;
      input_turn_q <= 1'b0;
      residual_turn_q <= 1'b0;
      output_turn_q <= 1'b0;
      input_offset_q <= '0;
      input_y_q <= '0;
      input_x_q <= '0;
      residual_offset_q <= '0;
      image_q <= '0;
      map_offset_q <= '0;
      pixel_q <= '0;
      output_base_q <= '0;
    end else if (begins) begin
      constants_q <= begin_constants;
      first_o <= 1'b1;
      words_left_q <= begin_words_left;
      word_q <= '0;
      input_turn_q <= input_turn;
      residual_turn_q <= residual_turn;
      output_turn_q <= output_turn;
      input_offset_q <= begin_input_offset + (input_slot & {AddressBits{input_turn}});
      input_y_q <= begin_input_y;
      input_x_q <= begin_input_x;
      residual_offset_q <= begin_residual_offset + (residual_slot & {AddressBits{residual_turn}});
      image_q <= begin_image;
      map_offset_q <= begin_map_offset;
      pixel_q <= begin_pixel;
      output_base_q <= begin_output_base + (output_slot & {AddressBits{output_turn}});
    end else if (send_i) begin
      first_o <= 1'b0;
      words_left_q <= words_left_q - 1'b1;
      word_q <= word_q + 1'b1;
      input_offset_q <= input_next;
      input_x_q <= row_ends ? '0 : input_x_q + stride;
      if (row_ends) input_y_q <= y_last ? '0 : input_y_q + stride;
      residual_offset_q <= residual_next;
      if (image_ends) image_q <= image_next;
      if (completes) map_offset_q <= map_next;
      pixel_q <= image_ends ? '0 : pixel_q + PixelBits'(completes);
      if (completes & (InputRing == 0))
        output_base_q <= output_base_q + (classifier ? AddressBits'(4) : AddressBits'(1));
    end
  end

  // A window's pixels in the map along each side, for the word that ends it.
  function automatic logic [KernelBits-1:0] pixels(
    input logic [SideBits-1:0] word, input logic [SideBits-1:0] size,
    input logic [KernelBits-1:0] kernel
  );
    logic [SideBits-1:0] behind, ends, starts;
    behind = word + 1'b1;
    ends = (behind > size) ? size : behind;
    starts = (behind > SideBits'(kernel)) ? behind - SideBits'(kernel) : '0;
    pixels = KernelBits'(ends - starts);
  endfunction

  assign pool_last = (pixel_q + 1'b1 == pool_pixels);

  logic [ReadClockBits-1:0] row_wait_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      column_valid_o <= 1'b0;
      column_token_o <= '0;
      row_wait_q <= '0;
      row_valid_o <= 1'b0;
      row_token_o <= '0;
      result_token_o <= '0;
    end else begin
      column_valid_o <= send_i;
      row_valid_o <= send_i ? (clocks == ReadClockBits'(1)) : (row_wait_q == ReadClockBits'(1));
      if (send_i) row_wait_q <= clocks - 1'b1;
      else if (row_wait_q != '0) row_wait_q <= row_wait_q - 1'b1;
      if (send_i) begin
        column_token_o <= {input_offset_q, height, width, input_y_q, input_x_q, clocks, line,
                           from_input, first_o};
        row_token_o <= {quantizer[4:0], residual_offset_q, source, partial_words, word_q, row_tile,
                        rows, first_column};
        result_token_o <= {
          first_o, last_o, whole, rows, quantizer, partial_words, word_q, completes,
          write_clocks != '0, to_pooling, to_residual, to_output, classifier, to_windows,
          mean_windows, completes & (~to_pooling | pool_last), write_line, write_clocks,
          to_pooling ? image_q : map_offset_q, row_tile, map_offset_q, output_base_q,
          output_row_bytes, pool_entry, pixel_q == '0, pool_last, pool_pixels, pool_fraction_bits,
          window_entry, (y < sum_height) & (x < sum_width), x_holds, x_begins, x_ends, y_holds,
          y_begins, y_ends, ColumnBits'(window), out_width,
          count_padding ? kernel_height : pixels(y, sum_height, kernel_height),
          count_padding ? kernel_width : pixels(x, sum_width, kernel_width)
        };
      end
    end
  end
endmodule
