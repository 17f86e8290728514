// Runs the machine behind AXI4 as a host would: sends program and images as packets, sets the
// number of batches, starts it, waits until it has finished, and asks for the words with logits. All
// handshakes wait at random. Prints PASS, or FAIL and the first difference.
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

  logic clk = 1'b0, rst_n = 1'b0;
  always #5 clk = ~clk;

  logic awvalid = 1'b0, awready, wvalid = 1'b0, wready, bvalid, bready = 1'b0;
  logic arvalid = 1'b0, arready, rvalid, rready = 1'b0;
  logic [4:0] awaddr = '0, araddr = '0;
  logic [31:0] wdata = '0, rdata;
  logic [1:0] bresp, rresp;
  logic in_valid = 1'b0, in_ready, in_last = 1'b0, out_valid, out_ready = 1'b0, out_last;
  logic [31:0] in_data = '0, out_data;
  machine_axi u_machine (
    .clk_i(clk), .rst_ni(rst_n), .s_axi_awvalid(awvalid), .s_axi_awready(awready),
    .s_axi_awaddr(awaddr), .s_axi_wvalid(wvalid), .s_axi_wready(wready), .s_axi_wdata(wdata),
    .s_axi_wstrb(4'hf), .s_axi_bvalid(bvalid), .s_axi_bready(bready), .s_axi_bresp(bresp),
    .s_axi_arvalid(arvalid), .s_axi_arready(arready), .s_axi_araddr(araddr),
    .s_axi_rvalid(rvalid), .s_axi_rready(rready), .s_axi_rdata(rdata), .s_axi_rresp(rresp),
    .s_axis_tvalid(in_valid), .s_axis_tready(in_ready), .s_axis_tdata(in_data),
    .s_axis_tlast(in_last), .m_axis_tvalid(out_valid), .m_axis_tready(out_ready),
    .m_axis_tdata(out_data), .m_axis_tlast(out_last)
  );

  task automatic fail(input string what);
    $display("FAIL: %s", what);
    $finish;
  endtask

  task automatic pause;
    repeat ($urandom_range(0, 3) * $urandom_range(0, 1)) @(negedge clk);
  endtask

  // Signals change at falling edges; what is seen there is what the next rising edge takes.
  task automatic send(input logic [31:0] data, input logic last);
    pause;
    in_valid = 1'b1;
    in_data = data;
    in_last = last;
    #1;
    while (in_ready !== 1'b1) @(negedge clk) #1;
    @(negedge clk);
    in_valid = 1'b0;
    in_data = 'x;
    in_last = 1'bx;
  endtask

  task automatic write_register(input logic [4:0] address, input logic [31:0] data);
    pause;
    {awvalid, wvalid, awaddr, wdata} = {2'b11, address, data};
    #1;
    while (!(awready === 1'b1 && wready === 1'b1)) @(negedge clk) #1;
    @(negedge clk);
    {awvalid, wvalid} = 2'b00;
    pause;
    bready = 1'b1;
    while (bvalid !== 1'b1) @(negedge clk);
    if (bresp !== 2'd0) fail("a write was refused");
    @(negedge clk);
    bready = 1'b0;
  endtask

  task automatic read_register(input logic [4:0] address, output logic [31:0] data);
    pause;
    {arvalid, araddr} = {1'b1, address};
    #1;
    while (arready !== 1'b1) @(negedge clk) #1;
    @(negedge clk);
    arvalid = 1'b0;
    pause;
    rready = 1'b1;
    while (rvalid !== 1'b1) @(negedge clk);
    data = rdata;
    if (rresp !== 2'd0) fail("a read was refused");
    @(negedge clk);
    rready = 1'b0;
  endtask

  task automatic receive(output logic [31:0] data, input logic last);
    pause;
    out_ready = 1'b1;
    #1;
    while (out_valid !== 1'b1) @(negedge clk) #1;
    data = out_data;
    if (out_last !== last) fail("tlast of an answer");
    @(negedge clk);
    out_ready = 1'b0;
  endtask

  logic [RecordBeats*32-1:0] word;
  logic [2:0] memory;
  logic [LoadPlaceBits-1:0] place;
  logic [LoadIndexBits-1:0] index;
  logic [31:0] value, clocks_low, clocks_high, first_word, answer_words;
  logic [63:0] address;
  int beats, found;
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
    // While the machine runs, a packet for the first word waits.
    fork
      begin
        send(32'h8000_0000, 1'b0);
        for (int b = 0; b < WordBeats; b++) send(~dram_q[0][32*b+:32], b == WordBeats - 1);
      end
    join_none
    while (!value[1]) read_register(5'd4, value);
    read_register(5'd12, clocks_low);
    read_register(5'd16, clocks_high);
    if ({clocks_high, clocks_low} !== writes_q[WriteCount-1][127:64] + 64'(LastClock)) begin
      $display("FAIL: CLOCKS is %0d, expected %0d", {clocks_high, clocks_low},
               writes_q[WriteCount-1][127:64] + 64'(LastClock));
      $finish;
    end
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

  initial begin
    // Nothing may take longer than a thousand clocks for each thing that is sent, and the run.
    repeat (1000 * (LoadCount * (RecordBeats + 1) + DramWords * WordBeats)) @(posedge clk);
    repeat (writes_q[WriteCount-1][95:64]) @(posedge clk);
    $display("FAIL: not finished");
    $finish;
  end
endmodule
