// Weight loader (cycle-model.md, "Weight loading"): reads a tile's weights from the weight buffer,
// a line a clock, each the bits of all columns for one weight-load cycle, and gives column j its
// bits j clocks later than column 0. Columns beyond the tile's groups get zeros.
//
// With load_i come the first line's byte address, the bytes of a line, the number of lines (the
// tile's rows x L) and the groups. Latency: 1 clock from load_i to read_o and address_o of the
// first line; load_valid_o and load_o of column 0 carry a line in the clock in which it is on
// line_i, 1 after its read_o: they are the buffer's output register behind a gate a bit.
//
// Requires: loads lines_i clocks apart or more; lines_i from 1.
module sa_weight_loader #(
  parameter int Columns = 32,    // C
  parameter int LoadLines = 8,   // load lines of a column
  parameter int AddressBits = 16,
  parameter int BytesBits = 8,   // of a line's bytes
  parameter int CountBits = 10,  // of the number of lines
  parameter int GroupBits = $clog2(Columns + 1)  // derived
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         load_i,
  input  logic [AddressBits-1:0]       address_i,
  input  logic [BytesBits-1:0]         bytes_i,
  input  logic [CountBits-1:0]         lines_i,
  input  logic [GroupBits-1:0]         groups_i,
  input  logic [Columns*LoadLines-1:0] line_i,
  output logic                         read_o,
  output logic [AddressBits-1:0]       address_o,
  output logic [BytesBits-1:0]         bytes_o,
  output logic [Columns-1:0]           load_valid_o,
  output logic [Columns*LoadLines-1:0] load_o
);
  // Lines after the one that is addressed in this clock, and the groups of that and of the line
  // that is on line_i.
  logic [CountBits-1:0] left_q;
  logic [GroupBits-1:0] groups_q, there_groups_q;
  logic addressed_q, there_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      addressed_q <= 1'b0;
      left_q <= '0;
      groups_q <= '0;
      read_o <= 1'b0;
      address_o <= '0;
      bytes_o <= '0;
    end else if (load_i) begin
      addressed_q <= 1'b1;
      left_q <= lines_i - 1'b1;
      groups_q <= groups_i;
      read_o <= (groups_i != '0);
      address_o <= address_i;
      bytes_o <= bytes_i;
    end else if (left_q != '0) begin
      left_q <= left_q - 1'b1;
      address_o <= address_o + AddressBits'(bytes_o);
    end else begin
      addressed_q <= 1'b0;
      read_o <= 1'b0;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      there_q <= 1'b0;
      there_groups_q <= '0;
    end else begin
      there_q <= addressed_q;
      there_groups_q <= groups_q;
    end
  end

  for (genvar j = 0; j < Columns; j++) begin : gen_column
    logic used;
    assign used = there_q & (there_groups_q > GroupBits'(j));
    sa_delay #(.Clocks(j), .Width(LoadLines + 1)) u_skew (
      .clk_i, .rst_ni, .d_i({there_q, line_i[j*LoadLines+:LoadLines] & {LoadLines{used}}}),
      .q_o({load_valid_o[j], load_o[j*LoadLines+:LoadLines]})
    );
  end
endmodule
