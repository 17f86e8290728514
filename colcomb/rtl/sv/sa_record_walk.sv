// Walks through the records of a program memory, in order and for ever: behind a record whose
// highest bit is set comes record restart_i. open_i reads record 0, next_i the one behind the
// present one; latency: 1 clock to record_o, which then keeps its value.
//
// Requires: not open_i and next_i together, nor either with load_i; open_i before the first next_i.
module sa_record_walk #(
  parameter int Records = 16,  // from 1
  parameter int Width = 8,
  parameter int IndexBits = (Records > 1) ? $clog2(Records) : 1  // derived
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 load_i,
  input  logic [IndexBits-1:0] load_index_i,
  input  logic [Width-1:0]     load_record_i,
  input  logic                 open_i,
  input  logic                 next_i,
  input  logic [IndexBits-1:0] restart_i,
  output logic [Width-1:0]     record_o
);
  logic [IndexBits-1:0] index, index_q;
  assign index = open_i ? '0 : record_o[Width-1] ? restart_i : index_q + 1'b1;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) index_q <= '0;
    else if (open_i | next_i) index_q <= index;
  end

  sa_buffer_bank #(.Words(Records), .Width(Width)) u_records (
    .clk_i, .read_i(open_i | next_i), .read_address_i(index), .write_i(load_i),
    .write_address_i(load_index_i), .word_i(load_record_i), .word_o(record_o)
  );
endmodule
