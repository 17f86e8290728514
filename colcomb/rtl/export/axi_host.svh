// A host of machine_axi: clock, wires and the tasks that move them, for a test bench to include.
// All handshakes wait at random.
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
