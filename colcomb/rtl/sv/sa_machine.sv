// The layer-after-layer machine (cycle-model.md): one array with its memories that runs a tile
// program, batch after batch, with what is in an external memory. Clock by clock and bit by bit the
// simulator's; docs/reference/rtl-machine.md has tokens, records and descriptors.
//
// Before start_i the program is loaded, a word a clock: load_memory_i says where the lowest bits of
// load_word_i go, to record or line load_index_i of
//   0 load records   1 tile records   2 layer records   3 read records   4 write records
//   5 a column's line descriptors, 6 a row's descriptors, the address where its results are kept in
//   front, 7 a bank's write descriptors, load_place_i being the column, row or bank; 7 with place
//   Columns a byte of the activation tables, one table behind the other.
// read_restart_i, batch_bytes_i and two_slots_i are the program's too, batches_i (from 1) is how
// many batches lie in DRAM; they keep their values.
//
// start_i stands for one clock, two behind the last load at least; the clock behind it is clock 0.
// finished_o: all logits are in DRAM. done_o stands for a clock for each tile whose results are
// written. DRAM: the word at dram_read_address_o with dram_read_o is on dram_word_i DramLatency
// clocks later, as DRAM holds it then: a write may come up to two clocks behind the request for
// what it writes. dram_write_o writes the bytes of dram_word_o that dram_mask_o names. Latency: the
// blocks'.
module sa_machine #(
  parameter int Kind = sa_pkg::KindMultiplexed,
  parameter int Rows = 32,
  parameter int Columns = 32,
  parameter int Alpha = 8,
  parameter int AccBits = 32,
  parameter bit DoubleBuffer = 1'b1,
  parameter bit GateClock = 1'b0,
  parameter int ReadPorts = 1,   // of a bank of data or input buffer
  parameter int WritePorts = 1,  // of a bank of the data buffer
  parameter int Windows = 4,
  // Memories, of a bank.
  parameter int DataBytes = 1024,
  parameter int InputBytes = 1024,
  parameter int WeightBytes = 4096,
  parameter int PartialSums = 256,
  parameter int ResidualBytes = 1024,
  parameter int ResidualInputBytes = 1024,
  parameter int OutputBytes = 1024,
  parameter int WindowWords = 64,
  parameter int AddressBits = 16,
  parameter int LoadByteBits = 8,
  parameter int LoadLineBits = 10,
  parameter int DramBytes = 16,
  parameter int DramLatency = 32,
  // Program memories, and widths that a program needs.
  parameter int Tiles = 16,
  parameter int Layers = 4,
  parameter int Reads = 16,
  parameter int Writes = 16,
  parameter int Lines = 64,
  parameter int RowTiles = 16,
  parameter int WriteLines = 64,
  parameter int MaxWriteClocks = 8,
  parameter int PoolEntries = 32,
  parameter int PoolSumBits = 24,
  parameter int CoordBits = 8,
  parameter int SideBits = 8,
  parameter int WordBits = 16,
  parameter int WaitBits = 8,
  parameter int PixelBits = 16,
  parameter int ColumnBits = 6,
  parameter int KernelBits = 4,
  parameter int Tables = 0,  // activation tables
  parameter int ExponentBits = 0,  // of the exponent of a row's scale; 0: rows have none
  parameter int CounterBits = 8,
  parameter int BatchBits = 16,
  parameter int DramBits = 24,
  parameter int TransferBits = 8,
  parameter int SkipBits = 12,
  parameter int LoadPlaceBits = 10,
  parameter int LoadIndexBits = 16,
  // Derived.
  parameter int Interval = (Kind == sa_pkg::KindParallel) ? 1 :
                           (Kind == sa_pkg::KindBalanced) ? AccBits : 8,
  parameter int Buses = (Rows + Interval - 1) / Interval,
  parameter int RowBits = $clog2(Rows + 1),
  parameter int GroupBits = $clog2(Columns + 1),
  parameter int ReadClockBits = $clog2((Alpha + ReadPorts - 1) / ReadPorts + 1),
  parameter int LineBits = (Lines > 1) ? $clog2(Lines) : 1,
  parameter int RowTileBits = (RowTiles > 1) ? $clog2(RowTiles) : 1,
  parameter int WriteLineBits = (WriteLines > 1) ? $clog2(WriteLines) : 1,
  parameter int WriteClockBits = $clog2(MaxWriteClocks + 1),
  parameter int TableBits = $clog2(Tables + 1),
  parameter int PoolEntryBits = (PoolEntries > 1) ? $clog2(PoolEntries) : 1,
  parameter int BusBits = (Buses > 1) ? $clog2(Buses) : 1,
  parameter int BankBits = (Columns > Buses) ? Columns : Buses,
  parameter int ReadIndexBits = (Reads > 1) ? $clog2(Reads) : 1,
  parameter int LoadWordBits = 1024  // of the widest record or line at least; the others are unused
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,
  // Program.
  input  logic                     load_i,
  input  logic [2:0]               load_memory_i,
  input  logic [LoadPlaceBits-1:0] load_place_i,
  input  logic [LoadIndexBits-1:0] load_index_i,
  input  logic [LoadWordBits-1:0]  load_word_i,
  input  logic [ReadIndexBits-1:0] read_restart_i,
  input  logic [DramBits-1:0]      batch_bytes_i,
  input  logic                     two_slots_i,
  input  logic [BatchBits-1:0]     batches_i,
  input  logic                     start_i,
  output logic                     done_o,
  output logic                     finished_o,
  // DRAM.
  output logic                     dram_read_o,
  output logic [DramBits-1:0]      dram_read_address_o,
  input  logic [DramBytes*8-1:0]   dram_word_i,
  output logic                     dram_write_o,
  output logic [DramBits-1:0]      dram_write_address_o,
  output logic [DramBytes-1:0]     dram_mask_o,
  output logic [DramBytes*8-1:0]   dram_word_o
);
  localparam int LoadWires = (Kind == sa_pkg::KindParallel) ? 8 * Alpha : Alpha;
  localparam int ColumnReads = Columns * ReadPorts;
  localparam int ColumnWrites = Columns * WritePorts;

  // Widths of tokens and of what is loaded, as the modules have them.
  localparam int StateBits = 7 * SideBits + 4 * Windows;
  localparam int TileRecordBits = 11 + WordBits + 11 * AddressBits + 2 * CoordBits + PixelBits +
      2 * StateBits + 4 * WaitBits + ReadClockBits + LineBits + RowTileBits + RowBits +
      WriteLineBits + WriteClockBits + PoolEntryBits;
  localparam int LayerRecordBits = 3 * CoordBits + 6 * AddressBits + 17 + TableBits + PixelBits +
      3 * SideBits + 2 * KernelBits + ColumnBits + 2 * StateBits;
  localparam int ProgramBits = (TileRecordBits > LayerRecordBits) ? TileRecordBits
                                                                  : LayerRecordBits;
  localparam int ReadRecordBits =
      11 + CounterBits + TransferBits + 2 * AddressBits + DramBits + BankBits;
  localparam int WriteRecordBits = 7 + CounterBits + TransferBits + 2 * AddressBits + DramBits +
      BusBits + 2 * SkipBits;
  localparam int TransferRecordBits = (ReadRecordBits > WriteRecordBits) ? ReadRecordBits
                                                                         : WriteRecordBits;
  localparam int RowNumberBits = (Rows > 1) ? $clog2(Rows) : 1;
  localparam int LineWordBits = ReadPorts * (1 + 8 + 2 * CoordBits + AddressBits);
  localparam int RowWordBits = ExponentBits + 1 + 2 * AddressBits + AccBits;
  localparam int WriteWordBits = WritePorts * (AddressBits + RowNumberBits + 1);
  localparam int PathBits = (LineWordBits > RowWordBits) ?
      ((LineWordBits > WriteWordBits) ? LineWordBits : WriteWordBits) :
      ((RowWordBits > WriteWordBits) ? RowWordBits : WriteWordBits);
  localparam int ColumnTokenBits = AddressBits + 4 * CoordBits + ReadClockBits + LineBits + 2;
  localparam int RowTokenBits = 5 + 3 * AddressBits + 2 + RowTileBits + RowBits + 1;
  localparam int ResultTokenBits = 24 + TableBits + RowBits + 7 * AddressBits + WriteLineBits +
      WriteClockBits + RowTileBits + PoolEntryBits + PixelBits + 6 * Windows + 2 * ColumnBits +
      2 * KernelBits;
  localparam int IndexBits = (Tiles > Layers) ? $clog2(Tiles) : (Layers > 1) ? $clog2(Layers) : 1;
  localparam int WriteIndexBits = (Writes > 1) ? $clog2(Writes) : 1;
  localparam int TransferIndexBits = (ReadIndexBits > WriteIndexBits) ? ReadIndexBits
                                                                      : WriteIndexBits;
