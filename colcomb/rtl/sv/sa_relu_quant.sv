// Deserializer, ReLU and quantization of one row, behind the array's last column (cycle-model.md,
// "ReLU and quantization block").
//
// An accumulation begins with start_i; stream n carries it, n counting the starts modulo the
// streams, A bits, least significant first (a parallel cell's comes whole). In the clock after it
// is whole, that is A + 1 clocks after the one of start_i (parallel: 2), valid_o is 1 for a clock,
// acc_o is the accumulation, and byte_o its bits f .. f + 7, f being the fraction_bits_i that came
// with start_i: 0 if it is negative, 255 if a bit above them but the sign is 1. Both keep their
// values until the next one. A clock before valid_o whole_o is 1 and byte_next_o what byte_o will
// be, for an activation table to be read there.
//
// Requires: starts at least 8 clocks apart (BL: A, parallel: 1).
module sa_relu_quant #(
  parameter int Kind = sa_pkg::KindMultiplexed,
  parameter int AccBits = 32,  // A: 16, 24 or 32
  // Derived: wires of the row's accumulations.
  parameter int AccWires = (Kind == sa_pkg::KindParallel) ? AccBits :
                                    (Kind == sa_pkg::KindBalanced) ? 1 : AccBits / 8
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic                start_i,
  input  logic [4:0]          fraction_bits_i,
  input  logic [AccWires-1:0] acc_i,
  output logic                valid_o,
  output logic [AccBits-1:0]  acc_o,
  output logic [7:0]          byte_o,
  output logic                whole_o,
  output logic [7:0]          byte_next_o
);
  // An accumulation that is whole in this clock, and its fraction bits.
  logic whole;
  logic [AccBits-1:0] sum;
  logic [4:0] fraction_bits;

  if (Kind == sa_pkg::KindParallel) begin : gen_parallel
    logic whole_q;
    logic [AccBits-1:0] sum_q;
    logic [4:0] fraction_bits_q;
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        whole_q <= 1'b0;
        sum_q <= '0;
        fraction_bits_q <= '0;
      end else begin
        whole_q <= start_i;
        if (start_i) begin
          sum_q <= acc_i;
          fraction_bits_q <= fraction_bits_i;
        end
      end
    end
    assign whole = whole_q;
    assign sum = sum_q;
    assign fraction_bits = fraction_bits_q;
  end else begin : gen_serial
    // One-hot: the stream that the next start belongs to.
    logic [AccWires-1:0] turn_q, turn_after, fresh;
    if (AccWires == 1) begin : gen_one
      assign turn_after = 1'b1;
    end else begin : gen_ring
      assign turn_after = {turn_q[AccWires-2:0], turn_q[AccWires-1]};
    end
    assign fresh = turn_q & {AccWires{start_i}};
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) turn_q <= AccWires'(1);
      else if (start_i) turn_q <= turn_after;
    end

    logic [AccWires-1:0] whole_q;
    // Per stream: fraction bits, accumulation.
    logic [AccWires*(AccBits+5)-1:0] words;

    for (genvar n = 0; n < AccWires; n++) begin : gen_stream
      // The bits that have come, from the top down, and below them a 1, then 0: no counter is
      // needed to know the last one.
      logic [AccBits-1:0] bits_q;
      logic [4:0] fraction_bits_q;
      logic busy_q, last;
      assign last = busy_q & bits_q[0];

      always_ff @(posedge clk_i or negedge rst_ni) begin
        if (!rst_ni) begin
          bits_q <= '0;
          fraction_bits_q <= '0;
          busy_q <= 1'b0;
          whole_q[n] <= 1'b0;
        end else begin
          bits_q <= fresh[n] ? {acc_i[n], 1'b1, {AccBits - 2{1'b0}}}
                             : {acc_i[n], bits_q[AccBits-1:1]};
          if (fresh[n]) fraction_bits_q <= fraction_bits_i;
          busy_q <= fresh[n] | (busy_q & ~last);
          whole_q[n] <= last;
        end
      end

      assign words[n*(AccBits+5)+:AccBits+5] = {fraction_bits_q, bits_q};
    end

    sa_onehot_mux #(.Count(AccWires), .Width(AccBits + 5)) u_whole (
      .select_i(whole_q), .values_i(words), .value_o({fraction_bits, sum})
    );
    assign whole = |whole_q;
  end

  logic [AccBits-2:0] shifted;
  logic [7:0] quantized;
  assign whole_o = whole;
  assign byte_next_o = quantized;
  assign shifted = sum[AccBits-2:0] >> fraction_bits;
  assign quantized = (shifted[7:0] | {8{|shifted[AccBits-2:8]}}) & {8{~sum[AccBits-1]}};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_o <= 1'b0;
      acc_o <= '0;
      byte_o <= '0;
    end else begin
      valid_o <= whole;
      if (whole) begin
        acc_o <= sum;
        byte_o <= quantized;
      end
    end
  end
endmodule
