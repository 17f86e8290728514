// When the weights of a tile are loaded, and when each of its words is sent: waits in clocks since
// the last decisions, and counters of tiles, which are modulo 2^CounterBits (tile-program.md,
// "Waits"). load_o and send_o are decisions of the present clock, functions of registers and of
// fetched_i and done_i; tiles are counted on over the batches.
//
// What comes in as words and waits is of the next word to send and its tile, but
// load_after_begin_i, of the next tile to load. done_i stands for a clock a tile.
//
// Requires: fetched_i counts no tile before those that were loaded; no more tiles are done than
// were sent.
module sa_tile_timing #(
  parameter int WaitBits = 8,
  parameter int CounterBits = 8
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   running_i,
  input  logic [CounterBits-1:0] fetched_i,
  input  logic                   done_i,
  input  logic                   first_i,  // of its tile
  input  logic                   last_i,
  input  logic                   after_all_i,
  input  logic [WaitBits-1:0]    send_gap_i,
  input  logic [WaitBits-1:0]    send_after_begin_i,
  input  logic [WaitBits-1:0]    send_after_load_i,
  input  logic [WaitBits-1:0]    interval_i,
  input  logic [WaitBits-1:0]    load_after_begin_i,
  output logic                   load_o,
  output logic                   send_o,
  output logic [CounterBits-1:0] sending_o  // tile whose words are sent, or the next
);
  logic [CounterBits-1:0] loaded_q, done_q, done;
  logic any_loaded_q, any_sent_q;
  assign done = done_q + CounterBits'(done_i);

  // Clocks since the last word, first word and load were decided, as far as they can be told.
  logic [WaitBits-1:0] since_sent_q, since_begin_q, since_load_q;
  function automatic logic [WaitBits-1:0] later(input logic [WaitBits-1:0] clocks);
    later = clocks + WaitBits'(clocks != '1);
  endfunction

  logic begun, first_may, fetched, ends;
  assign fetched = fetched_i != loaded_q;
  assign begun = (loaded_q == sending_o) | ((loaded_q == sending_o + 1'b1) & ~first_i);
  assign load_o = running_i & fetched &
                  (~any_loaded_q | (begun & (since_begin_q >= load_after_begin_i)));
  assign first_may = (loaded_q != sending_o) & (since_load_q >= send_after_load_i) &
                     (~any_sent_q | ((since_sent_q >= send_gap_i) &
                                     (since_begin_q >= send_after_begin_i))) &
                     (~after_all_i | (done == sending_o));
  assign ends = send_o & last_i;
  assign send_o = running_i & (first_i ? first_may : since_sent_q >= interval_i);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      sending_o <= '0;
      loaded_q <= '0;
      done_q <= '0;
      any_loaded_q <= 1'b0;
      any_sent_q <= 1'b0;
      since_sent_q <= '0;
      since_begin_q <= '0;
      since_load_q <= '0;
    end else begin
      done_q <= done;
      loaded_q <= loaded_q + CounterBits'(load_o);
      sending_o <= sending_o + CounterBits'(ends);
      any_loaded_q <= any_loaded_q | load_o;
      any_sent_q <= any_sent_q | send_o;
      since_load_q <= load_o ? WaitBits'(1) : later(since_load_q);
      since_sent_q <= send_o ? WaitBits'(1) : later(since_sent_q);
      since_begin_q <= (send_o & first_i) ? WaitBits'(1) : later(since_begin_q);
    end
  end
endmodule
