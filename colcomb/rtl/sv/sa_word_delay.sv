// Words that come out Clocks clocks later, kept in a memory: d_i of a clock with valid_i is on q_o
// with valid_o, and stays there until the next one. q_o is anything before the first.
module sa_word_delay #(
  parameter int Clocks = 8,  // from 3
  parameter int Width = 8
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             valid_i,
  input  logic [Width-1:0] d_i,
  output logic             valid_o,
  output logic [Width-1:0] q_o
);
  // As many places as clocks, and so what is read lies in the place that is written next.
  localparam int PlaceBits = $clog2(Clocks);
  localparam logic [PlaceBits-1:0] Last = PlaceBits'(Clocks - 1);
  logic [PlaceBits-1:0] place_q, next;
  logic soon;
  assign next = (place_q == Last) ? '0 : place_q + 1'b1;

  sa_delay #(.Clocks(Clocks - 1), .Width(1)) u_valid (
    .clk_i, .rst_ni, .d_i(valid_i), .q_o(soon)
  );
  sa_buffer_bank #(.Words(Clocks), .Width(Width)) u_words (
    .clk_i, .read_i(soon), .read_address_i(next), .write_i(valid_i), .write_address_i(place_q),
    .word_i(d_i), .word_o(q_o)
  );
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      place_q <= '0;
      valid_o <= 1'b0;
    end else begin
      place_q <= next;
      valid_o <= soon;
    end
  end
endmodule