`ifndef __ICARUS__  // Icarus 11 has no elaboration tasks
  if (LoadWordBits < ProgramBits || LoadWordBits < TransferRecordBits ||
      LoadWordBits < PathBits) begin : gen_check_word
    $error("sa_machine: LoadWordBits must hold every record and line");
  end
  if (LoadIndexBits < IndexBits || LoadIndexBits < TransferIndexBits) begin : gen_check_index
    $error("sa_machine: LoadIndexBits must hold what it addresses");
  end
`endif
  logic unused_load;
  assign unused_load = ^{load_index_i, load_word_i};

  logic [7:0] load;
  for (genvar m = 0; m < 8; m++) begin : gen_load
    assign load[m] = load_i & (load_memory_i == 3'(m));
  end

  logic weights_valid, column_valid, row_valid;
  logic [AddressBits-1:0] weights_address;
  logic [LoadByteBits-1:0] weights_bytes, unused_line_bytes;
  logic [LoadLineBits-1:0] weights_lines;
  logic [GroupBits-1:0] weights_groups;
  logic [ColumnTokenBits-1:0] column_token;
  logic [RowTokenBits-1:0] row_token;
  logic [ResultTokenBits-1:0] result_token;
  logic [CounterBits-1:0] fetched, ended, unused_sending;
  sa_controller #(
    .Rows(Rows), .Columns(Columns), .Tiles(Tiles), .Layers(Layers), .Windows(Windows),
    .AddressBits(AddressBits), .CoordBits(CoordBits), .SideBits(SideBits), .WordBits(WordBits),
    .WaitBits(WaitBits), .CounterBits(CounterBits), .RowBits(RowBits), .GroupBits(GroupBits),
    .LoadByteBits(LoadByteBits), .LoadLineBits(LoadLineBits), .ReadClockBits(ReadClockBits),
    .LineBits(LineBits), .RowTileBits(RowTileBits), .WriteLineBits(WriteLineBits),
    .WriteClockBits(WriteClockBits), .PoolEntryBits(PoolEntryBits), .PixelBits(PixelBits),
    .ColumnBits(ColumnBits), .KernelBits(KernelBits), .TableBits(TableBits)
  ) u_controller (
    .clk_i, .rst_ni, .load_load_i(load[0]), .load_tile_i(load[1]), .load_layer_i(load[2]),
    .load_index_i(load_index_i[IndexBits-1:0]), .load_record_i(load_word_i[ProgramBits-1:0]),
    .start_i, .fetched_i(fetched), .done_i(done_o), .load_valid_o(weights_valid),
    .load_address_o(weights_address), .load_bytes_o(weights_bytes), .load_lines_o(weights_lines),
    .load_groups_o(weights_groups), .column_valid_o(column_valid), .column_token_o(column_token),
    .row_valid_o(row_valid), .row_token_o(row_token), .result_token_o(result_token),
    .ended_o(ended), .sending_o(unused_sending)
  );

  logic fill_weights, fill_input, fill_residual, drain;
  logic [AddressBits-1:0] fill_address, drain_address;
  logic [BankBits-1:0] fill_banks;
  logic [8*DramBytes-1:0] fill_word;
  logic [BusBits-1:0] drain_bus;
  logic [Buses*8*DramBytes-1:0] drain_words;
  sa_memory_channel #(
    .Reads(Reads), .Writes(Writes), .Buses(Buses), .BankBits(BankBits), .AddressBits(AddressBits),
    .CounterBits(CounterBits), .BatchBits(BatchBits), .DramBytes(DramBytes),
    .DramLatency(DramLatency), .DramBits(DramBits), .TransferBits(TransferBits),
    .SkipBits(SkipBits)
  ) u_channel (
    .clk_i, .rst_ni, .load_read_i(load[3]), .load_write_i(load[4]),
    .load_index_i(load_index_i[TransferIndexBits-1:0]),
    .load_record_i(load_word_i[TransferRecordBits-1:0]), .read_restart_i, .batch_bytes_i,
    .two_slots_i, .batches_i, .start_i, .ended_i(ended), .done_i(done_o), .fetched_o(fetched),
    .finished_o, .write_weights_o(fill_weights), .write_input_o(fill_input),
    .write_residual_o(fill_residual), .address_o(fill_address), .banks_o(fill_banks),
    .word_o(fill_word), .read_o(drain), .bus_o(drain_bus), .read_address_o(drain_address),
    .output_i(drain_words), .dram_read_o, .dram_read_address_o, .dram_word_i, .dram_write_o,
    .dram_write_address_o, .dram_mask_o, .dram_word_o
  );

  logic unused_pixel;
  logic [ColumnReads-1:0] read_data, read_input;
  logic [ColumnReads*AddressBits-1:0] read_address;
  logic [ColumnReads*8-1:0] data_read, input_read;
  logic [ColumnWrites-1:0] write_data;
  logic [ColumnWrites*AddressBits-1:0] write_address;
  logic [ColumnWrites*8-1:0] data_written;
  logic read_weights;
  logic [AddressBits-1:0] line_address;
  logic [Columns*LoadWires-1:0] weights;
  logic [Buses-1:0] read_partial, read_residual, read_residual_input, write_partial, write_residual;
  logic [Buses-1:0] write_output, output_logit, read_line, write_line;
  logic [Buses*AddressBits-1:0] read_bus_address, partial_address, residual_address;
  logic [Buses*AddressBits-1:0] output_address, read_line_address, write_line_address;
  logic [Buses*AccBits-1:0] partial_read, partial_written;
  logic [Buses*8-1:0] residual_read, residual_input_read;
  logic [Buses*32-1:0] output_written;
  logic [Buses*Windows*24-1:0] line_read, line_written;

  sa_datapath #(
    .Rows(Rows), .Columns(Columns), .Kind(Kind), .Alpha(Alpha), .AccBits(AccBits),
    .DoubleBuffer(DoubleBuffer), .GateClock(GateClock), .ReadPorts(ReadPorts),
    .WritePorts(WritePorts), .Lines(Lines), .RowTiles(RowTiles), .WriteLines(WriteLines),
    .MaxWriteClocks(MaxWriteClocks), .AddressBits(AddressBits), .CoordBits(CoordBits),
    .LoadByteBits(LoadByteBits), .LoadLineBits(LoadLineBits), .PoolEntries(PoolEntries),
    .PoolSumBits(PoolSumBits), .PixelBits(PixelBits), .Windows(Windows), .ColumnBits(ColumnBits),
    .KernelBits(KernelBits), .Tables(Tables), .ExponentBits(ExponentBits),
    .LoadPlaceBits(LoadPlaceBits), .LoadAddressBits(LoadIndexBits)
  ) u_path (
    .clk_i, .rst_ni, .column_valid_i(column_valid), .column_token_i(column_token),
    .row_valid_i(row_valid), .row_token_i(row_token), .result_token_i(result_token),
    .weights_valid_i(weights_valid), .weights_address_i(weights_address),
    .weights_bytes_i(weights_bytes), .weights_lines_i(weights_lines),
    .weights_groups_i(weights_groups), .done_o, .pixel_o(unused_pixel), .load_lines_i(load[5]),
    .load_rows_i(load[6]), .load_writes_i(load[7]), .load_place_i, .load_address_i(load_index_i),
    .load_word_i(load_word_i[PathBits-1:0]), .read_data_o(read_data), .read_input_o(read_input),
    .read_address_o(read_address), .data_i(data_read), .input_i(input_read),
    .write_data_o(write_data), .write_address_o(write_address), .data_o(data_written),
    .read_weights_o(read_weights), .weights_address_o(line_address),
    .weights_bytes_o(unused_line_bytes), .weights_i(weights), .read_partial_o(read_partial),
    .read_residual_o(read_residual), .read_residual_input_o(read_residual_input),
    .read_bus_address_o(read_bus_address), .partial_i(partial_read), .residual_i(residual_read),
    .residual_input_i(residual_input_read), .write_partial_o(write_partial),
    .partial_address_o(partial_address), .partial_o(partial_written),
    .write_residual_o(write_residual), .residual_address_o(residual_address),
    .write_output_o(write_output), .output_logit_o(output_logit),
    .output_address_o(output_address), .output_o(output_written), .read_line_o(read_line),
    .read_line_address_o(read_line_address), .line_i(line_read), .write_line_o(write_line),
    .write_line_address_o(write_line_address), .line_o(line_written)
  );

  sa_buffers #(
    .Rows(Rows), .Columns(Columns), .Kind(Kind), .Alpha(Alpha), .AccBits(AccBits),
    .Windows(Windows), .ReadPorts(ReadPorts), .WritePorts(WritePorts), .DramBytes(DramBytes),
    .DataBytes(DataBytes), .InputBytes(InputBytes), .WeightBytes(WeightBytes),
    .PartialSums(PartialSums), .ResidualBytes(ResidualBytes),
    .ResidualInputBytes(ResidualInputBytes), .OutputBytes(OutputBytes),
    .WindowWords(WindowWords), .AddressBits(AddressBits)
  ) u_buffers (
    .clk_i, .read_data_i(read_data), .read_input_i(read_input), .read_address_i(read_address),
    .data_o(data_read), .input_o(input_read), .write_data_i(write_data),
    .write_address_i(write_address), .data_i(data_written), .read_weights_i(read_weights),
    .weights_address_i(line_address), .weights_o(weights), .read_partial_i(read_partial),
    .read_residual_i(read_residual), .read_residual_input_i(read_residual_input),
    .read_bus_address_i(read_bus_address), .partial_o(partial_read), .residual_o(residual_read),
    .residual_input_o(residual_input_read), .write_partial_i(write_partial),
    .partial_address_i(partial_address), .partial_i(partial_written),
    .write_residual_i(write_residual), .residual_address_i(residual_address),
    .write_output_i(write_output), .output_logit_i(output_logit),
    .output_address_i(output_address), .output_i(output_written), .read_line_i(read_line),
    .read_line_address_i(read_line_address), .line_o(line_read), .write_line_i(write_line),
    .write_line_address_i(write_line_address), .line_i(line_written),
    .fill_weights_i(fill_weights), .fill_input_i(fill_banks[Columns-1:0] & {Columns{fill_input}}),
    .fill_residual_i(fill_banks[Buses-1:0] & {Buses{fill_residual}}),
    .fill_address_i(fill_address), .fill_word_i(fill_word), .drain_i(drain),
    .drain_bus_i(drain_bus), .drain_address_i(drain_address), .drain_words_o(drain_words)
  );
endmodule
