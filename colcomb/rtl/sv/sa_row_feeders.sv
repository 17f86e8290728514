// The row feeders of all rows, a word's token going from row to row, and their reads on the banks
// of the row buses: of a bus's rows one reads in a clock. Latency: sa_row_feeder's, one clock more
// a row.
//
// Row r's port bits are at r, bus b's at b; bus b has rows Interval * b on.
//
// Requires: words Interval clocks apart or more; descriptors are loaded before the first word.
module sa_row_feeders #(
  parameter int Rows = 32,
  parameter int Kind = sa_pkg::KindMultiplexed,
  parameter int AccBits = 32,
  parameter int TileRowBits = 6,
  parameter int RowTiles = 16,
  parameter int AddressBits = 16,
  parameter int ExponentBits = 0,  // of the exponent of a row's scale; 0: rows have none
  // Derived.
  parameter int Interval = (Kind == sa_pkg::KindParallel) ? 1 :
                           (Kind == sa_pkg::KindBalanced) ? AccBits : 8,
  parameter int Buses = (Rows + Interval - 1) / Interval,
  parameter int RowBits = (Rows > 1) ? $clog2(Rows) : 1,
  parameter int TileBits = (RowTiles > 1) ? $clog2(RowTiles) : 1,
  parameter int TokenBits = 5 + 3 * AddressBits + 2 + TileBits + TileRowBits + 1,
  parameter int DescriptorBits = ExponentBits + 1 + AddressBits + AccBits,
  parameter int AccWires = (Kind == sa_pkg::KindParallel) ? AccBits :
                                    (Kind == sa_pkg::KindBalanced) ? 1 : AccBits / 8
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         valid_i,
  input  logic [TokenBits-1:0]         token_i,
  input  logic                         load_i,
  input  logic [RowBits-1:0]           load_row_i,
  input  logic [TileBits-1:0]          load_tile_i,
  input  logic [DescriptorBits-1:0]    load_descriptor_i,
  output logic [Buses-1:0]             read_partial_o,
  output logic [Buses-1:0]             read_residual_o,
  output logic [Buses-1:0]             read_residual_input_o,
  output logic [Buses*AddressBits-1:0] address_o,
  input  logic [Buses*AccBits-1:0]     partial_sum_i,
  input  logic [Buses*8-1:0]           residual_i,
  input  logic [Buses*8-1:0]           residual_input_i,
  output logic [Rows*AccWires-1:0]     acc_o
);
  // Entry r is what enters row r.
  logic [Rows:0] valid;
  logic [(Rows+1)*TokenBits-1:0] token;
  assign valid[0] = valid_i;
  assign token[TokenBits-1:0] = token_i;
  logic unused_end;
  assign unused_end = ^{valid[Rows], token[Rows*TokenBits+:TokenBits]};

  for (genvar b = 0; b < Buses; b++) begin : gen_bus
    localparam int First = b * Interval;
    localparam int Count = (Rows - First < Interval) ? Rows - First : Interval;
    logic [Count-1:0] partial, residual, residual_input;
    logic [Count*AddressBits-1:0] address;

    for (genvar i = 0; i < Count; i++) begin : gen_row
      localparam int Row = First + i;
      sa_row_feeder #(
        .Row(Row), .Interval(Interval), .Kind(Kind), .AccBits(AccBits), .RowTiles(RowTiles),
        .AddressBits(AddressBits), .RowBits(TileRowBits), .ExponentBits(ExponentBits)
      ) u_feeder (
        .clk_i, .rst_ni, .valid_i(valid[Row]), .token_i(token[Row*TokenBits+:TokenBits]),
        .valid_o(valid[Row+1]), .token_o(token[(Row+1)*TokenBits+:TokenBits]),
        .load_i(load_i & (load_row_i == RowBits'(Row))), .load_tile_i, .load_descriptor_i,
        .read_partial_o(partial[i]), .read_residual_o(residual[i]),
        .read_residual_input_o(residual_input[i]), .address_o(address[i*AddressBits+:AddressBits]),
        .partial_sum_i(partial_sum_i[b*AccBits+:AccBits]), .residual_i(residual_i[b*8+:8]),
        .residual_input_i(residual_input_i[b*8+:8]), .acc_o(acc_o[Row*AccWires+:AccWires])
      );
    end

    assign read_partial_o[b] = |partial;
    assign read_residual_o[b] = |residual;
    assign read_residual_input_o[b] = |residual_input;
    sa_onehot_mux #(.Count(Count), .Width(AddressBits)) u_address (
      .select_i(partial | residual | residual_input), .values_i(address),
      .value_o(address_o[b*AddressBits+:AddressBits])
    );
  end
endmodule
