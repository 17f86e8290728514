// Pipelined divider of poolings (cycle-model.md, "Pooling windows" and "Pooling block"): takes a
// sum every clock and gives floor(sum * 2^f / divisor + 1/2), at most 255.
//
// Latency: 17 clocks, one to load and sixteen quotient bits. mean_o is clamped behind the last
// registers: the block around registers it, in a clock to clamp. tag_o is the tag_i of its sum.
//
// Requires: divisor_i from 1, fraction_bits_i at most MaxFraction.
module sa_mean_divider #(
  parameter int SumBits = 24,
  parameter int DivisorBits = 17,  // at most SumBits
  parameter int MaxFraction = 8,   // most fraction bits of a mean, 0 to 8
  parameter int TagBits = 1
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   valid_i,
  input  logic [SumBits-1:0]     sum_i,
  input  logic [DivisorBits-1:0] divisor_i,
  input  logic [3:0]             fraction_bits_i,
  input  logic [TagBits-1:0]     tag_i,
  output logic                   valid_o,
  output logic [7:0]             mean_o,
  output logic [TagBits-1:0]     tag_o
);
  localparam int RestBits = SumBits + MaxFraction + 1;
`ifndef __ICARUS__  // Icarus 11 has no elaboration tasks
  if (RestBits < 17 || DivisorBits > SumBits || MaxFraction > 8) begin : gen_check
    $error("sa_mean_divider: SumBits + MaxFraction from 16, DivisorBits at most SumBits");
  end
`endif

  // Entry s is in the register in front of quotient bit 15 - s.
  logic [16:0] valid_q;
  logic [17*RestBits-1:0] rest_q;
  logic [17*DivisorBits-1:0] divisor_q;
  logic [17*TagBits-1:0] tag_q;
  // Behind quotient bit 15 - s: whether one from bit 8 on was 1, and the bits below.
  logic [16*9-1:0] quotient_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q[0] <= 1'b0;
      rest_q[RestBits-1:0] <= '0;
      divisor_q[DivisorBits-1:0] <= '0;
      tag_q[TagBits-1:0] <= '0;
    end else begin
      valid_q[0] <= valid_i;
      if (valid_i) begin
        rest_q[RestBits-1:0] <=
            (RestBits'(sum_i) << fraction_bits_i) + (RestBits'(divisor_i) >> 1);
        divisor_q[DivisorBits-1:0] <= divisor_i;
        tag_q[TagBits-1:0] <= tag_i;
      end
    end
  end

  for (genvar s = 0; s < 16; s++) begin : gen_bit
    localparam int Bit = 15 - s;
    localparam int UpperBits = RestBits - Bit;
    localparam int Wide = ((UpperBits > DivisorBits) ? UpperBits : DivisorBits) + 1;
    // What is left is less than divisor << Bit, or else the quotient is above 255 already.
    localparam int LeftBits = DivisorBits + Bit;
    localparam int Spare = (LeftBits < RestBits) ? RestBits - LeftBits : 0;
    localparam logic [RestBits-1:0] Left = {RestBits{1'b1}} >> Spare;
    localparam logic [RestBits-1:0] Low = ~({RestBits{1'b1}} << Bit);

    logic [RestBits-1:0] rest;
    logic [UpperBits-1:0] upper;
    logic [Wide-1:0] difference;
    logic fits;
    assign rest = rest_q[s*RestBits+:RestBits];
    assign upper = rest[RestBits-1:Bit];
    assign difference = Wide'(upper) - Wide'(divisor_q[s*DivisorBits+:DivisorBits]);
    assign fits = ~difference[Wide-1];

    logic [8:0] quotient;
    if (s == 0) begin : gen_first
      assign quotient = '0;
    end else begin : gen_later
      assign quotient = quotient_q[(s-1)*9+:9];
    end

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        valid_q[s+1] <= 1'b0;
        rest_q[(s+1)*RestBits+:RestBits] <= '0;
        divisor_q[(s+1)*DivisorBits+:DivisorBits] <= '0;
        tag_q[(s+1)*TagBits+:TagBits] <= '0;
        quotient_q[s*9+:9] <= '0;
      end else begin
        valid_q[s+1] <= valid_q[s];
        rest_q[(s+1)*RestBits+:RestBits] <=
            (((fits ? RestBits'(difference) : RestBits'(upper)) << Bit) | (rest & Low)) & Left;
        divisor_q[(s+1)*DivisorBits+:DivisorBits] <= divisor_q[s*DivisorBits+:DivisorBits];
        tag_q[(s+1)*TagBits+:TagBits] <= tag_q[s*TagBits+:TagBits];
        quotient_q[s*9+:9] <= quotient | ((Bit < 8) ? 9'(fits) << Bit : {fits, 8'd0});
      end
    end
  end

  assign valid_o = valid_q[16];
  assign mean_o = quotient_q[15*9+:8] | {8{quotient_q[15*9+8]}};
  assign tag_o = tag_q[16*TagBits+:TagBits];

  logic unused_last;
  assign unused_last = ^{rest_q[16*RestBits+:RestBits], divisor_q[16*DivisorBits+:DivisorBits]};
endmodule
