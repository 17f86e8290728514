// Runs the pipeline behind AXI4 as a host would: sends program, weights and images as packets, sets
// the number of images, starts it, takes the packet of logits, and asks for words of the memory.
// All handshakes wait at random. Prints PASS, or FAIL and the first difference.
module machine_axi_bench;
  `include "machine.svh"
  localparam int LoadBits = LoadStageBits + 3 + LoadPlaceBits + LoadIndexBits + LoadWordBits;
  localparam int RecordBeats = (LoadWordBits + 31) / 32;
  localparam int WordBeats = DramBytes / 4;
  localparam int Classes = LogitCount / Images;
  localparam int AskedWords = (DramWords < 8) ? DramWords : 8;

  logic [LoadBits-1:0]    loads_q [0:LoadCount-1];
  logic [8*DramBytes-1:0] dram_q [0:DramWords-1];
  logic [127:0]           logits_q [0:LogitCount-1];  // clock, class, value
  logic [31:0]            values_q [0:LogitCount-1];  // image after image, class after class
  int seen_q [0:Classes-1];                           // logits of the class
  initial begin
    $readmemh("program.hex", loads_q);
    $readmemh("dram.hex", dram_q);
    $readmemh("logits.hex", logits_q);
    for (int c = 0; c < Classes; c++) seen_q[c] = 0;
    for (int i = 0; i < LogitCount; i++) begin
      values_q[seen_q[logits_q[i][63:32]]*Classes+logits_q[i][63:32]] = logits_q[i][31:0];
      seen_q[logits_q[i][63:32]] = seen_q[logits_q[i][63:32]] + 1;
    end
  end

  `include "axi_host.svh"

  logic [RecordBeats*32-1:0] word;
  logic [LoadStageBits-1:0] stage, sent_stage;
  logic [2:0] memory;
  logic [LoadPlaceBits-1:0] place;
  logic [LoadIndexBits-1:0] index;
  logic [31:0] value, clocks_low, clocks_high;
  logic started = 1'b0, sent = 1'b0;
  initial begin
    repeat (4) @(negedge clk);
    rst_n = 1'b1;
    send(32'h8000_0000, 1'b0);
    for (int i = 0; i < DramWords; i++) begin
      for (int b = 0; b < WordBeats; b++)
        send(dram_q[i][32*b+:32], i == DramWords - 1 && b == WordBeats - 1);
    end
    sent_stage = '0;
    for (int i = 0; i < LoadCount; i++) begin
      word = '0;
      {stage, memory, place, index, word[LoadWordBits-1:0]} = loads_q[i];
      if (stage != sent_stage) begin
        // The first of these packets goes on, which says nothing.
        send({4'd10, 28'(stage)}, sent_stage != '0);
        if (sent_stage == '0) send({4'd10, 28'd0}, 1'b1);
        sent_stage = stage;
      end
      send({1'b0, memory, 12'(place), 16'(index)}, 1'b0);
      for (int b = 0; b < RecordBeats; b++) send(word[32*b+:32], b == RecordBeats - 1);
    end
    write_register(5'd8, 32'(Images));
    write_register(5'd0, 32'd1);
    started = 1'b1;
    for (int i = 0; i < LogitCount; i++) begin
      receive(value, i == LogitCount - 1);
      if (value !== values_q[i]) begin
        $display("FAIL: image %0d class %0d: %0d, expected %0d", i / Classes, i % Classes,
                 $signed(value), $signed(values_q[i]));
        $finish;
      end
    end
    read_register(5'd4, value);
    if (value !== 32'd2) fail("STATUS is not finished");
    read_register(5'd12, clocks_low);
    read_register(5'd16, clocks_high);
    if ({clocks_high, clocks_low} !== logits_q[LogitCount-1][127:64] + 64'd1) begin
      $display("FAIL: CLOCKS is %0d, expected %0d", {clocks_high, clocks_low},
               logits_q[LogitCount-1][127:64] + 64'd1);
      $finish;
    end
    wait (sent);
    send(32'h9000_0000, 1'b0);
    send(32'(AskedWords), 1'b1);
    for (int b = 0; b < AskedWords * WordBeats; b++) begin
      receive(value, b == AskedWords * WordBeats - 1);
      if (b < WordBeats && value !== ~dram_q[0][32*b+:32])
        fail("the packet that waited was lost");
      if (b >= WordBeats && value !== dram_q[b/WordBeats][32*(b%WordBeats)+:32])
        fail("another word than the first was written");
    end
    $display("PASS: %0d logits of %0d images behind AXI4, %0d clocks", LogitCount, Images,
             {clocks_high, clocks_low});
    $finish;
  end

  // While the machine runs and its logits leave, a packet for the first word waits.
  initial begin
    wait (started);
    send(32'h8000_0000, 1'b0);
    for (int b = 0; b < WordBeats; b++) send(~dram_q[0][32*b+:32], b == WordBeats - 1);
    sent = 1'b1;
  end

  initial begin
    // Nothing may take longer than twenty clocks for each thing that is sent, and the run.
    repeat (20 * (LoadCount * (RecordBeats + 3) + DramWords * WordBeats + LogitCount + 20))
      @(posedge clk);
    repeat (logits_q[LogitCount-1][95:64]) @(posedge clk);
    $display("FAIL: not finished");
    $finish;
  end
endmodule
