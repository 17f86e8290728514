// Self-checking bench of one block for a 4-state simulator, compiled behind the block_wires that
// block_files prints. +vectors=FILE holds one line per clock: the inputs, the outputs expected
// after the clock, which of their bits say something, and which may not be X: all, but of a
// register without reset before its first value.
module block_bench ();
  logic clk, rst_n;
  logic [`BLOCK_IN_BITS-1:0] in;
  logic [`BLOCK_OUT_BITS-1:0] out, expected, given, known;

  block_wires u_wires (.clk_i(clk), .rst_ni(rst_n), .in_i(in), .out_o(out));

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
    count = $fscanf(file, "%b %b %b %b", in, expected, given, known);
    while (count == 4) begin
      #5 clk = 1'b1;
      #5 clk = 1'b0;
      if (((out ^ expected) & given) !== '0 || ^(out & known) === 1'bx) begin
        $display("FAIL: clock %0d", clocks);
        $display("in       %b", in);
        $display("expected %b", expected);
        $display("given    %b", given);
        $display("found    %b", out);
        $finish;
      end
      clocks = clocks + 1;
      count = $fscanf(file, "%b %b %b %b", in, expected, given, known);
    end
    if (clocks > 0) $display("PASS: %0d clocks", clocks);
    else $display("FAIL: no vectors");
    $finish;
  end
endmodule
