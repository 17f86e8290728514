// One layer of the cross-layer pipeline (cycle-model.md, "Cross-layer pipelining"): its array with
// the blocks around it, the line buffers in front, and its sequencer. Clock by clock and bit by bit
// the simulator's StageMachine; docs/reference/rtl-pipeline.md has tokens, records and descriptors.
//
// With load_i the lowest bits of load_word_i go to
//   1 the tile record   2 the layer record   3 the input box   4 the residual box
//   5 a column's line descriptors, 6 a row's descriptors, 7 a bank's write descriptors,
//   load_place_i
//   being the column, row or bank of the line buffer behind, load_index_i the line; 7 with place
//   Banks: byte load_index_i of the activation table.
// The array's weights are the DRAM words on dram_word_i from the clock in which clock_i is
// WeightClock on; the weights are loaded from there before enabled_i.
//
// In front: pixel_i stands for a clock for each pixel that the line buffer has from then on, which
// write_i, write_address_i and byte_i fill; residual_pixel_i likewise for the residual source,
// whose row buses give their bytes with residual_write_i. input_freed_o and residual_freed_o count
// pixels that are read and spent. Behind: the same of the layer's own map, and freed_i of each line
// buffer, rooms_i being its places. Logits leave with logit_valid_o, a row of each bus a clock, the
// row's number in the bus on logit_row_o.
//
// Latency: the blocks'. Requires: what the blocks do; SourceRows is 0 without a residual source.
module sa_stage #(
  parameter int Rows = 32,
  parameter int Columns = 32,
  parameter int Kind = sa_pkg::KindMultiplexed,
  parameter int Alpha = 8,
  parameter int AccBits = 32,
  parameter bit DoubleBuffer = 1'b1,
  parameter int ReadPorts = 1,
  parameter int WritePorts = 1,  // of a bank behind
  parameter int InPorts = 1,     // of a bank in front, to write
  parameter int Banks = 32,      // of the line buffer behind
  parameter int Behind = 1,      // line buffers behind, from 1
  parameter int InputRing = 16,
  parameter int ResidualRing = 1,
  parameter int OutputRing = 16,
  parameter int SourceRows = 0,    // of the residual source's array
  parameter int ResidualRows = 0,  // of them those that rows here add
  parameter int LineBytes = 16,
  parameter int ResidualBytes = 1,
  parameter int WindowWords = 1,
  parameter int WeightBytes = 256,
  parameter int WeightClock = 32,
  parameter int WeightWords = 16,
  parameter int WeightLine = 32,   // bytes of a weight-load cycle
  parameter int WeightLines = 320,  // weight-load cycles
  parameter int Groups = 32,      // 0: all weights are 0
  parameter int ClockBits = 16,
  parameter int DramBytes = 16,
  parameter int Lines = 8,
  parameter int WriteLines = 8,
  parameter int MaxWriteClocks = 8,
  parameter int AddressBits = 16,
  parameter int CoordBits = 8,
  parameter int SideBits = 8,
  parameter int WordBits = 16,
  parameter int WaitBits = 8,
  parameter int CounterBits = 16,
  parameter int PoolEntries = 8,
  parameter int PoolSumBits = 16,
  parameter int PixelBits = 8,
  parameter int Windows = 4,
  parameter int ColumnBits = 6,
  parameter int KernelBits = 4,
  parameter int Tables = 0,  // activation tables: 0 or 1
  parameter int ExponentBits = 0,  // of the exponent of a row's scale; 0: rows have none
  parameter bit HasWindows = 1'b1,
  parameter bit HasPooling = 1'b1,
  parameter int LoadPlaceBits = 10,
  parameter int LoadIndexBits = 8,
  parameter int LoadWordBits = 1024,
  // Derived.
  parameter int Interval = (Kind == sa_pkg::KindParallel) ? 1 :
                           (Kind == sa_pkg::KindBalanced) ? AccBits : 8,
  parameter int Buses = (Rows + Interval - 1) / Interval,
  parameter int SourceBuses = (SourceRows > 0) ? (SourceRows + Interval - 1) / Interval : 1
) (
  input  logic                                    clk_i,
  input  logic                                    rst_ni,
  input  logic                                    load_i,
  input  logic [2:0]                              load_memory_i,
  input  logic [LoadPlaceBits-1:0]                load_place_i,
  input  logic [LoadIndexBits-1:0]                load_index_i,
  input  logic [LoadWordBits-1:0]                 load_word_i,
  input  logic                                    start_i,
  input  logic [ClockBits-1:0]                    clock_i,
  input  logic                                    enabled_i,
  input  logic [8*DramBytes-1:0]                  dram_word_i,
  // In front.
  input  logic                                    pixel_i,
  input  logic [Columns*InPorts-1:0]              write_i,
  input  logic [Columns*InPorts*AddressBits-1:0]  write_address_i,
  input  logic [Columns*InPorts*8-1:0]            byte_i,
  output logic [CounterBits-1:0]                  input_freed_o,
  input  logic                                    residual_pixel_i,
  input  logic [SourceBuses-1:0]                  residual_write_i,
  input  logic [SourceBuses*8-1:0]                residual_byte_i,
  output logic [CounterBits-1:0]                  residual_freed_o,
  // Behind.
  input  logic [Behind*CounterBits-1:0]           freed_i,
  input  logic [Behind*CounterBits-1:0]           rooms_i,
  output logic                                    pixel_o,
  output logic [Banks*WritePorts-1:0]             write_o,
  output logic [Banks*WritePorts*AddressBits-1:0] write_address_o,
  output logic [Banks*WritePorts*8-1:0]           byte_o,
  output logic [Buses-1:0]                        residual_write_o,
  output logic [Buses*8-1:0]                      residual_byte_o,
  output logic [Buses-1:0]                        logit_valid_o,
  output logic [Buses*AddressBits-1:0]            logit_row_o,
  output logic [Buses*32-1:0]                     logit_o
);
  localparam int LoadWires = (Kind == sa_pkg::KindParallel) ? 8 * Alpha : Alpha;
  localparam int GroupBits = $clog2(Columns + 1);
  localparam int RowBits = $clog2(Rows + 1);
  localparam int ReadClockBits = $clog2((Alpha + ReadPorts - 1) / ReadPorts + 1);
  localparam int LineBits = (Lines > 1) ? $clog2(Lines) : 1;
  localparam int WriteLineBits = (WriteLines > 1) ? $clog2(WriteLines) : 1;
  localparam int WriteClockBits = $clog2(MaxWriteClocks + 1);
  localparam int TableBits = $clog2(Tables + 1);
  localparam int PoolEntryBits = (PoolEntries > 1) ? $clog2(PoolEntries) : 1;
  localparam int RowTileBits = 1;
  localparam int NumberBits = (Rows > 1) ? $clog2(Rows) : 1;
  localparam int StateBits = 7 * SideBits + 4 * Windows;
  localparam int TileBits = 11 + WordBits + 11 * AddressBits + 2 * CoordBits + PixelBits +
                            2 * StateBits + 4 * WaitBits + ReadClockBits + LineBits + RowTileBits +
                            RowBits + WriteLineBits + WriteClockBits + PoolEntryBits;
  localparam int LayerBits = 3 * CoordBits + 6 * AddressBits + 17 + TableBits + PixelBits +
                             3 * SideBits + 2 * KernelBits + ColumnBits + 2 * StateBits;
  localparam int BoxBits = 7 * CoordBits + 5 * CounterBits;
  localparam int WideBits = (TileBits > LayerBits) ? TileBits : LayerBits;
  localparam int RecordBits = (WideBits > BoxBits) ? WideBits : BoxBits;
  localparam int ColumnTokenBits = AddressBits + 4 * CoordBits + ReadClockBits + LineBits + 2;
  localparam int RowTokenBits = 5 + 3 * AddressBits + 2 + RowTileBits + RowBits + 1;
  localparam int ResultTokenBits = 24 + TableBits + RowBits + 7 * AddressBits + WriteLineBits +
                                   WriteClockBits + RowTileBits + PoolEntryBits + PixelBits +
                                   6 * Windows + 2 * ColumnBits + 2 * KernelBits;
  localparam int LineWordBits = ReadPorts * (9 + 2 * CoordBits + 2 * AddressBits);
  localparam int RowWordBits = ExponentBits + 1 + 2 * AddressBits + AccBits;
  localparam int WriteWordBits = WritePorts * (AddressBits + NumberBits + 1);
  localparam int PathWordBits = (LineWordBits > RowWordBits) ?
      ((LineWordBits > WriteWordBits) ? LineWordBits : WriteWordBits) :
      ((RowWordBits > WriteWordBits) ? RowWordBits : WriteWordBits);
