// Self-checking bench of one block for a 4-state simulator, compiled behind the block_wires that
// block_files prints. +vectors=FILE holds one line per clock: the inputs, the outputs expected after
// the clock, and which of their bits say something. No output may be X after reset.
module block_bench ();
  logic clk, rst_n;
  logic [`BLOCK_IN_BITS-1:0] in;
  logic [`BLOCK_OUT_BITS-1:0] out, expected, given;

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
    count = $fscanf(file, "%b %b %b", in, expected, given);
    while (count == 3) begin
      #5 clk = 1'b1;
      #5 clk = 1'b0;
      if (((out ^ expected) & given) !== '0 || ^out === 1'bx) begin
        $display("FAIL: clock %0d", clocks);
        $display("in       %b", in);
        $display("expected %b", expected);
        $display("given    %b", given);
        $display("found    %b", out);
        $finish;
      end
      clocks = clocks + 1;
      count = $fscanf(file, "%b %b %b", in, expected, given);
    end
    if (clocks > 0) $display("PASS: %0d clocks", clocks);
    else $display("FAIL: no vectors");
    $finish;
  end
endmodule
