// Which pooling windows a word's pixel lies in along one side of the map, for sa_window_unit:
// window o has slot o modulo Windows. Words pass the pixels of a row (or the rows of an image) in
// order; step_i says that one is there, first_i that it is pixel 0. Latency: 1 clock from step_i;
// the outputs keep their values until the next one.
//
// The side, which stays the same from pixel 0 to the last, comes as what counters need: the windows
// that hold pixel 0, first_windows_i; the first pixel of the next one, next_begin_i; the last pixel
// of window 0, first_end_i; stride_i, and the number of windows, out_i.
//
// Requires: no more than Windows windows hold a pixel; next_begin_i, stride_i, out_i and
// first_windows_i from 1.
module sa_window_side #(
  parameter int Windows = 4,
  parameter int PixelBits = 12,  // of pixels and windows along the side
  parameter int CountBits = $clog2(Windows + 1)  // derived
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 step_i,
  input  logic                 first_i,
  input  logic [CountBits-1:0] first_windows_i,
  input  logic [PixelBits-1:0] next_begin_i,
  input  logic [PixelBits-1:0] first_end_i,
  input  logic [PixelBits-1:0] stride_i,
  input  logic [PixelBits-1:0] out_i,
  output logic [Windows-1:0]   holds_o,
  output logic [Windows-1:0]   begins_o,
  output logic [Windows-1:0]   ends_o,
  output logic [PixelBits-1:0] ended_o  // the window that ends, where one does
);
  // Pixels to the next window's first one and to the next last one, counted from the pixel behind
  // the present one; windows that are still to begin and to end.
  logic [PixelBits-1:0] to_begin_q, to_end_q, to_end, begin_left_q, end_left_q, end_left, ended;
  logic [Windows-1:0] begin_slot_q, end_slot_q, begin_slot, end_slot, first_slots, next_slot;
  logic begins, ends;

  assign first_slots = ~({Windows{1'b1}} << first_windows_i);
  assign next_slot = (first_windows_i == CountBits'(Windows)) ? Windows'(1)
                                                              : Windows'(1) << first_windows_i;
  assign begins = (to_begin_q == '0) & (begin_left_q != '0);
  assign to_end = first_i ? first_end_i : to_end_q;
  assign end_left = first_i ? out_i : end_left_q;
  assign end_slot = first_i ? Windows'(1) : end_slot_q;
  assign begin_slot = begin_slot_q & {Windows{begins}};
  assign ends = (to_end == '0) & (end_left != '0);

  function automatic logic [Windows-1:0] after(input logic [Windows-1:0] slot);
    after = (slot << 1) | (slot >> (Windows - 1));
  endfunction

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      holds_o <= '0;
      begins_o <= '0;
      ends_o <= '0;
      ended <= '0;
      to_begin_q <= '0;
      to_end_q <= '0;
      begin_left_q <= '0;
      end_left_q <= '0;
      begin_slot_q <= '0;
      end_slot_q <= '0;
    end else if (step_i) begin
      holds_o <= first_i ? first_slots : (holds_o & ~ends_o) | begin_slot;
      begins_o <= first_i ? first_slots : begin_slot;
      ends_o <= end_slot & {Windows{ends}};
      ended <= first_i ? '0 : ended + PixelBits'(|ends_o);
      if (first_i) begin
        to_begin_q <= next_begin_i - 1'b1;
        begin_left_q <= out_i - PixelBits'(first_windows_i);
        begin_slot_q <= next_slot;
      end else begin
        to_begin_q <= ((to_begin_q == '0) ? stride_i : to_begin_q) - 1'b1;
        if (begins) begin
          begin_left_q <= begin_left_q - 1'b1;
          begin_slot_q <= after(begin_slot_q);
        end
      end
      to_end_q <= ((to_end == '0) ? stride_i : to_end) - 1'b1;
      end_left_q <= end_left - PixelBits'(ends);
      end_slot_q <= ends ? after(end_slot) : end_slot;
    end
  end

  assign ended_o = ended;
endmodule
