// Self-checking bench of sa_machine with its DRAM for a 4-state simulator, compiled behind the
// machine_wires that machine_files prints. In +folder=F are the files of `machine_files run`;
// +clocks=N says in which clock from reset on all logits must be in DRAM.
module machine_bench ();
  localparam int Words = 1 << 16;
  localparam int Bytes = `MACHINE_DRAM_BYTES;
  localparam int Latency = `MACHINE_DRAM_LATENCY;
  localparam int OwnBits = `MACHINE_IN_BITS - 8 * Bytes;

  logic clk, rst_n, finished, reads, writes;
  logic [OwnBits-1:0] in;
  logic [`MACHINE_OUT_BITS-1:0] out;
  logic [63:0] read_address, write_address;
  logic [Bytes-1:0] mask;
  logic [8*Bytes-1:0] word;
  // Addresses of what DRAM gives in this clock (entry 0) and later, X where nothing was requested.
  logic [63:0] coming[Latency+1];
  logic [8*Bytes-1:0] given;
  logic [8*Bytes-1:0] dram[Words];
  logic [8*Bytes-1:0] logits[Words];
  assign finished = out[1];

  machine_wires u_wires (
    .clk_i(clk), .rst_ni(rst_n), .in_i({given, in}), .out_o(out), .dram_read_o(reads),
    .dram_write_o(writes), .dram_read_address_o(read_address),
    .dram_write_address_o(write_address), .dram_mask_o(mask), .dram_word_o(word)
  );

  reg [8*400-1:0] folder, path;
  integer file, count, clocks, wanted;

  task fail(input [8*40-1:0] what);
    begin
      $display("FAIL: %0s, clock %0d", what, clocks);
      $finish;
    end
  endtask

  // What the DRAM port shows behind a clock.
  task move;
    integer i;
    begin
      if (^{reads, writes, out[1:0]} === 1'bx) fail("X where there must be none");
      for (i = 0; i < Latency; i = i + 1) coming[i] = coming[i+1];
      coming[Latency] = 'x;
      if (reads) begin
        if (^read_address === 1'bx) fail("X in the address of a read");
        coming[Latency] = read_address;
      end
      if (writes) begin
        if (^{write_address, mask} === 1'bx) fail("X in the address of a write");
        for (i = 0; i < Bytes; i = i + 1) begin
          if (mask[i] && ^word[8*i+:8] === 1'bx) fail("X written to DRAM");
          if (mask[i]) dram[write_address/Bytes][8*i+:8] = word[8*i+:8];
        end
      end
      // A word is what DRAM holds when it comes.
      given = (^coming[0] === 1'bx) ? {Bytes{8'hee}} : dram[coming[0]/Bytes];
    end
  endtask

  task check_logits;
    integer w, i, logit_bytes;
    begin
      logit_bytes = 0;
      for (w = 0; w < Words; w = w + 1) begin
        for (i = 0; i < Bytes; i = i + 1) begin
          if (logits[w][8*i+:8] !== 8'hxx) begin
            logit_bytes = logit_bytes + 1;
            if (dram[w][8*i+:8] !== logits[w][8*i+:8]) fail("a wrong logit");
          end
        end
      end
      if (logit_bytes == 0) fail("no logits");
      else $display("PASS: %0d clocks, %0d bytes of logits", clocks, logit_bytes);
    end
  endtask

  integer n;
  initial begin
    clocks = 0;
    if (!$value$plusargs("folder=%s", folder)) fail("no +folder=F");
    if (!$value$plusargs("clocks=%d", wanted)) fail("no +clocks=N");
    $sformat(path, "%0s/dram.hex", folder);
    $readmemh(path, dram);
    $sformat(path, "%0s/logits.hex", folder);
    $readmemh(path, logits);
    $sformat(path, "%0s/inputs.txt", folder);
    file = $fopen(path, "r");
    for (n = 0; n <= Latency; n = n + 1) coming[n] = 'x;
    given = {Bytes{8'hee}};
    clk = 1'b0;
    rst_n = 1'b0;
    in = '0;
    #5 clk = 1'b1;
    #5 clk = 1'b0;
    rst_n = 1'b1;
    while (finished !== 1'b1 && clocks <= wanted) begin
      if (!$feof(file)) count = $fscanf(file, "%b\n", in);
      #5 clk = 1'b1;
      #5 clk = 1'b0;
      clocks = clocks + 1;
      move();
    end
    if (clocks != wanted) fail("finished in another clock");
    check_logits();
    $finish;
  end
endmodule
