// Loads the program, runs the machine on the images in dram.hex, and checks every word that it
// writes to DRAM: its clock and address (writes.hex), and at the end all logits (logits.hex). The
// expected values are the simulator's. Prints PASS, or FAIL and the first difference.
module machine_bench;
  `include "machine.svh"
  localparam int LoadBits = 3 + LoadPlaceBits + LoadIndexBits + LoadWordBits;
  localparam int WordShift = $clog2(DramBytes);
  localparam int IndexBits = (DramWords > 1) ? $clog2(DramWords) : 1;  // of DRAM words

  logic [LoadBits-1:0]    loads_q [0:LoadCount-1];
  logic [8*DramBytes-1:0] dram_q [0:DramWords-1];
  logic [127:0]           writes_q [0:WriteCount-1];  // clock, address
  logic [95:0]            logits_q [0:LogitCount-1];  // address, value
  initial begin
    $readmemh("program.hex", loads_q);
    $readmemh("dram.hex", dram_q);
    $readmemh("writes.hex", writes_q);
    $readmemh("logits.hex", logits_q);
  end

  logic clk = 1'b0, rst_n = 1'b0;
  always #5 clk = ~clk;

  logic load = 1'b0, start = 1'b0;
  logic [2:0] load_memory = '0;
  logic [LoadPlaceBits-1:0] load_place = '0;
  logic [LoadIndexBits-1:0] load_index = '0;
  logic [LoadWordBits-1:0] load_word = '0;
  logic done, finished, dram_read, dram_write;
  logic [DramBits-1:0] read_address, write_address;
  logic [8*DramBytes-1:0] read_word, write_word;
  logic [DramBytes-1:0] mask;

  machine u_machine (
    .clk_i(clk), .rst_ni(rst_n), .load_i(load), .load_memory_i(load_memory),
    .load_place_i(load_place), .load_index_i(load_index), .load_word_i(load_word),
    .start_i(start), .done_o(done), .finished_o(finished), .dram_read_o(dram_read),
    .dram_read_address_o(read_address), .dram_word_i(read_word), .dram_write_o(dram_write),
    .dram_write_address_o(write_address), .dram_mask_o(mask), .dram_word_o(write_word)
  );

  initial begin
    repeat (4) @(negedge clk);
    rst_n = 1'b1;
    for (int i = 0; i < LoadCount; i++) begin
      {load_memory, load_place, load_index, load_word} = loads_q[i];
      load = 1'b1;
      @(negedge clk);
    end
    load = 1'b0;
    repeat (2) @(negedge clk);
    start = 1'b1;
    @(negedge clk);
    start = 1'b0;
  end

  // External memory: a word stands on read_word DramLatency clocks after it was asked for, and is
  // what the memory holds then.
  logic [DramLatency-1:0] asked_q = '0;
  logic [DramBits-1:0] asked_address_q [0:DramLatency-1];
  assign read_word = asked_q[DramLatency-1]
      ? dram_q[IndexBits'(asked_address_q[DramLatency-1] >> WordShift)] : '0;
  always @(posedge clk) begin
    asked_q <= DramLatency'({asked_q, dram_read});
    asked_address_q[0] <= read_address;
    for (int i = 1; i < DramLatency; i++) asked_address_q[i] <= asked_address_q[i-1];
    if (dram_write === 1'b1) begin
      for (int b = 0; b < DramBytes; b++) begin
        if (mask[b]) dram_q[IndexBits'(write_address >> WordShift)][8*b+:8] <= write_word[8*b+:8];
      end
    end
  end

  logic running_q = 1'b0, checking_q = 1'b0;
  longint clock_q = 0;  // the clock behind start is clock 0
  int writes = 0, wrong = 0;
  logic [31:0] logit;
  always @(posedge clk) begin
    if (rst_n && (dram_write !== 1'b0 && dram_write !== 1'b1)) begin
      $display("FAIL: clock %0d: dram_write_o is %b", clock_q, dram_write);
      $finish;
    end
    if (start) running_q <= 1'b1;
    if (running_q) begin
      clock_q <= clock_q + 1;
      if (dram_write) begin
        if (writes == WriteCount) begin
          $display("FAIL: clock %0d: a word more than the %0d expected", clock_q, WriteCount);
          $finish;
        end else if (64'(clock_q) !== writes_q[writes][127:64] ||
                     64'(write_address) !== writes_q[writes][63:0]) begin
          $display("FAIL: DRAM word %0d: clock %0d address %0d, expected clock %0d address %0d",
                   writes, clock_q, write_address, writes_q[writes][127:64],
                   writes_q[writes][63:0]);
          $finish;
        end
        writes <= writes + 1;
      end
      if (finished) checking_q <= 1'b1;
      if (64'(clock_q) > writes_q[WriteCount-1][127:64] + 64'd1000) begin
        $display("FAIL: clock %0d: not finished after %0d of %0d words", clock_q, writes,
                 WriteCount);
        $finish;
      end
    end
    if (checking_q) begin
      if (writes != WriteCount) begin
        $display("FAIL: finished after %0d of %0d words", writes, WriteCount);
        wrong = wrong + 1;
      end
      for (int i = 0; i < LogitCount; i++) begin
        logit = 32'(dram_q[IndexBits'(logits_q[i][95:32] >> WordShift)] >>
                    (8 * (logits_q[i][95:32] % 64'(DramBytes))));
        if (logit !== logits_q[i][31:0]) begin
          if (wrong == 0)
            $display("FAIL: logit %0d: %0d, expected %0d", i, $signed(logit),
                     $signed(logits_q[i][31:0]));
          wrong = wrong + 1;
        end
      end
      if (wrong == 0)
        $display("PASS: %0d logits of %0d batches and %0d DRAM words, each in its clock; last %0d",
                 LogitCount, Batches, WriteCount, writes_q[WriteCount-1][127:64]);
      $finish;
    end
  end
endmodule
