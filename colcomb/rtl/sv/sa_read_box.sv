// Which pixels of the map before a layer's present word reads, for sa_sequencer (cycle-model.md,
// "Cross-layer pipelining"): those of a box around it, as far as it lies in the map. Pixels are
// counted on over the images, modulo 2^CounterBits.
//
// open_i makes the first word the present one. step_i goes on to the next word, with row_ends_i to
// the next row's, with image_ends_i to the next image's. Latency: 1 clock to the outputs, which are
// functions of the registers: reads_o, whether the word reads any pixel; needed_o, pixels up to the
// last one that it reads; spent_o, pixels that neither it nor a later word reads.
//
// A record, which keeps its value from open_i on, is, from the highest bit down: height and width
// of the map; pixels from word to word along both sides; least and most dy, least and most dx;
// pixels of the map, of all rows but the last, and from a row of words to the next; those from the
// map's first row to the first word's row + least dy, and + most dy.
module sa_read_box #(
  parameter int CoordBits = 8,    // signed
  parameter int CounterBits = 16,
  parameter int RecordBits = 7 * CoordBits + 5 * CounterBits  // derived
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   open_i,
  input  logic                   step_i,
  input  logic                   row_ends_i,
  input  logic                   image_ends_i,
  input  logic [RecordBits-1:0]  record_i,
  output logic                   reads_o,
  output logic [CounterBits-1:0] needed_o,
  output logic [CounterBits-1:0] spent_o
);
  logic signed [CoordBits-1:0] height, width, stride, least_dy, most_dy, least_dx, most_dx;
  logic [CounterBits-1:0] pixels, last_row, row_step, least_begin, most_begin;
  assign {height, width, stride, least_dy, most_dy, least_dx, most_dx, pixels, last_row, row_step,
          least_begin, most_begin} = record_i;

  // The word's place, times stride; pixels of the rows in front of the box's first and last one,
  // which say nothing where these lie outside the map.
  logic signed [CoordBits:0] row_q, column_q;
  logic [CounterBits-1:0] least_q, most_q, image_q;
  logic first_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      row_q <= '0;
      column_q <= '0;
      least_q <= '0;
      most_q <= '0;
      image_q <= '0;
      first_q <= 1'b0;
    end else if (open_i) begin
      row_q <= '0;
      column_q <= '0;
      least_q <= least_begin;
      most_q <= most_begin;
      image_q <= '0;
      first_q <= 1'b1;
    end else if (step_i) begin
      first_q <= image_ends_i;
      column_q <= row_ends_i ? '0 : column_q + (CoordBits + 1)'(stride);
      if (image_ends_i) begin
        row_q <= '0;
        least_q <= least_begin;
        most_q <= most_begin;
        image_q <= image_q + pixels;
      end else if (row_ends_i) begin
        row_q <= row_q + (CoordBits + 1)'(stride);
        least_q <= least_q + row_step;
        most_q <= most_q + row_step;
      end
    end
  end

  logic signed [CoordBits:0] least_row, most_row, next_row, least_column, most_column;
  assign least_row = row_q + (CoordBits + 1)'(least_dy);
  assign most_row = row_q + (CoordBits + 1)'(most_dy);
  assign next_row = least_row + (CoordBits + 1)'(stride);
  assign least_column = column_q + (CoordBits + 1)'(least_dx);
  assign most_column = column_q + (CoordBits + 1)'(most_dx);

  // A column, or the width if that is less; 0 in front of the map.
  function automatic logic [CounterBits-1:0] clamped(
    input logic signed [CoordBits:0] at, input logic signed [CoordBits-1:0] size
  );
    clamped = at[CoordBits] ? '0 :
              (at > (CoordBits + 1)'(size)) ? CounterBits'({size}) : CounterBits'({at});
  endfunction

  // Up to the box's last row in the map, and its last column there.
  logic above;  // the box's first row is not below the map
  logic [CounterBits-1:0] rows;
  assign above = (least_row < (CoordBits + 1)'(height));
  assign reads_o = ~most_row[CoordBits] & above & ~most_column[CoordBits] &
                   (least_column < (CoordBits + 1)'(width));
  assign rows = (most_row >= (CoordBits + 1)'(height)) ? last_row : most_q;
  assign needed_o = image_q + rows + clamped(most_column, width) +
                    CounterBits'(most_column < (CoordBits + 1)'(width));

  // In front of the box's first pixel in this row of words, and in the next one. Between images
  // nothing but the images before is spent.
  logic [CounterBits-1:0] ahead, own, next;
  assign ahead = least_row[CoordBits] ? '0 : above ? least_q : pixels;
  assign own = ahead + (above ? clamped(least_column, width) : '0);
  assign next = next_row[CoordBits] ? '0 :
                (next_row >= (CoordBits + 1)'(height)) ? pixels : least_q + row_step;
  assign spent_o = image_q + (first_q ? '0 : (own < next) ? own : next);
endmodule
