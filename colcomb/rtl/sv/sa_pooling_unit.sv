// Global average pooling of the rows of one bus (cycle-model.md, "Pooling block"): an accumulator
// for each row and row tile, and a divider that takes a sum a clock.
//
// A byte comes with the number of its accumulator, whether its pixel is the first or the last of
// its image's map (or both), the map's pixels and the fraction bits of the mean. Latency: 18 clocks
// from an image's last byte to valid_o, mean_o and the tag_i that came with the byte (its row,
// say): a clock to add, sixteen quotient bits, a clock to clamp.
//
// The accumulators are a memory that is read without a clock: LUT RAM in an FPGA.
//
// Requires: pixels_i from 1; SumBits hold the sum of a map.
module sa_pooling_unit #(
  parameter int Entries = 32,  // accumulators, from 1
  parameter int SumBits = 24,
  parameter int DivisorBits = 17,  // at most SumBits
  parameter int TagBits = 8,
  parameter int EntryBits = (Entries > 1) ? $clog2(Entries) : 1  // derived
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   valid_i,
  input  logic [EntryBits-1:0]   entry_i,
  input  logic [7:0]             byte_i,
  input  logic                   first_i,
  input  logic                   last_i,
  input  logic [DivisorBits-1:0] pixels_i,
  input  logic [3:0]             fraction_bits_i,
  input  logic [TagBits-1:0]     tag_i,
  output logic                   valid_o,
  output logic [7:0]             mean_o,
  output logic [TagBits-1:0]     tag_o
);
  logic [SumBits-1:0] sums_q[Entries];
  logic [SumBits-1:0] earlier, sum;
  assign earlier = sums_q[entry_i];
  assign sum = (first_i ? '0 : earlier) + SumBits'(byte_i);

  always_ff @(posedge clk_i) begin
    if (valid_i) sums_q[entry_i] <= sum;
  end

  logic valid;
  logic [7:0] mean;
  logic [TagBits-1:0] tag;
  sa_mean_divider #(
    .SumBits(SumBits), .DivisorBits(DivisorBits), .MaxFraction(8), .TagBits(TagBits)
  ) u_divider (
    .clk_i, .rst_ni, .valid_i(valid_i & last_i), .sum_i(sum), .divisor_i(pixels_i),
    .fraction_bits_i, .tag_i, .valid_o(valid), .mean_o(mean), .tag_o(tag)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_o <= 1'b0;
      mean_o <= '0;
      tag_o <= '0;
    end else begin
      valid_o <= valid;
      if (valid) begin
        mean_o <= mean;
        tag_o <= tag;
      end
    end
  end
endmodule
