// Serializers of one column's data lines, at the array's south edge (cycle-model.md, "Column
// feeder"): the bytes that load_i brings together go out side by side, least significant bit first.
// Latency: 1 clock from load_i to the first bits, with which start_o is 1; seven more clocks for
// the others, then the lines carry 0.
//
// Requires: loads at least 8 clocks apart.
module sa_serializer #(
  parameter int Lines = 8  // alpha
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               load_i,
  input  logic [Lines*8-1:0] bytes_i,
  output logic               start_o,
  output logic [Lines-1:0]   data_o
);
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) start_o <= 1'b0;
    else start_o <= load_i;
  end

  for (genvar k = 0; k < Lines; k++) begin : gen_line
    logic [7:0] bits_q;
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) bits_q <= '0;
      else bits_q <= load_i ? bytes_i[k*8+:8] : {1'b0, bits_q[7:1]};
    end
    assign data_o[k] = bits_q[0];
  end
endmodule