`ifndef __ICARUS__  // Icarus 11 has no elaboration tasks
  if (RecordBits > LoadWordBits || PathWordBits > LoadWordBits) begin : gen_check
    $error("sa_stage: LoadWordBits must hold every record and every word of descriptors");
  end
`endif
  localparam int LoadByteBits = (WeightLine > 0) ? $clog2(WeightLine + 1) : 1;
  localparam int LoadLineBits = $clog2(WeightLines + 1);
  logic [7:0] load;
  assign load = 8'(load_i) << load_memory_i;
  logic unused_load;
  assign unused_load = ^load_word_i ^ load[0];

  // Words.
  logic column_valid, row_valid;
  logic [ColumnTokenBits-1:0] column_token;
  logic [RowTokenBits-1:0] row_token;
  logic [ResultTokenBits-1:0] result_token;
  sa_sequencer #(
    .Rows(Rows), .Columns(Columns), .Interval(Interval), .Adds(SourceRows > 0), .Behind(Behind),
    .InputRing(InputRing), .ResidualRing(ResidualRing), .OutputRing(OutputRing),
    .Windows(Windows), .AddressBits(AddressBits), .CoordBits(CoordBits), .SideBits(SideBits),
    .WordBits(WordBits), .WaitBits(WaitBits), .CounterBits(CounterBits), .RowBits(RowBits),
    .ReadClockBits(ReadClockBits), .LineBits(LineBits), .RowTileBits(RowTileBits),
    .WriteLineBits(WriteLineBits), .WriteClockBits(WriteClockBits), .PoolEntryBits(PoolEntryBits),
    .PixelBits(PixelBits), .ColumnBits(ColumnBits), .KernelBits(KernelBits),
    .TableBits(TableBits)
  ) u_sequencer (
    .clk_i, .rst_ni, .load_tile_i(load[1]), .load_layer_i(load[2]), .load_input_box_i(load[3]),
    .load_residual_box_i(load[4]), .load_record_i(load_word_i[RecordBits-1:0]), .start_i,
    .enabled_i, .input_pixel_i(pixel_i), .residual_pixel_i, .freed_i, .rooms_i, .input_freed_o,
    .residual_freed_o, .column_valid_o(column_valid), .column_token_o(column_token),
    .row_valid_o(row_valid), .row_token_o(row_token), .result_token_o(result_token)
  );

  // Weights: into their buffer, and in the clock behind the last one's from there to the array.
  logic fill, load_weights_q;
  logic [AddressBits-1:0] fill_address_q;
  assign fill = (32'(clock_i) >= WeightClock) & (32'(clock_i) < WeightClock + WeightWords);
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      fill_address_q <= '0;
      load_weights_q <= 1'b0;
    end else begin
      if (fill) fill_address_q <= fill_address_q + AddressBits'(DramBytes);
      load_weights_q <= (32'(clock_i) == WeightClock + WeightWords);
    end
  end

  // Residual source: banks of its buses.
  logic [Buses-1:0] write_residual;
  logic [Buses*AddressBits-1:0] residual_address;
  logic [Buses*8-1:0] residual_byte;
  for (genvar b = 0; b < Buses; b++) begin : gen_residual
    localparam int First = b * Interval;
    localparam int Given = (SourceRows - First < Interval) ? SourceRows - First : Interval;
    localparam int Kept = (ResidualRows - First < Given) ? ResidualRows - First : Given;
    if (Kept > 0) begin : gen_writer
      sa_ring_writer #(
        .Rows(Given), .Kept(Kept), .Ring(ResidualRing), .AddressBits(AddressBits)
      ) u_writer (
        .clk_i, .rst_ni, .valid_i(residual_write_i[b]), .write_o(write_residual[b]),
        .address_o(residual_address[b*AddressBits+:AddressBits])
      );
      assign residual_byte[b*8+:8] = residual_byte_i[b*8+:8];
    end else begin : gen_none
      assign write_residual[b] = 1'b0;
      assign residual_address[b*AddressBits+:AddressBits] = '0;
      assign residual_byte[b*8+:8] = '0;
    end
  end
  logic unused_residual;
  assign unused_residual = ^{residual_write_i, residual_byte_i};

  logic [Columns*ReadPorts-1:0] read_data, unused_read_input;
  logic [Columns*ReadPorts*AddressBits-1:0] read_address;
  logic [Columns*ReadPorts*8-1:0] data_read;
  logic read_weights, unused_done;
  logic [AddressBits-1:0] line_address;
  logic [LoadByteBits-1:0] unused_line_bytes;
  logic [Columns*LoadWires-1:0] weights;
  logic [Buses-1:0] read_residual, read_line, write_line, to_output, logit;
  logic [Buses-1:0] unused_read_partial, unused_read_residual_input, unused_write_partial;
  logic [Buses*AddressBits-1:0] read_bus_address, read_line_address, write_line_address;
  logic [Buses*AddressBits-1:0] unused_partial_address, unused_residual_address;
  logic [Buses*AccBits-1:0] unused_partial;
  logic [Buses*8-1:0] residual_read;
  logic [Buses*Windows*24-1:0] line_read, line_written;
  assign logit_valid_o = to_output & logit;
  for (genvar b = 0; b < Buses; b++) begin : gen_bytes
    assign residual_byte_o[b*8+:8] = logit_o[b*32+:8];
  end

  sa_datapath #(
    .Rows(Rows), .Columns(Columns), .Kind(Kind), .Alpha(Alpha), .AccBits(AccBits),
    .DoubleBuffer(DoubleBuffer), .ReadPorts(ReadPorts), .WritePorts(WritePorts), .Lines(Lines),
    .RowTiles(1), .WriteLines(WriteLines), .MaxWriteClocks(MaxWriteClocks),
    .AddressBits(AddressBits), .CoordBits(CoordBits), .LoadByteBits(LoadByteBits),
    .LoadLineBits(LoadLineBits), .PoolEntries(PoolEntries),
    .PoolSumBits(PoolSumBits), .PixelBits(PixelBits), .Windows(Windows), .ColumnBits(ColumnBits),
    .KernelBits(KernelBits), .Tables(Tables), .ExponentBits(ExponentBits),
    .HasWindows(HasWindows), .HasPooling(HasPooling), .Banks(Banks), .Ring(InputRing),
    .LoadPlaceBits(LoadPlaceBits), .LoadAddressBits(LoadIndexBits)
  ) u_path (
    .clk_i, .rst_ni, .column_valid_i(column_valid), .column_token_i(column_token),
    .row_valid_i(row_valid), .row_token_i(row_token), .result_token_i(result_token),
    .weights_valid_i(load_weights_q), .weights_address_i(AddressBits'(0)),
    .weights_bytes_i(LoadByteBits'(WeightLine)),
    .weights_lines_i(LoadLineBits'(WeightLines)),
    .weights_groups_i(GroupBits'(Groups)), .done_o(unused_done), .pixel_o, .load_lines_i(load[5]),
    .load_rows_i(load[6]), .load_writes_i(load[7]), .load_place_i, .load_address_i(load_index_i),
    .load_word_i(load_word_i[PathWordBits-1:0]), .read_data_o(read_data),
    .read_input_o(unused_read_input), .read_address_o(read_address), .data_i(data_read),
    .input_i({Columns*ReadPorts*8{1'b0}}), .write_data_o(write_o), .write_address_o,
    .data_o(byte_o),
    .read_weights_o(read_weights), .weights_address_o(line_address),
    .weights_bytes_o(unused_line_bytes), .weights_i(weights), .read_partial_o(unused_read_partial),
    .read_residual_o(read_residual), .read_residual_input_o(unused_read_residual_input),
    .read_bus_address_o(read_bus_address), .partial_i({Buses*AccBits{1'b0}}),
    .residual_i(residual_read),
    .residual_input_i({Buses*8{1'b0}}), .write_partial_o(unused_write_partial),
    .partial_address_o(unused_partial_address), .partial_o(unused_partial),
    .write_residual_o(residual_write_o), .residual_address_o(unused_residual_address),
    .write_output_o(to_output), .output_logit_o(logit), .output_address_o(logit_row_o),
    .output_o(logit_o), .read_line_o(read_line), .read_line_address_o(read_line_address),
    .line_i(line_read), .write_line_o(write_line), .write_line_address_o(write_line_address),
    .line_o(line_written)
  );

  sa_stage_buffers #(
    .Columns(Columns), .Buses(Buses), .LineWires(Columns * LoadWires), .Windows(Windows),
    .ReadPorts(ReadPorts), .InPorts(InPorts), .LineBytes(LineBytes),
    .ResidualBytes(ResidualBytes), .WindowWords(WindowWords), .WeightBytes(WeightBytes),
    .DramBytes(DramBytes), .AddressBits(AddressBits)
  ) u_buffers (
    .clk_i, .read_i(read_data), .read_address_i(read_address), .data_o(data_read), .write_i,
    .write_address_i, .data_i(byte_i), .read_residual_i(read_residual),
    .read_residual_address_i(read_bus_address), .residual_o(residual_read),
    .write_residual_i(write_residual), .write_residual_address_i(residual_address),
    .residual_i(residual_byte), .read_line_i(read_line),
    .read_line_address_i(read_line_address), .line_o(line_read), .write_line_i(write_line),
    .write_line_address_i(write_line_address), .line_i(line_written), .fill_weights_i(fill),
    .fill_address_i(fill_address_q), .fill_word_i(dram_word_i), .read_weights_i(read_weights),
    .weights_address_i(line_address), .weights_o(weights)
  );
endmodule
