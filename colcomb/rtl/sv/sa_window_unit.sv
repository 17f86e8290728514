// Pooling windows of the rows of one bus (cycle-model.md, "Pooling windows"): maxima or means of
// the windows that a row's bytes lie in, pixel by pixel. In front of a line buffer, an
// sa_buffer_bank.
//
// A row keeps Windows partial results, of the windows along its image row that its pixel lies in;
// window o has slot o modulo Windows, here and in the words of the line buffer, which join image
// rows. With a byte come, per slot of either side, whether its window holds the pixel, whether with
// its first pixel in the map, and whether with its last (one slot of a side at most), as
// sa_window_side says; further the number of the window that ends along the row, the line buffer's
// word of the row tile's first window, and windows along a row of the map; what the sum of a mean
// is divided by; and a tag.
//
// Latency, from a byte: 1 clock to read_o and read_address_o, 3 to write_o, write_address_o, word_o
// and to a maximum, 20 to a mean: valid_o, byte_o, row_o and tag_o. word_i is the line buffer's, a
// clock after read_o.
//
// Requires: a row's words come in order; a word of the line buffer is read again three clocks later
// at the earliest; layers with maxima and layers with means not within 20 clocks; bytes add up to
// less than 2^24; divisor_i from 1.
module sa_window_unit #(
  parameter int Rows = 8,      // of the bus, from 1
  parameter int Windows = 4,   // most windows that a pixel may lie in along each side, 1 to 32
  parameter int AddressBits = 10,  // of the line buffer's words
  parameter int ColumnBits = 8,    // of windows along a row of the map; at most AddressBits
  parameter int DivisorBits = 17,  // at most 24
  parameter int TagBits = 8,
  parameter int RowBits = (Rows > 1) ? $clog2(Rows) : 1  // derived
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   valid_i,
  input  logic [RowBits-1:0]     row_i,
  input  logic [7:0]             byte_i,
  input  logic                   inside_i,  // the pixel is in the map; else it adds 0
  input  logic                   mean_i,
  input  logic [Windows-1:0]     x_holds_i,
  input  logic [Windows-1:0]     x_begins_i,
  input  logic [Windows-1:0]     x_ends_i,
  input  logic [Windows-1:0]     y_holds_i,
  input  logic [Windows-1:0]     y_begins_i,
  input  logic [Windows-1:0]     y_ends_i,
  input  logic [ColumnBits-1:0]  column_i,
  input  logic [AddressBits-1:0] entry_i,
  input  logic [ColumnBits-1:0]  out_width_i,
  input  logic [DivisorBits-1:0] divisor_i,
  input  logic [TagBits-1:0]     tag_i,
  output logic                   valid_o,
  output logic [RowBits-1:0]     row_o,
  output logic [7:0]             byte_o,
  output logic [TagBits-1:0]     tag_o,
  // Line buffer.
  output logic                   read_o,
  output logic [AddressBits-1:0] read_address_o,
  input  logic [Windows*24-1:0]  word_i,
  output logic                   write_o,
  output logic [AddressBits-1:0] write_address_o,
  output logic [Windows*24-1:0]  word_o
);
`ifndef __ICARUS__  // Icarus 11 has no elaboration tasks
  if (ColumnBits > AddressBits || DivisorBits > 24) begin : gen_check
    $error("sa_window_unit: ColumnBits at most AddressBits, DivisorBits at most 24");
  end
`endif

  // A byte in its clock: the row's partial results, and the one of the window that ends.
  logic [Windows*24-1:0] partials_q[Rows];
  logic [Windows*24-1:0] partials, partials_next;
  logic [23:0] part;
  assign partials = partials_q[row_i];

  sa_window_join #(.Windows(Windows)) u_row (
    .mean_i, .holds_i(x_holds_i), .begins_i(x_begins_i), .ends_i(x_ends_i),
    .value_i({16'd0, byte_i & {8{inside_i}}}), .partials_i(partials), .partials_o(partials_next),
    .ended_o(part)
  );

  always_ff @(posedge clk_i) begin
    if (valid_i) partials_q[row_i] <= partials_next;
  end

  // One clock later the part and its address; two, when the line buffer's word is there.
  localparam int PartBits =
      1 + 24 + 1 + 3 * Windows + AddressBits + DivisorBits + RowBits + TagBits;
  logic ends, reads, asked_valid_q, there_valid_q;
  logic [AddressBits-1:0] address;
  logic [PartBits-1:0] asked_q, there_q;
  assign ends = valid_i & |x_ends_i & |y_holds_i;
  assign reads = |(y_holds_i & ~y_begins_i);
  assign address =
      entry_i + AddressBits'(row_i) * AddressBits'(out_width_i) + AddressBits'(column_i);

  logic there_reads, there_mean;
  logic [23:0] there_part;
  logic [Windows-1:0] there_holds, there_begins, there_ends;
  logic [AddressBits-1:0] there_address;
  logic [DivisorBits-1:0] there_divisor;
  logic [RowBits-1:0] there_row;
  logic [TagBits-1:0] there_tag;
  assign {there_reads, there_part, there_mean, there_holds, there_begins, there_ends, there_address,
          there_divisor, there_row, there_tag} = there_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      asked_valid_q <= 1'b0;
      asked_q <= '0;
      there_valid_q <= 1'b0;
      there_q <= '0;
      read_o <= 1'b0;
      read_address_o <= '0;
    end else begin
      asked_valid_q <= ends;
      there_valid_q <= asked_valid_q;
      read_o <= ends & reads;
      if (ends) begin
        asked_q <= {reads, part, mean_i, y_holds_i, y_begins_i, y_ends_i, address, divisor_i, row_i,
                    tag_i};
        read_address_o <= address;
      end
      if (asked_valid_q) there_q <= asked_q;
    end
  end

  // Three clocks later: the part joins those of the image rows earlier.
  logic [Windows*24-1:0] word;
  logic [23:0] whole;
  sa_window_join #(.Windows(Windows)) u_rows (
    .mean_i(there_mean), .holds_i(there_holds), .begins_i(there_begins), .ends_i(there_ends),
    .value_i(there_part), .partials_i(word_i & {Windows * 24{there_reads}}), .partials_o(word),
    .ended_o(whole)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      write_o <= 1'b0;
      write_address_o <= '0;
      word_o <= '0;
    end else begin
      write_o <= there_valid_q;
      if (there_valid_q) begin
        write_address_o <= there_address;
        word_o <= word;
      end
    end
  end

  logic complete, maximum, divided;
  logic [7:0] mean;
  logic [RowBits-1:0] mean_row;
  logic [TagBits-1:0] mean_tag;
  assign complete = there_valid_q & |there_ends;
  assign maximum = complete & ~there_mean;

  sa_mean_divider #(
    .SumBits(24), .DivisorBits(DivisorBits), .MaxFraction(0), .TagBits(RowBits + TagBits)
  ) u_divider (
    .clk_i, .rst_ni, .valid_i(complete & there_mean), .sum_i(whole), .divisor_i(there_divisor),
    .fraction_bits_i(4'd0), .tag_i({there_row, there_tag}), .valid_o(divided), .mean_o(mean),
    .tag_o({mean_row, mean_tag})
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_o <= 1'b0;
      row_o <= '0;
      byte_o <= '0;
      tag_o <= '0;
    end else begin
      valid_o <= maximum | divided;
      if (maximum | divided) begin
        row_o <= maximum ? there_row : mean_row;
        byte_o <= maximum ? whole[7:0] : mean;
        tag_o <= maximum ? there_tag : mean_tag;
      end
    end
  end
endmodule
