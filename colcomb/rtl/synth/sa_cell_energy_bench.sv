// Stimulus for the energy of a cell's netlist: random words back to back, a new random weight every
// WordsPerWeight words while the one before is in use, then no words at all. Prints, in ns, when
// the words and when the idle clocks begin and end, and a digest of all outputs. Simulation only;
// clock period 10 ns.
`timescale 1ns / 1ps
module sa_cell_energy_bench;
  parameter int Alpha = 8;
  parameter int Streams = 4;
  parameter int LoadClocks = 2;    // L
  parameter int WordClocks = 8;    // clocks from word to word; 1: a bit-parallel cell
  parameter int Lines = Alpha;     // wires of data; bit-parallel: 8 Alpha
  parameter int AccWires = Streams;
  parameter int Weights = 16;
  parameter int WordsPerWeight = 64;
  parameter int IdleClocks = 2000;

  logic clk = 1'b0;
  logic rst_n = 1'b1;
  logic [Lines-1:0] data = '0;
  logic start = 1'b0;
  logic swap = 1'b0;
  logic [Lines-1:0] load = '0;
  logic load_valid = 1'b0;
  logic [AccWires-1:0] acc = '0;
  wire [Lines-1:0] data_out, load_out;
  wire [AccWires-1:0] acc_out;
  wire start_out, swap_out, load_valid_out;

  `CELL u_cell (
    .clk_i(clk), .rst_ni(rst_n), .data_i(data), .start_i(start), .swap_i(swap), .load_i(load),
    .load_valid_i(load_valid), .acc_i(acc), .data_o(data_out), .start_o(start_out),
    .swap_o(swap_out), .load_o(load_out), .load_valid_o(load_valid_out), .acc_o(acc_out)
  );

  always #5 clk = !clk;

  // Of all outputs in all clocks after the reset: netlist and RTL must have the same.
  logic [127:0] digest = '0;
  always @(negedge clk) begin
    if (rst_n)
      digest <= {digest[126:0], digest[127]} ^
                128'({acc_out, data_out, load_out, start_out, swap_out, load_valid_out});
  end

  int seed = 1;
  function automatic logic [511:0] random_bits();
    for (int i = 0; i < 16; i++) random_bits[32*i +: 32] = $urandom(seed);
  endfunction

  // Values change a little after the clock, as those of registers do.
  task automatic tick;
    @(posedge clk);
    #1;
  endtask

  task automatic load_weight;
    for (int i = 0; i < LoadClocks; i++) begin
      load_valid = 1'b1;
      load = random_bits();
      tick();
    end
    load_valid = 1'b0;
    load = '0;
  endtask

  // One word; with `last` the swap of the next weight stands in its last clock.
  task automatic send_word(input bit first, input bit last);
    for (int i = 0; i < WordClocks; i++) begin
      start = i == 0;
      // A bit-serial word has 8 data bits.
      data = i < 8 ? random_bits() : '0;
      acc = random_bits();
      load_valid = first && i < LoadClocks;
      load = load_valid ? random_bits() : '0;
      swap = last && i == WordClocks - 1;
      tick();
    end
    start = 1'b0;
  endtask

  initial begin
    $dumpfile(`VCD);
    $dumpvars(1, u_cell);
    // Its edge resets registers whose clock is gated.
    #2 rst_n = 1'b0;
    repeat (3) tick();
    rst_n = 1'b1;
    load_weight();
    swap = 1'b1;
    tick();
    swap = 1'b0;
    $display("words_begin=%0t", $realtime);
    for (int w = 0; w < Weights; w++) begin
      for (int i = 0; i < WordsPerWeight; i++)
        send_word(i == 0, i == WordsPerWeight - 1);
    end
    $display("words_end=%0t", $realtime);
    swap = 1'b0;
    data = '0;
    acc = '0;
    repeat (64) tick();
    $display("idle_begin=%0t", $realtime);
    repeat (IdleClocks) tick();
    $display("idle_end=%0t", $realtime);
    $display("digest=%h", digest);
    $finish;
  end
endmodule
