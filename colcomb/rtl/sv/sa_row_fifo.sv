// FIFO of the bytes of one row that wait for the last row's (cycle-model.md, "Output crossbar").
// Latency: 1 clock from push_i to has_o and byte_o, where nothing else waits. Depth 0, the last
// row: none, a byte is taken in its clock.
//
// Requires: no more than Depth bytes wait, not counting one that pop_i takes as another comes.
module sa_row_fifo #(
  parameter int Depth = 4  // from 0
) (
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic       push_i,
  input  logic [7:0] byte_i,
  input  logic       pop_i,
  output logic       has_o,
  output logic [7:0] byte_o  // the oldest; anything without has_o
);
  if (Depth == 0) begin : gen_wire
    assign has_o = push_i;
    assign byte_o = byte_i;
    logic unused_wire;
    assign unused_wire = ^{clk_i, rst_ni, pop_i};
  end else begin : gen_store
    localparam int PlaceBits = (Depth > 1) ? $clog2(Depth) : 1;
    localparam int CountBits = $clog2(Depth + 1);
    localparam logic [PlaceBits-1:0] PlaceLast = PlaceBits'(Depth - 1);
    logic [7:0] bytes_q[Depth];
    logic [PlaceBits-1:0] read_q, write_q;
    logic [CountBits-1:0] count_q;
    logic takes;
    assign has_o = (count_q != '0);
    assign byte_o = bytes_q[read_q];
    assign takes = pop_i & has_o;

    always_ff @(posedge clk_i) begin
      if (push_i) bytes_q[write_q] <= byte_i;
    end

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        read_q <= '0;
        write_q <= '0;
        count_q <= '0;
      end else begin
        if (push_i) write_q <= (write_q == PlaceLast) ? '0 : write_q + 1'b1;
        if (takes) read_q <= (read_q == PlaceLast) ? '0 : read_q + 1'b1;
        if (push_i & ~takes) count_q <= count_q + 1'b1;
        else if (takes & ~push_i) count_q <= count_q - 1'b1;
      end
    end
  end
endmodule
