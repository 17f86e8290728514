// Loads the program, runs the pipeline on the images in dram.hex, and checks every logit that
// leaves it: clock, class and value (logits.hex), by the simulator. Prints PASS, or FAIL and the
// first difference.
module machine_bench;
  `include "machine.svh"
  localparam int LoadBits = LoadStageBits + 3 + LoadPlaceBits + LoadIndexBits + LoadWordBits;
  localparam int WordShift = $clog2(DramBytes);
  localparam int IndexBits = (DramWords > 1) ? $clog2(DramWords) : 1;  // of DRAM words

  logic [LoadBits-1:0]    loads_q [0:LoadCount-1];
  logic [8*DramBytes-1:0] dram_q [0:DramWords-1];
  logic [127:0]           logits_q [0:LogitCount-1];  // clock, class, value
  initial begin
    $readmemh("program.hex", loads_q);
    $readmemh("dram.hex", dram_q);
    $readmemh("logits.hex", logits_q);
  end

  logic clk = 1'b0, rst_n = 1'b0;
  always #5 clk = ~clk;

  logic load = 1'b0, start = 1'b0;
  logic [LoadStageBits-1:0] load_stage = '0;
  logic [2:0] load_memory = '0;
  logic [LoadPlaceBits-1:0] load_place = '0;
  logic [LoadIndexBits-1:0] load_index = '0;
  logic [LoadWordBits-1:0] load_word = '0;
  logic finished, dram_read;
  logic [DramBits-1:0] read_address;
  logic [8*DramBytes-1:0] read_word;
  logic [Buses-1:0] valid;
  logic [Buses*AddressBits-1:0] row;
  logic [Buses*32-1:0] value;

  machine u_machine (
    .clk_i(clk), .rst_ni(rst_n), .load_i(load), .load_stage_i(load_stage),
    .load_memory_i(load_memory), .load_place_i(load_place), .load_index_i(load_index),
    .load_word_i(load_word), .start_i(start), .images_i(ImageBits'(Images)),
    .finished_o(finished), .dram_read_o(dram_read), .dram_read_address_o(read_address),
    .dram_word_i(read_word), .logit_valid_o(valid), .logit_row_o(row), .logit_o(value)
  );

  initial begin
    repeat (4) @(negedge clk);
    rst_n = 1'b1;
    for (int i = 0; i < LoadCount; i++) begin
      {load_stage, load_memory, load_place, load_index, load_word} = loads_q[i];
      load = 1'b1;
      @(negedge clk);
    end
    load = 1'b0;
    repeat (2) @(negedge clk);
    start = 1'b1;
    @(negedge clk);
    start = 1'b0;
  end

  // External memory: a word stands on read_word DramLatency clocks after it was asked for.
  logic [DramLatency-1:0] asked_q = '0;
  logic [DramBits-1:0] asked_address_q [0:DramLatency-1];
  assign read_word = asked_q[DramLatency-1]
      ? dram_q[IndexBits'(asked_address_q[DramLatency-1] >> WordShift)] : '0;
  always @(posedge clk) begin
    asked_q <= DramLatency'({asked_q, dram_read});
    asked_address_q[0] <= read_address;
    for (int i = 1; i < DramLatency; i++) asked_address_q[i] <= asked_address_q[i-1];
  end

  logic running_q = 1'b0;
  longint clock_q = 0;  // the clock behind start is clock 0
  int count = 0, number;
  logic [31:0] found;
  always @(posedge clk) begin
    if (start) running_q <= 1'b1;
    if (running_q) begin
      clock_q <= clock_q + 1;
      for (int b = 0; b < Buses; b++) begin
        if (valid[b] !== 1'b0) begin
          number = b * Interval + 32'(row[b*AddressBits+:AddressBits]);
          found = value[b*32+:32];
          if (count == LogitCount) begin
            $display("FAIL: clock %0d: a logit more than the %0d expected", clock_q, LogitCount);
            $finish;
          end else if (valid[b] !== 1'b1 || 64'(clock_q) !== logits_q[count][127:64] ||
                       32'(number) !== logits_q[count][63:32] ||
                       found !== logits_q[count][31:0]) begin
            $write("FAIL: logit %0d: clock %0d class %0d value %0d (valid %b), ", count, clock_q,
                   number, $signed(found), valid[b]);
            $display("expected clock %0d class %0d value %0d", logits_q[count][127:64],
                     logits_q[count][63:32], $signed(logits_q[count][31:0]));
            $finish;
          end
          count = count + 1;
        end
      end
      if (finished) begin
        if (count != LogitCount)
          $display("FAIL: finished after %0d of %0d logits", count, LogitCount);
        else begin
          $write("PASS: %0d logits of %0d images, each in its clock; ", LogitCount, Images);
          $display("last %0d, %0d behind the arrays' loading", logits_q[LogitCount-1][127:64],
                   logits_q[LogitCount-1][127:64] - 64'(Configuration));
        end
        $finish;
      end
      if (64'(clock_q) > logits_q[LogitCount-1][127:64] + 64'd1000) begin
        $display("FAIL: clock %0d: not finished after %0d of %0d logits", clock_q, count,
                 LogitCount);
        $finish;
      end
    end
  end
endmodule
