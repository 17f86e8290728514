// Sequencer of a layer of the cross-layer pipeline (cycle-model.md, "Sequencer"): sends the words
// of one layer, image after image without end, each as soon as the word before was sent K clocks
// ago, the pixels that it reads are in the line buffers in front, and every line buffer behind has
// a place for the pixel that it completes. It knows of other layers by counters of pixels, modulo
// 2^CounterBits: input_pixel_i and residual_pixel_i stand for a clock for each pixel that can be
// read from then on; freed_i has, for each line buffer behind, pixels whose places are free again,
// and rooms_i its places.
//
// Tokens are sa_tile_words's, whose offsets are places in rings: InputRing, ResidualRing and
// OutputRing pixels. Latency: 1 clock from what allows a word to column_valid_o; as many more as
// its bytes take to be read, but one, to row_valid_o; max(Rows, Columns) + 2 from there to the
// pixels that it makes spent on input_freed_o and residual_freed_o.
//
// Records (docs/reference/rtl-pipeline.md) are loaded before start_i, which stands for a clock;
// words are sent from enabled_i on.
//
// Requires: K at least 1 and Q; start_i before enabled_i.
module sa_sequencer #(
  parameter int Rows = 32,
  parameter int Columns = 32,
  parameter int Interval = 8,  // I, of words at least
  parameter bit Adds = 1'b0,   // a residual source
  parameter int Behind = 1,    // line buffers, from 1; a classifier's say nothing
  parameter int InputRing = 16,
  parameter int ResidualRing = 1,
  parameter int OutputRing = 16,
  parameter int Windows = 4,
  parameter int AddressBits = 16,
  parameter int CoordBits = 8,
  parameter int SideBits = 8,
  parameter int WordBits = 16,
  parameter int WaitBits = 8,
  parameter int CounterBits = 16,
  parameter int RowBits = 6,
  parameter int ReadClockBits = 4,
  parameter int LineBits = 8,
  parameter int RowTileBits = 1,
  parameter int WriteLineBits = 8,
  parameter int WriteClockBits = 4,
  parameter int PoolEntryBits = 5,
  parameter int PixelBits = 8,
  parameter int ColumnBits = 6,
  parameter int KernelBits = 4,
  parameter int TableBits = 0,  // of the number of an activation table; 0: there are none
  // Derived.
  parameter int StateBits = 7 * SideBits + 4 * Windows,
  parameter int TileBits = 11 + WordBits + 11 * AddressBits + 2 * CoordBits + PixelBits +
                           2 * StateBits + 4 * WaitBits + ReadClockBits + LineBits + RowTileBits +
                           RowBits + WriteLineBits + WriteClockBits + PoolEntryBits,
  parameter int LayerBits = 3 * CoordBits + 6 * AddressBits + 17 + TableBits + PixelBits +
                            3 * SideBits + 2 * KernelBits + ColumnBits + 2 * StateBits,
  parameter int BoxBits = 7 * CoordBits + 5 * CounterBits,
  parameter int WideBits = (TileBits > LayerBits) ? TileBits : LayerBits,
  parameter int RecordBits = (WideBits > BoxBits) ? WideBits : BoxBits,
  parameter int ColumnTokenBits = AddressBits + 4 * CoordBits + ReadClockBits + LineBits + 2,
  parameter int RowTokenBits = 5 + 3 * AddressBits + 2 + RowTileBits + RowBits + 1,
  parameter int ResultTokenBits = 24 + TableBits + RowBits + 7 * AddressBits + WriteLineBits +
                                  WriteClockBits + RowTileBits + PoolEntryBits + PixelBits +
                                  6 * Windows + 2 * ColumnBits + 2 * KernelBits
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  // Records; the lowest bits count.
  input  logic                          load_tile_i,
  input  logic                          load_layer_i,
  input  logic                          load_input_box_i,
  input  logic                          load_residual_box_i,
  input  logic [RecordBits-1:0]         load_record_i,
  input  logic                          start_i,
  input  logic                          enabled_i,
  // Other layers.
  input  logic                          input_pixel_i,
  input  logic                          residual_pixel_i,
  input  logic [Behind*CounterBits-1:0] freed_i,
  input  logic [Behind*CounterBits-1:0] rooms_i,
  output logic [CounterBits-1:0]        input_freed_o,
  output logic [CounterBits-1:0]        residual_freed_o,
  // To the feeders and the result side.
  output logic                          column_valid_o,
  output logic [ColumnTokenBits-1:0]    column_token_o,
  output logic                          row_valid_o,
  output logic [RowTokenBits-1:0]       row_token_o,
  output logic [ResultTokenBits-1:0]    result_token_o
);
  logic [TileBits-1:0] tile_q;
  logic [LayerBits-1:0] layer_q;
  logic [BoxBits-1:0] input_box_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      tile_q <= '0;
      layer_q <= '0;
      input_box_q <= '0;
    end else begin
      if (load_tile_i) tile_q <= load_record_i[TileBits-1:0];
      if (load_layer_i) layer_q <= load_record_i[LayerBits-1:0];
      if (load_input_box_i) input_box_q <= load_record_i[BoxBits-1:0];
    end
  end
  logic unused_record;
  assign unused_record = ^load_record_i;

  logic send, row_ends, image_ends, takes;
  logic unused_first, unused_last, unused_after_all;
  logic [3*WaitBits-1:0] unused_waits;
  logic [WaitBits-1:0] interval;
  sa_tile_words #(
    .Windows(Windows), .AddressBits(AddressBits), .CoordBits(CoordBits), .SideBits(SideBits),
    .WordBits(WordBits), .WaitBits(WaitBits), .RowBits(RowBits), .ReadClockBits(ReadClockBits),
    .LineBits(LineBits), .RowTileBits(RowTileBits), .WriteLineBits(WriteLineBits),
    .WriteClockBits(WriteClockBits), .PoolEntryBits(PoolEntryBits), .PixelBits(PixelBits),
    .ColumnBits(ColumnBits), .KernelBits(KernelBits), .TableBits(TableBits),
    .InputRing(InputRing), .ResidualRing(ResidualRing), .OutputRing(OutputRing)
  ) u_words (
    .clk_i, .rst_ni, .open_i(start_i), .send_i(send), .tile_i(tile_q), .layer_i(layer_q),
    .first_o(unused_first), .last_o(unused_last), .row_ends_o(row_ends),
    .image_ends_o(image_ends), .takes_o(takes), .after_all_o(unused_after_all),
    .send_gap_o(unused_waits[0+:WaitBits]), .send_after_begin_o(unused_waits[WaitBits+:WaitBits]),
    .send_after_load_o(unused_waits[2*WaitBits+:WaitBits]), .interval_o(interval), .column_valid_o,
    .column_token_o, .row_valid_o, .row_token_o, .result_token_o
  );

  // What the word reads: all of it can be read.
  function automatic logic reached(
    input logic [CounterBits-1:0] seen, input logic [CounterBits-1:0] needed
  );
    logic [CounterBits-1:0] beyond;
    beyond = seen - needed;
    reached = ~beyond[CounterBits-1];
  endfunction

  logic input_reads, input_there;
  logic [CounterBits-1:0] input_needed, input_spent, input_seen_q, input_seen;
  sa_read_box #(.CoordBits(CoordBits), .CounterBits(CounterBits)) u_input (
    .clk_i, .rst_ni, .open_i(start_i), .step_i(send), .row_ends_i(row_ends),
    .image_ends_i(image_ends), .record_i(input_box_q), .reads_o(input_reads),
    .needed_o(input_needed), .spent_o(input_spent)
  );
  assign input_seen = input_seen_q + CounterBits'(input_pixel_i);
  assign input_there = ~input_reads | reached(input_seen, input_needed);
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) input_seen_q <= '0;
    else input_seen_q <= input_seen;
  end

  logic residual_there;
  logic [CounterBits-1:0] residual_spent;
  if (Adds) begin : gen_adds
    logic residual_reads;
    logic [BoxBits-1:0] box_q;
    logic [CounterBits-1:0] residual_needed, seen_q, seen;
    sa_read_box #(.CoordBits(CoordBits), .CounterBits(CounterBits)) u_residual (
      .clk_i, .rst_ni, .open_i(start_i), .step_i(send), .row_ends_i(row_ends),
      .image_ends_i(image_ends), .record_i(box_q), .reads_o(residual_reads),
      .needed_o(residual_needed), .spent_o(residual_spent)
    );
    assign seen = seen_q + CounterBits'(residual_pixel_i);
    assign residual_there = ~residual_reads | reached(seen, residual_needed);
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        box_q <= '0;
        seen_q <= '0;
      end else begin
        if (load_residual_box_i) box_q <= load_record_i[BoxBits-1:0];
        seen_q <= seen;
      end
    end
  end else begin : gen_plain
    assign residual_there = 1'b1;
    assign residual_spent = '0;
    logic unused_residual;
    assign unused_residual = residual_pixel_i ^ load_residual_box_i;
  end

  // Room for the pixel that it completes.
  logic [Behind-1:0] room;
  logic [CounterBits-1:0] taken_q;
  for (genvar b = 0; b < Behind; b++) begin : gen_behind
    logic [CounterBits-1:0] places;
    assign places = freed_i[b*CounterBits+:CounterBits] + rooms_i[b*CounterBits+:CounterBits] -
                    taken_q;
    // Pixels that nobody reads may be spent before they come.
    assign room[b] = ~places[CounterBits-1] & (places != '0);
  end

  logic [WaitBits-1:0] wait_q;
  logic take;
  assign take = send & takes;
  assign send = enabled_i & (wait_q == '0) & input_there & residual_there & (~takes | (&room));
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      wait_q <= '0;
      taken_q <= '0;
    end else begin
      if (send) wait_q <= interval - 1'b1;
      else if (wait_q != '0) wait_q <= wait_q - 1'b1;
      taken_q <= taken_q + CounterBits'(take);
    end
  end

  // The last column and the last row have read the word so many clocks behind its row token; until
  // then the next word is the present one.
  localparam int ReadClocks = ((Rows > Columns) ? Rows : Columns) + 1;
  logic read;
  logic [2*CounterBits-1:0] spent;
  sa_token_delay #(.Clocks(ReadClocks), .Interval(Interval), .Width(2 * CounterBits)) u_read (
    .clk_i, .rst_ni, .valid_i(row_valid_o), .token_i({input_spent, residual_spent}),
    .valid_o(read), .token_o(spent)
  );
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      input_freed_o <= '0;
      residual_freed_o <= '0;
    end else if (read) begin
      {input_freed_o, residual_freed_o} <= spent;
    end
  end
endmodule
