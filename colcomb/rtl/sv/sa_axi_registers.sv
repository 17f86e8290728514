// Registers of the machine for a host, as an AXI4-Lite subordinate of 32-bit registers
// (docs/reference/rtl-machine.md, "Registers"): number of batches, start, whether it runs or has
// finished, and the clocks from its clock 0 to finished_i.
//
// A write is taken when its address and its data are both there and the response before it has been
// taken, or is in this clock; a read when its answer has a place. Latency: 1 clock from the last of
// these to the response, to start_o (which then stands for a clock) and batches_o. Addresses are of
// bytes; the two lowest bits say nothing. What has no register, and a write to a register that is
// read only, answers SLVERR. A start while the machine runs, or after it has, does nothing: it
// starts once after a reset.
module sa_axi_registers #(
  parameter int BatchBits = 16,  // at most 32
  parameter int AddressBits = 5  // of the port, from 5
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   awvalid_i,
  output logic                   awready_o,
  input  logic [AddressBits-1:0] awaddr_i,
  input  logic                   wvalid_i,
  output logic                   wready_o,
  input  logic [31:0]            wdata_i,
  input  logic [3:0]             wstrb_i,
  output logic                   bvalid_o,
  input  logic                   bready_i,
  output logic [1:0]             bresp_o,
  input  logic                   arvalid_i,
  output logic                   arready_o,
  input  logic [AddressBits-1:0] araddr_i,
  output logic                   rvalid_o,
  input  logic                   rready_i,
  output logic [31:0]            rdata_o,
  output logic [1:0]             rresp_o,
  // The machine.
  output logic                   start_o,
  output logic [BatchBits-1:0]   batches_o,
  input  logic                   finished_i
);
  localparam logic [1:0] Okay = 2'd0;
  localparam logic [1:0] SlvErr = 2'd2;
  localparam int NumberBits = AddressBits - 2;
  localparam logic [NumberBits-1:0] Control = NumberBits'(0);
  localparam logic [NumberBits-1:0] Status = NumberBits'(1);
  localparam logic [NumberBits-1:0] Batches = NumberBits'(2);
  localparam logic [NumberBits-1:0] ClocksLow = NumberBits'(3);
  localparam logic [NumberBits-1:0] ClocksHigh = NumberBits'(4);

  logic [NumberBits-1:0] write_number, read_number;
  logic [3:0] unused_bytes;
  assign {write_number, unused_bytes[1:0]} = awaddr_i;
  assign {read_number, unused_bytes[3:2]} = araddr_i;

  logic write, read, starts, started_q, running_q, finished_q;
  assign write = awvalid_i & wvalid_i & (~bvalid_o | bready_i);
  assign awready_o = write;
  assign wready_o = write;
  assign arready_o = ~rvalid_o | rready_i;
  assign read = arvalid_i & arready_o;
  assign starts = write & (write_number == Control) & wstrb_i[0] & wdata_i[0] & ~started_q;

  logic [31:0] batches, written;
  assign batches = 32'(batches_o);
  for (genvar b = 0; b < 4; b++) begin : gen_byte
    assign written[b*8+:8] = wstrb_i[b] ? wdata_i[b*8+:8] : batches[b*8+:8];
  end
  if (BatchBits < 32) begin : gen_unused
    logic unused_written;
    assign unused_written = ^written[31:BatchBits];
  end

  logic [63:0] clocks_q;
  logic [31:0] high_q;  // as it stood when the lower half was read
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      started_q <= 1'b0;
      running_q <= 1'b0;
      finished_q <= 1'b0;
      start_o <= 1'b0;
      batches_o <= BatchBits'(1);
      clocks_q <= '0;
    end else begin
      start_o <= starts;
      started_q <= started_q | starts;
      running_q <= (running_q | start_o) & ~(running_q & finished_i);
      finished_q <= finished_q | (running_q & finished_i);
      if (running_q & ~finished_i) clocks_q <= clocks_q + 1'b1;
      if (write & (write_number == Batches) & ~started_q) batches_o <= written[BatchBits-1:0];
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      bvalid_o <= 1'b0;
      bresp_o <= Okay;
    end else if (write) begin
      bvalid_o <= 1'b1;
      bresp_o <= (write_number == Control || write_number == Batches) ? Okay : SlvErr;
    end else if (bready_i) begin
      bvalid_o <= 1'b0;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      rvalid_o <= 1'b0;
      rdata_o <= '0;
      rresp_o <= Okay;
      high_q <= '0;
    end else if (read) begin
      rvalid_o <= 1'b1;
      rresp_o <= Okay;
      case (read_number)
        Control: rdata_o <= '0;
        Status: rdata_o <= {30'd0, finished_q, started_q & ~finished_q};
        Batches: rdata_o <= batches;
        ClocksLow: begin
          rdata_o <= clocks_q[31:0];
          high_q <= clocks_q[63:32];
        end
        ClocksHigh: rdata_o <= high_q;
        default: begin
          rdata_o <= '0;
          rresp_o <= SlvErr;
        end
      endcase
    end else if (rready_i) begin
      rvalid_o <= 1'b0;
    end
  end
endmodule
