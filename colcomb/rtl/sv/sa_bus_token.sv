// What belongs to a word while the rows of one row bus give its results, one a clock: a register
// for all rows of the bus, since a row's words are as far apart as the bus has rows at least.
//
// Latency: 1 clock from valid_i to the bus's first row: valid_o, row_o, token_o; the other rows
// follow clock by clock. With the last one next_o is 1, the next bus's valid_i.
//
// Requires: valid_i Rows clocks apart or more.
module sa_bus_token #(
  parameter int Rows = 8,  // of the bus, from 1
  parameter int Width = 8,
  parameter int RowBits = (Rows > 1) ? $clog2(Rows) : 1  // derived
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               valid_i,
  input  logic [Width-1:0]   token_i,
  output logic               valid_o,
  output logic [RowBits-1:0] row_o,
  output logic [Width-1:0]   token_o,
  output logic               next_o
);
  localparam logic [RowBits-1:0] RowLast = RowBits'(Rows - 1);
  assign next_o = valid_o & (row_o == RowLast);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_o <= 1'b0;
      row_o <= '0;
      token_o <= '0;
    end else if (valid_i) begin
      valid_o <= 1'b1;
      row_o <= '0;
      token_o <= token_i;
    end else begin
      valid_o <= valid_o & ~next_o;
      row_o <= row_o + 1'b1;
    end
  end
endmodule
