// The place that lies a step behind another one in a ring of Ring places. Combinational. With Ring
// 0 there is no ring: the sum, modulo 2^Bits.
//
// Requires: place_i below Ring, which is at most 2^Bits, and step_i at most Ring.
module sa_ring_step #(
  parameter int Ring = 0,
  parameter int Bits = 16
) (
  input  logic [Bits-1:0] place_i,
  input  logic [Bits-1:0] step_i,
  output logic [Bits-1:0] place_o
);
  if (Ring == 0) begin : gen_sum
    assign place_o = place_i + step_i;
  end else begin : gen_ring
    logic [Bits:0] sum;
    assign sum = {1'b0, place_i} + {1'b0, step_i};
    assign place_o = (sum >= (Bits + 1)'(Ring)) ? Bits'(sum - (Bits + 1)'(Ring)) : Bits'(sum);
  end
endmodule
