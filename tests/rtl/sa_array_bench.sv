// Self-checking bench of sa_array for a 4-state simulator: +vectors=FILE holds one line per clock,
// written by write_vectors, the inputs and then the outputs expected after the clock. An output
// that is X after reset is not the expected one.
module sa_array_bench #(
  parameter int Rows = 3,
  parameter int Columns = 4,
  parameter int Kind = 2,
  parameter int Alpha = 8,
  parameter int AccBits = 32,
  parameter bit DoubleBuffer = 1'b1,
  parameter bit GateClock = 1'b0,
  parameter int Lines = (Kind == 3) ? 8 * Alpha : Alpha,
  parameter int AccWires = (Kind == 3) ? AccBits : (Kind == 0) ? 1 : AccBits / 8
) ();
  localparam int Cells = Rows * Columns;
  localparam int InBits = Columns * (2 * Lines + 3) + Rows * AccWires;
  localparam int OutBits = Cells * (2 * Lines + 3 + AccWires) + Rows * (AccWires + 1);

  logic clk, rst_n;
  logic [InBits-1:0] in;
  logic [OutBits-1:0] out, expected;
  logic [Columns*Lines-1:0] data, load;
  logic [Columns-1:0] start, swap, load_valid;
  logic [Rows*AccWires-1:0] acc;
  logic [Cells*Lines-1:0] data_out, load_out;
  logic [Cells-1:0] start_out, swap_out, load_valid_out;
  logic [Cells*AccWires-1:0] acc_out;
  logic [Rows*AccWires-1:0] east_acc;
  logic [Rows-1:0] east_start;

  assign {data, load, start, swap, load_valid, acc} = in;
  assign out = {data_out, load_out, start_out, swap_out, load_valid_out, acc_out, east_acc,
                east_start};

  sa_array_probe #(
    .Rows(Rows), .Columns(Columns), .Kind(Kind), .Alpha(Alpha), .AccBits(AccBits),
    .DoubleBuffer(DoubleBuffer), .GateClock(GateClock)
  ) u_probe (
    .clk_i(clk), .rst_ni(rst_n), .data_i(data), .start_i(start), .swap_i(swap), .load_i(load),
    .load_valid_i(load_valid), .acc_i(acc), .data_o(data_out), .start_o(start_out),
    .swap_o(swap_out), .load_o(load_out), .load_valid_o(load_valid_out), .acc_o(acc_out),
    .east_acc_o(east_acc), .east_start_o(east_start)
  );

  reg [8*512-1:0] path;
  integer file, count, clocks;

  initial begin
    clocks = 0;
    if (!$value$plusargs("vectors=%s", path)) begin
      $display("FAIL: no +vectors=FILE");
      $finish;
    end
    file = $fopen(path, "r");
    clk = 1'b0;
    rst_n = 1'b0;
    in = '0;
    #5 clk = 1'b1;
    #5 clk = 1'b0;
    rst_n = 1'b1;
    count = $fscanf(file, "%b %b", in, expected);
    while (count == 2) begin
      #5 clk = 1'b1;
      #5 clk = 1'b0;
      if (out !== expected) begin
        $display("FAIL: clock %0d", clocks);
        $display("in       %b", in);
        $display("expected %b", expected);
        $display("found    %b", out);
        $finish;
      end
      clocks = clocks + 1;
      count = $fscanf(file, "%b %b", in, expected);
    end
    if (clocks > 0) $display("PASS: %0d clocks", clocks);
    else $display("FAIL: no vectors");
    $finish;
  end
endmodule
