// The present word along one side of a map, and the pooling windows that hold it; window o has slot
// o modulo Windows. Without pooling every word ends a window of its own, which has no slot.
//
// load_i takes state_i, step_i goes on to the next word along the side, or with restart_i to the
// first one, which begin_i describes. Latency: 1 clock to all outputs, which are functions of the
// registers.
//
// A state is, from the highest bit down: the word's number; words behind it; words to the next one
// that ends a window (0: it does); windows that have not ended before it, and those that have;
// words from the one behind it to the next that begins a window; windows that begin behind it;
// slots of the windows that hold it; of those that begin with it; of the window that begins next;
// of the one that ends next.
module sa_word_side #(
  parameter int SideBits = 6,
  parameter int Windows = 4,
  parameter int StateBits = 7 * SideBits + 4 * Windows  // derived
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 load_i,
  input  logic [StateBits-1:0] state_i,
  input  logic                 step_i,
  input  logic                 restart_i,
  input  logic [StateBits-1:0] begin_i,
  input  logic [SideBits-1:0]  stride_i,  // of windows
  output logic [SideBits-1:0]  word_o,
  output logic                 last_o,  // no word is behind it
  output logic                 completes_o,
  output logic [SideBits-1:0]  window_o,  // that ends
  output logic [Windows-1:0]   holds_o,
  output logic [Windows-1:0]   begins_o,
  output logic [Windows-1:0]   ends_o
);
  logic [SideBits-1:0] left, to_end, end_left, to_begin, begin_left;
  logic [Windows-1:0] begin_slot, end_slot, begun;
  logic [StateBits-1:0] state_q, stepped;
  logic begins;
  assign {word_o, left, to_end, end_left, window_o, to_begin, begin_left, holds_o, begins_o,
          begin_slot, end_slot} = state_q;
  assign last_o = (left == '0);
  assign completes_o = (to_end == '0) & (end_left != '0);
  assign ends_o = end_slot & {Windows{completes_o}};
  assign begins = (to_begin == '0) & (begin_left != '0);
  assign begun = begin_slot & {Windows{begins}};

  function automatic logic [Windows-1:0] after(input logic [Windows-1:0] slot);
    after = (slot << 1) | (slot >> (Windows - 1));
  endfunction

  assign stepped = {
    word_o + 1'b1,
    left - 1'b1,
    ((to_end == '0) ? stride_i : to_end) - 1'b1,
    end_left - SideBits'(completes_o),
    window_o + SideBits'(completes_o),
    ((to_begin == '0) ? stride_i : to_begin) - 1'b1,
    begin_left - SideBits'(begins),
    (holds_o & ~ends_o) | begun,
    begun,
    begins ? after(begin_slot) : begin_slot,
    completes_o ? after(end_slot) : end_slot
  };

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) state_q <= '0;
    else if (load_i) state_q <= state_i;
    else if (step_i) state_q <= restart_i ? begin_i : stepped;
  end
endmodule
