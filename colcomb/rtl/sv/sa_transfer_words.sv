// The words of a transfer, one after the other: address in the bank and in DRAM of the present one,
// and whether it is the last. step_i goes on to the next word, or to the first one of the transfer
// whose numbers come in then. Latency: none from the numbers to the first word's outputs.
module sa_transfer_words #(
  parameter int AddressBits = 16,
  parameter int DramBits = 24,
  parameter int TransferBits = 8,
  parameter int DramBytes = 16
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,
  input  logic                    step_i,
  input  logic [TransferBits-1:0] words_i,  // from 1
  input  logic [AddressBits-1:0]  address_i,
  input  logic [DramBits-1:0]     dram_i,
  output logic                    first_o,
  output logic                    last_o,
  output logic [AddressBits-1:0]  address_o,
  output logic [DramBits-1:0]     dram_o
);
  logic later_q;
  logic [TransferBits-1:0] left, left_q;
  logic [AddressBits-1:0] address_q;
  logic [DramBits-1:0] dram_q;
  assign first_o = ~later_q;
  assign left = later_q ? left_q : words_i;
  assign address_o = later_q ? address_q : address_i;
  assign dram_o = later_q ? dram_q : dram_i;
  assign last_o = (left == TransferBits'(1));

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      later_q <= 1'b0;
      left_q <= '0;
      address_q <= '0;
      dram_q <= '0;
    end else if (step_i) begin
      later_q <= ~last_o;
      left_q <= left - 1'b1;
      address_q <= address_o + AddressBits'(DramBytes);
      dram_q <= dram_o + DramBits'(DramBytes);
    end
  end
endmodule
