// Runs the machine behind AXI4 as a host would: sends program and images as packets, sets the
// number of batches, starts it, waits until it has finished, and asks for the words with logits.
// All handshakes wait at random. Prints PASS, or FAIL and the first difference.
module machine_axi_bench;
  `include "machine.svh"
  localparam int LoadBits = 3 + LoadPlaceBits + LoadIndexBits + LoadWordBits;
  localparam int RecordBeats = (LoadWordBits + 31) / 32;
  localparam int WordBeats = DramBytes / 4;
  localparam int LastClock = 1;  // from the last word's clock to the end, as CLOCKS counts it

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

  `include "axi_host.svh"

  logic [RecordBeats*32-1:0] word;
  logic [2:0] memory;
  logic [LoadPlaceBits-1:0] place;
  logic [LoadIndexBits-1:0] index;
  logic [31:0] value, clocks_low, clocks_high, first_word, answer_words;
  logic [63:0] address;
  int beats, found;
  logic started = 1'b0, sent = 1'b0;
  initial begin
    repeat (4) @(negedge clk);
    rst_n = 1'b1;
    send(32'h8000_0000, 1'b0);
    for (int i = 0; i < DramWords; i++) begin
      for (int b = 0; b < WordBeats; b++)
        send(dram_q[i][32*b+:32], i == DramWords - 1 && b == WordBeats - 1);
    end
    // A packet of a kind that there is not.
    send(32'hf000_0000, 1'b0);
    for (int b = 0; b < WordBeats; b++) send(~dram_q[0][32*b+:32], b == WordBeats - 1);
    for (int i = 0; i < LoadCount; i++) begin
      word = '0;
      {memory, place, index, word[LoadWordBits-1:0]} = loads_q[i];
      send({1'b0, memory, 12'(place), 16'(index)}, 1'b0);
      for (int b = 0; b < RecordBeats; b++)
        send(word[32*b+:32], b == RecordBeats - 1 && i != 0);
      // The first goes on, as a packet for the memory's first word would.
      if (i == 0) begin
        send(32'h8000_0000, 1'b0);
        for (int b = 0; b < WordBeats; b++) send(~dram_q[0][32*b+:32], b == WordBeats - 1);
      end
    end
    write_register(5'd8, 32'(Batches));
    write_register(5'd0, 32'd1);
    value = '0;
    started = 1'b1;
    while (!value[1]) read_register(5'd4, value);
    read_register(5'd12, clocks_low);
    read_register(5'd16, clocks_high);
    if ({clocks_high, clocks_low} !== writes_q[WriteCount-1][127:64] + 64'(LastClock)) begin
      $display("FAIL: CLOCKS is %0d, expected %0d", {clocks_high, clocks_low},
               writes_q[WriteCount-1][127:64] + 64'(LastClock));
      $finish;
    end
    wait (sent);
    // The words of all logits, and what lies around them in these words.
    first_word = 32'(logits_q[0][95:32] / 64'(DramBytes));
    answer_words = 32'(logits_q[LogitCount-1][95:32] / 64'(DramBytes)) - first_word + 32'd1;
    send({4'd9, first_word[27:0]}, 1'b0);
    send(answer_words, 1'b1);
    address = 64'(first_word) * 64'(DramBytes);
    beats = answer_words * WordBeats;
    found = 0;
    for (int i = 0; i < beats; i++) begin
      receive(value, i == beats - 1);
      if (found < LogitCount && logits_q[found][95:32] == address) begin
        if (value !== logits_q[found][31:0]) begin
          $display("FAIL: logit %0d: %0d, expected %0d", found, $signed(value),
                   $signed(logits_q[found][31:0]));
          $finish;
        end
        found = found + 1;
      end else if (value !== dram_q[first_word+i/WordBeats][32*(i%WordBeats)+:32])
        fail("a word beside the logits was written");
      address = address + 64'd4;
    end
    if (found != LogitCount) fail("logits are missing in the answer");
    send(32'h9000_0000, 1'b0);
    send(32'd1, 1'b1);
    for (int b = 0; b < WordBeats; b++) begin
      receive(value, b == WordBeats - 1);
      if (value !== ~dram_q[0][32*b+:32]) fail("the packet that waited was lost");
    end
    $display("PASS: %0d logits of %0d batches behind AXI4, %0d clocks", LogitCount, Batches,
             {clocks_high, clocks_low});
    $finish;
  end

  // While the machine runs, a packet for the first word waits.
  initial begin
    wait (started);
    send(32'h8000_0000, 1'b0);
    for (int b = 0; b < WordBeats; b++) send(~dram_q[0][32*b+:32], b == WordBeats - 1);
    sent = 1'b1;
  end

  initial begin
    // Nothing may take longer than twenty clocks for each thing that is sent, and the run.
    repeat (20 * (LoadCount * (RecordBeats + 1) + 3 * DramWords * WordBeats + 20)) @(posedge clk);
    repeat (writes_q[WriteCount-1][95:64]) @(posedge clk);
    $display("FAIL: not finished");
    $finish;
  end
endmodule
