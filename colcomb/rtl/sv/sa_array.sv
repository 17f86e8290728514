// Rows x Columns cells of one kind and the wires between them: weight-stationary, input words from
// the south, accumulations from the west (cycle-model.md, "Blocks").
//
// Row 0 is the southern, column 0 the western one. Column j, line k is bit j * Lines + k of data
// and load; row i, stream n is bit i * AccWires + n of acc. Latency: Rows clocks from south to
// north, Columns clocks from west to east; the result of row i leaves in the clocks in which
// start_east_o[i] was given, and the AccBits - 1 after it, for the stream that it belongs to.
module sa_array #(
  parameter int Rows = 4,
  parameter int Columns = 4,
  parameter int Kind = sa_pkg::KindMultiplexed,
  parameter int Alpha = 8,     // data lines per column; 1 for BL and IL
  parameter int AccBits = 32,  // A: 16, 24 or 32
  parameter bit DoubleBuffer = 1'b1,
  parameter bit GateClock = 1'b0,
  // Derived: wires of a column's data, and of a row's accumulations.
  parameter int Lines = (Kind == sa_pkg::KindParallel) ? 8 * Alpha : Alpha,
  parameter int AccWires = (Kind == sa_pkg::KindParallel) ? AccBits :
                                    (Kind == sa_pkg::KindBalanced) ? 1 : AccBits / 8
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,
  // South.
  input  logic [Columns*Lines-1:0] data_i,
  input  logic [Columns-1:0]       start_i,
  input  logic [Columns-1:0]       swap_i,
  input  logic [Columns*Lines-1:0] load_i,  // unused without double buffering
  input  logic [Columns-1:0]       load_valid_i,
  // West.
  input  logic [Rows*AccWires-1:0] acc_i,
  // East: output registers of the last column.
  output logic [Rows*AccWires-1:0] acc_o,
  output logic [Rows-1:0]          start_o
);
`ifndef __ICARUS__  // Icarus 11 has no elaboration tasks
  if (Kind > sa_pkg::KindParallel) begin : gen_check_kind
    $error("sa_array: Kind must be one of sa_pkg");
  end
  if (Alpha != 1 && Kind < sa_pkg::KindMultiplexed) begin : gen_check_alpha
    $error("sa_array: Alpha must be 1 for BL and IL cells");
  end
`endif

  // Entry (row, column) of the vertical wires is what enters that cell, row Rows what leaves north.
  logic [(Rows+1)*Columns*Lines-1:0] data, load;
  logic [(Rows+1)*Columns-1:0] start, swap, load_valid;
  logic [Rows*(Columns+1)*AccWires-1:0] acc;

  assign data[Columns*Lines-1:0] = data_i;
  assign load[Columns*Lines-1:0] = load_i;
  assign start[Columns-1:0] = start_i;
  assign swap[Columns-1:0] = swap_i;
  assign load_valid[Columns-1:0] = load_valid_i;

  // What leaves in the north goes nowhere.
  logic unused_north;
  assign unused_north = ^{data[Rows*Columns*Lines+:Columns*Lines],
                          load[Rows*Columns*Lines+:Columns*Lines], start[Rows*Columns+:Columns],
                          swap[Rows*Columns+:Columns], load_valid[Rows*Columns+:Columns]};

  for (genvar row = 0; row < Rows; row++) begin : gen_row
    assign acc[row*(Columns+1)*AccWires+:AccWires] = acc_i[row*AccWires+:AccWires];
    assign acc_o[row*AccWires+:AccWires] = acc[(row*(Columns+1)+Columns)*AccWires+:AccWires];
    assign start_o[row] = start[(row+1)*Columns+Columns-1];

    for (genvar column = 0; column < Columns; column++) begin : gen_column
      localparam int In = row * Columns + column;
      localparam int Out = In + Columns;
      localparam int West = row * (Columns + 1) + column;
      if (Kind == sa_pkg::KindParallel) begin : gen_parallel
        sa_parallel_cell #(
          .Alpha(Alpha), .AccBits(AccBits), .DoubleBuffer(DoubleBuffer), .GateClock(GateClock)
        ) u_cell (
          .clk_i, .rst_ni,
          .data_i(data[In*Lines+:Lines]), .data_o(data[Out*Lines+:Lines]),
          .start_i(start[In]), .start_o(start[Out]), .swap_i(swap[In]), .swap_o(swap[Out]),
          .load_i(load[In*Lines+:Lines]), .load_o(load[Out*Lines+:Lines]),
          .load_valid_i(load_valid[In]), .load_valid_o(load_valid[Out]),
          .acc_i(acc[West*AccWires+:AccWires]), .acc_o(acc[(West+1)*AccWires+:AccWires])
        );
      end else begin : gen_serial
        sa_mx_cell #(
          .Alpha(Alpha), .AccBits(AccBits), .Streams(AccWires), .DoubleBuffer(DoubleBuffer),
          .GateClock(GateClock)
        ) u_cell (
          .clk_i, .rst_ni,
          .data_i(data[In*Lines+:Lines]), .data_o(data[Out*Lines+:Lines]),
          .start_i(start[In]), .start_o(start[Out]), .swap_i(swap[In]), .swap_o(swap[Out]),
          .load_i(load[In*Lines+:Lines]), .load_o(load[Out*Lines+:Lines]),
          .load_valid_i(load_valid[In]), .load_valid_o(load_valid[Out]),
          .acc_i(acc[West*AccWires+:AccWires]), .acc_o(acc[(West+1)*AccWires+:AccWires])
        );
      end
    end
  end
endmodule
