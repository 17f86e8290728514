// sa_array with the output registers of all cells as ports, row by row: for the equality tests.
module sa_array_probe #(
  parameter int Rows = 3,
  parameter int Columns = 4,
  parameter int Kind = sa_pkg::KindMultiplexed,
  parameter int Alpha = 8,
  parameter int AccBits = 32,
  parameter bit DoubleBuffer = 1'b1,
  parameter bit GateClock = 1'b0,
  parameter int Lines = (Kind == sa_pkg::KindParallel) ? 8 * Alpha : Alpha,
  parameter int AccWires = (Kind == sa_pkg::KindParallel) ? AccBits :
                           (Kind == sa_pkg::KindBalanced) ? 1 : AccBits / 8
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  input  logic [Columns*Lines-1:0]         data_i,
  input  logic [Columns-1:0]               start_i,
  input  logic [Columns-1:0]               swap_i,
  input  logic [Columns*Lines-1:0]         load_i,
  input  logic [Columns-1:0]               load_valid_i,
  input  logic [Rows*AccWires-1:0]         acc_i,
  output logic [Rows*Columns*Lines-1:0]    data_o,
  output logic [Rows*Columns-1:0]          start_o,
  output logic [Rows*Columns-1:0]          swap_o,
  output logic [Rows*Columns*Lines-1:0]    load_o,
  output logic [Rows*Columns-1:0]          load_valid_o,
  output logic [Rows*Columns*AccWires-1:0] acc_o,
  output logic [Rows*AccWires-1:0]         east_acc_o,
  output logic [Rows-1:0]                  east_start_o
);
  sa_array #(
    .Rows(Rows), .Columns(Columns), .Kind(Kind), .Alpha(Alpha), .AccBits(AccBits),
    .DoubleBuffer(DoubleBuffer), .GateClock(GateClock)
  ) u_array (
    .clk_i, .rst_ni, .data_i, .start_i, .swap_i, .load_i, .load_valid_i, .acc_i,
    .acc_o(east_acc_o), .start_o(east_start_o)
  );

  assign data_o = u_array.data[(Rows+1)*Columns*Lines-1:Columns*Lines];
  assign load_o = u_array.load[(Rows+1)*Columns*Lines-1:Columns*Lines];
  assign start_o = u_array.start[(Rows+1)*Columns-1:Columns];
  assign swap_o = u_array.swap[(Rows+1)*Columns-1:Columns];
  assign load_valid_o = u_array.load_valid[(Rows+1)*Columns-1:Columns];
  for (genvar row = 0; row < Rows; row++) begin : gen_row
    assign acc_o[row*Columns*AccWires+:Columns*AccWires] =
        u_array.acc[(row*(Columns+1)+1)*AccWires+:Columns*AccWires];
  end
endmodule
