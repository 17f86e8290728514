// Joins a value to the partial results of the windows that hold it, maxima or sums of 24 bits, one
// in each slot: a window that begins takes it as it is, other slots keep theirs. Latency: none.
module sa_window_join #(
  parameter int Windows = 4
) (
  input  logic                  mean_i,  // sums
  input  logic [Windows-1:0]    holds_i,
  input  logic [Windows-1:0]    begins_i,
  input  logic [Windows-1:0]    ends_i,
  input  logic [23:0]           value_i,
  input  logic [Windows*24-1:0] partials_i,
  output logic [Windows*24-1:0] partials_o,
  output logic [23:0]           ended_o  // of the slot that ends, 0 if none does
);
  for (genvar s = 0; s < Windows; s++) begin : gen_slot
    logic [23:0] partial, joined;
    assign partial = partials_i[s*24+:24];
    assign joined = begins_i[s] ? value_i :
                    mean_i ? partial + value_i :
                    (partial > value_i) ? partial : value_i;
    assign partials_o[s*24+:24] = holds_i[s] ? joined : partial;
  end

  sa_onehot_mux #(.Count(Windows), .Width(24)) u_ended (
    .select_i(ends_i), .values_i(partials_o), .value_o(ended_o)
  );
endmodule
