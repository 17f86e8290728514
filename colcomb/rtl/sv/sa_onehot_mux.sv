// One of Count values of Width bits, or 0 where none is selected. Latency: none.
//
// Requires: at most one bit of select_i is 1 (else the selected values are ORed).
module sa_onehot_mux #(
  parameter int Count = 4,
  parameter int Width = 8
) (
  input  logic [Count-1:0]       select_i,
  input  logic [Count*Width-1:0] values_i,
  output logic [Width-1:0]       value_o
);
  always_comb begin
    value_o = '0;
    for (int i = 0; i < Count; i++) begin
      value_o = value_o | (values_i[i*Width+:Width] & {Width{select_i[i]}});
    end
  end
endmodule
