// The blocks between the memories of one array, wired (cycle-model.md, "Blocks"): feeders of
// columns and rows, the array with the ReLU and quantization blocks of its rows, what takes their
// results, the output crossbar and the weight loader. Who sends the words, and the memories, are
// around it.
//
// Tokens are those of sa_column_feeder, sa_row_feeder and sa_result_side; row and result token of a
// word come together. Every memory's word is there a clock after its read. Latency: the blocks'.
//
// Descriptors are loaded before the first word, one a clock: load_lines_i gives a column's line of
// them, load_rows_i a row's of a row tile, the residual buffer's address in front and behind it the
// exponent, if rows have them, load_writes_i a
// bank's line; load_place_i says which column, row or bank, load_address_i which line or row tile,
// and load_word_i's lowest bits are the descriptors. load_writes_i with place Banks gives all buses
// byte load_address_i of the activation tables, 256 bytes each, one behind the other.
//
// Requires: what the blocks do, which the tile program's waits keep.
module sa_datapath #(
  parameter int Rows = 32,       // R
  parameter int Columns = 32,    // C
  parameter int Kind = sa_pkg::KindMultiplexed,
  parameter int Alpha = 8,
  parameter int AccBits = 32,    // A
  parameter bit DoubleBuffer = 1'b1,
  parameter bit GateClock = 1'b0,
  parameter int ReadPorts = 1,   // of a bank of data or input buffer, at most Alpha
  parameter int WritePorts = 1,  // of a bank of the data buffer, at most Rows
  parameter int Lines = 64,      // of a column's descriptors
  parameter int RowTiles = 16,
  parameter int WriteLines = 64,   // of a bank's write descriptors
  parameter int MaxWriteClocks = 8,  // most of Z
  parameter int AddressBits = 16,
  parameter int CoordBits = 16,
  parameter int LoadByteBits = 8,   // of a weight line's bytes
  parameter int LoadLineBits = 10,  // of a tile's weight lines
  parameter int PoolEntries = 32,   // accumulators of global pooling of a bus
  parameter int PoolSumBits = 24,
  parameter int PixelBits = 17,
  parameter int Windows = 4,
  parameter int ColumnBits = 8,
  parameter int KernelBits = 4,
  parameter int Tables = 0,     // activation tables; 0: layers have none
  parameter int ExponentBits = 0,   // of the exponent of a row's scale; 0: rows have none
  parameter bit HasWindows = 1'b1,  // whether any layer has pooling windows
  parameter bit HasPooling = 1'b1,  // or global pooling
  parameter int Banks = Columns,  // that the crossbar writes
  parameter int Ring = 0,  // pixels of a plane that the columns read, of a ring; 0: whole maps
  // Derived.
  parameter int Interval = (Kind == sa_pkg::KindParallel) ? 1 :
                           (Kind == sa_pkg::KindBalanced) ? AccBits : 8,
  parameter int Buses = (Rows + Interval - 1) / Interval,
  parameter int LoadWires = (Kind == sa_pkg::KindParallel) ? 8 * Alpha : Alpha,
  parameter int GroupBits = $clog2(Columns + 1),
  parameter int TileRowBits = $clog2(Rows + 1),
  parameter int ReadClockBits = $clog2((Alpha + ReadPorts - 1) / ReadPorts + 1),
  parameter int LineBits = (Lines > 1) ? $clog2(Lines) : 1,
  parameter int RowTileBits = (RowTiles > 1) ? $clog2(RowTiles) : 1,
  parameter int WriteLineBits = (WriteLines > 1) ? $clog2(WriteLines) : 1,
  parameter int WriteClockBits = $clog2(MaxWriteClocks + 1),
  parameter int TableBits = $clog2(Tables + 1),
  parameter int PoolEntryBits = (PoolEntries > 1) ? $clog2(PoolEntries) : 1,
  parameter int ColumnTokenBits = AddressBits + 4 * CoordBits + ReadClockBits + LineBits + 2,
  parameter int RowTokenBits = 5 + 3 * AddressBits + 2 + RowTileBits + TileRowBits + 1,
  parameter int ResultTokenBits = 19 + TileRowBits + TableBits + 5 + 7 * AddressBits +
      WriteLineBits + WriteClockBits + RowTileBits + PoolEntryBits + PixelBits + 6 * Windows +
      2 * ColumnBits + 2 * KernelBits,
  parameter int RowBits = (Rows > 1) ? $clog2(Rows) : 1,
  parameter int LineWordBits =
      ReadPorts * (1 + 8 + 2 * CoordBits + ((Ring > 0) ? 2 : 1) * AddressBits),
  parameter int RowWordBits = ExponentBits + 1 + 2 * AddressBits + AccBits,
  parameter int WriteWordBits = WritePorts * (AddressBits + RowBits + 1),
  parameter int LoadWordBits = (LineWordBits > RowWordBits) ?
      ((LineWordBits > WriteWordBits) ? LineWordBits : WriteWordBits) :
      ((RowWordBits > WriteWordBits) ? RowWordBits : WriteWordBits),
  parameter int LoadPlaceBits = 10,
  parameter int LoadAddressBits = 16
) (
  input  logic                                      clk_i,
  input  logic                                      rst_ni,
  // Controller.
  input  logic                                      column_valid_i,
  input  logic [ColumnTokenBits-1:0]                column_token_i,
  input  logic                                      row_valid_i,
  input  logic [RowTokenBits-1:0]                   row_token_i,
  input  logic [ResultTokenBits-1:0]                result_token_i,
  input  logic                                      weights_valid_i,
  input  logic [AddressBits-1:0]                    weights_address_i,
  input  logic [LoadByteBits-1:0]                   weights_bytes_i,
  input  logic [LoadLineBits-1:0]                   weights_lines_i,
  input  logic [GroupBits-1:0]                      weights_groups_i,
  output logic                                      done_o,
  output logic                                      pixel_o,
  // Descriptors.
  input  logic                                      load_lines_i,
  input  logic                                      load_rows_i,
  input  logic                                      load_writes_i,
  input  logic [LoadPlaceBits-1:0]                  load_place_i,
  input  logic [LoadAddressBits-1:0]                load_address_i,
  input  logic [LoadWordBits-1:0]                   load_word_i,
  // Banks of the columns: data and input buffer.
  output logic [Columns*ReadPorts-1:0]              read_data_o,
  output logic [Columns*ReadPorts-1:0]              read_input_o,
  output logic [Columns*ReadPorts*AddressBits-1:0]  read_address_o,
  input  logic [Columns*ReadPorts*8-1:0]            data_i,
  input  logic [Columns*ReadPorts*8-1:0]            input_i,
  output logic [Banks*WritePorts-1:0]               write_data_o,
  output logic [Banks*WritePorts*AddressBits-1:0]   write_address_o,
  output logic [Banks*WritePorts*8-1:0]             data_o,
  // Weight buffer.
  output logic                                      read_weights_o,
  output logic [AddressBits-1:0]                    weights_address_o,
  output logic [LoadByteBits-1:0]                   weights_bytes_o,
  input  logic [Columns*LoadWires-1:0]              weights_i,
  // Banks of the buses: partial-sum, residual, residual input and output buffer, and the line
  // buffer of pooling windows.
  output logic [Buses-1:0]                          read_partial_o,
  output logic [Buses-1:0]                          read_residual_o,
  output logic [Buses-1:0]                          read_residual_input_o,
  output logic [Buses*AddressBits-1:0]              read_bus_address_o,
  input  logic [Buses*AccBits-1:0]                  partial_i,
  input  logic [Buses*8-1:0]                        residual_i,
  input  logic [Buses*8-1:0]                        residual_input_i,
  output logic [Buses-1:0]                          write_partial_o,
  output logic [Buses*AddressBits-1:0]              partial_address_o,
  output logic [Buses*AccBits-1:0]                  partial_o,
  output logic [Buses-1:0]                          write_residual_o,
  output logic [Buses*AddressBits-1:0]              residual_address_o,
  output logic [Buses-1:0]                          write_output_o,
  output logic [Buses-1:0]                          output_logit_o,
  output logic [Buses*AddressBits-1:0]              output_address_o,
  output logic [Buses*32-1:0]                       output_o,  // residual: the lowest byte
  output logic [Buses-1:0]                          read_line_o,
  output logic [Buses*AddressBits-1:0]              read_line_address_o,
  input  logic [Buses*Windows*24-1:0]               line_i,
  output logic [Buses-1:0]                          write_line_o,
  output logic [Buses*AddressBits-1:0]              write_line_address_o,
  output logic [Buses*Windows*24-1:0]               line_o
);
`ifndef __ICARUS__  // Icarus 11 has no elaboration tasks
  if (LineBits > LoadAddressBits || RowTileBits > LoadAddressBits ||
      WriteLineBits > LoadAddressBits || Rows > (1 << LoadPlaceBits) ||
      Columns > (1 << LoadPlaceBits) || Banks > (1 << LoadPlaceBits) ||
      (Tables > 0 && (Banks == (1 << LoadPlaceBits) || 256 * Tables > (1 << LoadAddressBits)))
  ) begin : gen_check
    $error("sa_datapath: LoadPlaceBits and LoadAddressBits must hold what they address");
  end
`endif
  localparam int AccWires = (Kind == sa_pkg::KindParallel) ? AccBits :
                            (Kind == sa_pkg::KindBalanced) ? 1 : AccBits / 8;
  localparam int RowDescriptorBits = ExponentBits + 1 + AddressBits + AccBits;
  localparam int ExponentWires = (ExponentBits > 0) ? ExponentBits : 1;
  localparam int BankBits = (Banks > 1) ? $clog2(Banks) : 1;
  localparam int TableAddressBits = (Tables > 1) ? $clog2(256 * Tables) : 8;
  logic unused_load, load_tables;
  assign unused_load = ^{load_place_i, load_address_i};
  assign load_tables = (Tables > 0) & load_writes_i & (32'(load_place_i) == Banks);

  // South.
  logic [Columns*LoadWires-1:0] data, load;
  logic [Columns-1:0] start, swap, load_valid;

  // Entry c is what enters column c.
  logic [Columns:0] column_valid;
  logic [(Columns+1)*ColumnTokenBits-1:0] column_token;
  assign column_valid[0] = column_valid_i;
  assign column_token[ColumnTokenBits-1:0] = column_token_i;
  logic unused_columns;
  assign unused_columns =
      ^{column_valid[Columns], column_token[Columns*ColumnTokenBits+:ColumnTokenBits]};

  for (genvar c = 0; c < Columns; c++) begin : gen_column
    sa_column_feeder #(
      .Kind(Kind), .Alpha(Alpha), .Ports(ReadPorts), .Lines(Lines), .AddressBits(AddressBits),
      .CoordBits(CoordBits), .Ring(Ring)
    ) u_feeder (
      .clk_i, .rst_ni, .valid_i(column_valid[c]),
      .token_i(column_token[c*ColumnTokenBits+:ColumnTokenBits]), .valid_o(column_valid[c+1]),
      .token_o(column_token[(c+1)*ColumnTokenBits+:ColumnTokenBits]),
      .load_i(load_lines_i & (load_place_i == LoadPlaceBits'(c))),
      .load_line_i(load_address_i[LineBits-1:0]),
      .load_descriptors_i(load_word_i[LineWordBits-1:0]),
      .read_data_o(read_data_o[c*ReadPorts+:ReadPorts]),
      .read_input_o(read_input_o[c*ReadPorts+:ReadPorts]),
      .address_o(read_address_o[c*ReadPorts*AddressBits+:ReadPorts*AddressBits]),
      .data_i(data_i[c*ReadPorts*8+:ReadPorts*8]), .input_i(input_i[c*ReadPorts*8+:ReadPorts*8]),
      .swap_o(swap[c]), .start_o(start[c]), .data_o(data[c*LoadWires+:LoadWires])
    );
  end

  sa_weight_loader #(
    .Columns(Columns), .LoadLines(LoadWires), .AddressBits(AddressBits), .BytesBits(LoadByteBits),
    .CountBits(LoadLineBits)
  ) u_loader (
    .clk_i, .rst_ni, .load_i(weights_valid_i), .address_i(weights_address_i),
    .bytes_i(weights_bytes_i), .lines_i(weights_lines_i), .groups_i(weights_groups_i),
    .line_i(weights_i), .read_o(read_weights_o), .address_o(weights_address_o),
    .bytes_o(weights_bytes_o), .load_valid_o(load_valid), .load_o(load)
  );

  // West.
  logic [Rows*AccWires-1:0] acc_west, acc_east;
  sa_row_feeders #(
    .Rows(Rows), .Kind(Kind), .AccBits(AccBits), .TileRowBits(TileRowBits), .RowTiles(RowTiles),
    .AddressBits(AddressBits), .ExponentBits(ExponentBits)
  ) u_row_feeders (
    .clk_i, .rst_ni, .valid_i(row_valid_i), .token_i(row_token_i), .load_i(load_rows_i),
    .load_row_i(load_place_i[RowBits-1:0]), .load_tile_i(load_address_i[RowTileBits-1:0]),
    .load_descriptor_i(load_word_i[RowDescriptorBits-1:0]), .read_partial_o, .read_residual_o,
    .read_residual_input_o, .address_o(read_bus_address_o), .partial_sum_i(partial_i), .residual_i,
    .residual_input_i, .acc_o(acc_west)
  );

  // Without double buffering the data lines carry the weights too.
  logic [Rows-1:0] start_east;
  sa_array #(
    .Rows(Rows), .Columns(Columns), .Kind(Kind), .Alpha(Alpha), .AccBits(AccBits),
    .DoubleBuffer(DoubleBuffer), .GateClock(GateClock)
  ) u_array (
    .clk_i, .rst_ni, .data_i(DoubleBuffer ? data : data | load), .start_i(start), .swap_i(swap),
    .load_i(load), .load_valid_i(load_valid), .acc_i(acc_west), .acc_o(acc_east),
    .start_o(start_east)
  );

  // East.
  logic [ExponentWires-1:0] load_exponent;
  if (ExponentBits > 0) begin : gen_exponent
    assign load_exponent = load_word_i[1+AddressBits+AccBits+:ExponentBits];
  end else begin : gen_no_exponent
    assign load_exponent = '0;
  end
  logic [Buses*5-1:0] fraction_bits;
  logic [Rows-1:0] result;
  logic [Rows*AccBits-1:0] acc;
  logic [Rows*8-1:0] byte_of_row, byte_next;
  logic [Rows-1:0] whole;
  for (genvar r = 0; r < Rows; r++) begin : gen_row
    sa_relu_quant #(.Kind(Kind), .AccBits(AccBits)) u_relu (
      .clk_i, .rst_ni, .start_i(start_east[r]), .fraction_bits_i(fraction_bits[r/Interval*5+:5]),
      .acc_i(acc_east[r*AccWires+:AccWires]), .valid_o(result[r]),
      .acc_o(acc[r*AccBits+:AccBits]), .byte_o(byte_of_row[r*8+:8]), .whole_o(whole[r]),
      .byte_next_o(byte_next[r*8+:8])
    );
  end

  logic [Rows-1:0] crossbar_byte_valid;
  logic [Rows*8-1:0] crossbar_byte;
  logic crossbar_valid, crossbar_last, crossbar_pixel;
  logic [WriteLineBits-1:0] crossbar_line;
  logic [WriteClockBits-1:0] crossbar_clocks;
  logic [AddressBits-1:0] crossbar_offset;
  sa_result_side #(
    .Rows(Rows), .Columns(Columns), .Kind(Kind), .AccBits(AccBits), .TileRowBits(TileRowBits),
    .RowTiles(RowTiles), .AddressBits(AddressBits), .WriteLineBits(WriteLineBits),
    .WriteClockBits(WriteClockBits), .Entries(PoolEntries), .SumBits(PoolSumBits),
    .PixelBits(PixelBits), .Windows(Windows), .ColumnBits(ColumnBits), .KernelBits(KernelBits),
    .Tables(Tables), .ExponentBits(ExponentBits), .HasWindows(HasWindows), .HasPooling(HasPooling)
  ) u_results (
    .clk_i, .rst_ni, .valid_i(row_valid_i), .token_i(result_token_i),
    .fraction_bits_o(fraction_bits), .result_i(result), .acc_i(acc), .byte_i(byte_of_row),
    .whole_i(whole), .byte_next_i(byte_next), .load_table_i(load_tables),
    .load_table_address_i(TableAddressBits'(load_address_i)), .load_table_byte_i(load_word_i[7:0]),
    .load_i(load_rows_i), .load_row_i(load_place_i[RowBits-1:0]),
    .load_tile_i(load_address_i[RowTileBits-1:0]),
    .load_keep_i(load_word_i[RowDescriptorBits+:AddressBits]), .load_exponent_i(load_exponent),
    .write_partial_o,
    .partial_address_o, .partial_o, .write_residual_o, .residual_address_o, .write_output_o,
    .output_logit_o, .output_address_o, .output_o, .read_line_o, .read_line_address_o, .line_i,
    .write_line_o, .write_line_address_o, .line_o, .byte_valid_o(crossbar_byte_valid),
    .byte_o(crossbar_byte), .crossbar_valid_o(crossbar_valid),
    .crossbar_token_o({crossbar_last, crossbar_pixel, crossbar_line, crossbar_clocks,
                       crossbar_offset})
  );

  logic unused_valid;
  logic [Rows*8-1:0] unused_bytes;
  sa_output_crossbar #(
    .Rows(Rows), .Columns(Banks), .Ports(WritePorts), .Interval(Interval), .Lines(WriteLines),
    .MaxClocks(MaxWriteClocks), .AddressBits(AddressBits)
  ) u_crossbar (
    .clk_i, .rst_ni, .valid_i(crossbar_byte_valid), .bytes_i(crossbar_byte),
    .last_i(crossbar_valid & crossbar_last), .pixel_i(crossbar_valid & crossbar_pixel),
    .line_i(crossbar_line), .clocks_i(crossbar_clocks), .offset_i(crossbar_offset),
    .load_i(load_writes_i & ~load_tables), .load_bank_i(load_place_i[BankBits-1:0]),
    .load_line_i(load_address_i[WriteLineBits-1:0]),
    .load_descriptors_i(load_word_i[WriteWordBits-1:0]), .valid_o(unused_valid),
    .bytes_o(unused_bytes), .write_o(write_data_o), .address_o(write_address_o),
    .byte_o(data_o), .done_o, .pixel_o
  );
endmodule
