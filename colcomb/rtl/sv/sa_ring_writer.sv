// Where the results of another layer's row bus go in a residual line buffer: that layer's rows give
// their bytes one after the other, pixel after pixel, and the first Kept of them have a plane of
// Ring pixels each, one behind the other. Combinational from valid_i to write_o and address_o,
// which is a register.
//
// Requires: valid_i for each of the bus's Rows rows in their order, for every pixel.
module sa_ring_writer #(
  parameter int Rows = 8,  // of the bus
  parameter int Kept = 8,  // from 1, at most Rows
  parameter int Ring = 16,
  parameter int AddressBits = 16
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   valid_i,
  output logic                   write_o,
  output logic [AddressBits-1:0] address_o
);
  localparam int RowBits = (Rows > 1) ? $clog2(Rows) : 1;
  logic [RowBits-1:0] row_q;
  logic [AddressBits-1:0] place_q, place_next;
  logic last;
  assign last = (row_q == RowBits'(Rows - 1));
  assign write_o = valid_i & (32'(row_q) < Kept);
  sa_ring_step #(.Ring(Ring), .Bits(AddressBits)) u_place (
    .place_i(place_q), .step_i(AddressBits'(1)), .place_o(place_next)
  );
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      row_q <= '0;
      place_q <= '0;
      address_o <= '0;
    end else if (valid_i) begin
      row_q <= last ? '0 : row_q + 1'b1;
      address_o <= last ? place_next : address_o + AddressBits'(Ring);
      if (last) place_q <= place_next;
    end
  end
endmodule
