// What happens before clock 0 of the cross-layer pipeline's run (cycle-model.md, "Cross-layer
// pipelining"): the weights of all layers come from DRAM, from address 0 on, a DRAM word a clock,
// and go to the layers' arrays. start_i stands for a clock; clock_o counts the clocks behind it, up
// to Clocks, in which enabled_o is 1 and the run begins. dram_read_o is a function of registers;
// word w is there in the clock in which clock_o is DramLatency + w (sa_stage knows its own).
module sa_configuration #(
  parameter int Words = 16,   // DRAM words of weights
  parameter int Clocks = 64,  // from 1
  parameter int DramBytes = 4,
  parameter int DramBits = 16,
  parameter int ClockBits = $clog2(Clocks + 1)  // derived
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 start_i,
  output logic [ClockBits-1:0] clock_o,
  output logic                 enabled_o,
  output logic                 dram_read_o,
  output logic [DramBits-1:0]  dram_address_o
);
  logic running_q;
  assign enabled_o = (clock_o == ClockBits'(Clocks));
  assign dram_read_o = running_q & (32'(clock_o) < Words);
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      running_q <= 1'b0;
      clock_o <= '0;
      dram_address_o <= '0;
    end else begin
      running_q <= running_q | start_i;
      if (running_q & ~enabled_o) clock_o <= clock_o + 1'b1;
      if (dram_read_o) dram_address_o <= dram_address_o + DramBits'(DramBytes);
    end
  end
endmodule
