// MX cell: bit-serial multiply-accumulate on one of Alpha data lines, chosen by a select that is
// stored with the weight (paper, section 4.2; cycle-model.md, "Cell"). With Alpha = 1 it is the IL
// cell, with Streams = 1 also the BL cell. Latency: 1 clock on every path.
//
// Requires: starts at least 8 clocks apart (Streams = 1: AccBits); a swap, and without double
// buffering a weight-load cycle, not between a start and the last but one clock of its data bits;
// with double buffering, data lines 0 between words. cycle-model.md's machine keeps all of them.
module sa_mx_cell #(
  parameter int Alpha = 8,              // data lines, 1 to 64
  parameter int AccBits = 32,           // A: 16, 24 or 32
  parameter int Streams = AccBits / 8,  // S
  parameter bit DoubleBuffer = 1'b1,
  parameter bit GateClock = 1'b0                 // clock gates at weight and select
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic [Alpha-1:0]   data_i,
  input  logic               start_i,
  input  logic               swap_i,
  input  logic [Alpha-1:0]   load_i,  // unused without double buffering
  input  logic               load_valid_i,
  input  logic [Streams-1:0] acc_i,
  output logic [Alpha-1:0]   data_o,
  output logic               start_o,
  output logic               swap_o,
  output logic [Alpha-1:0]   load_o,  // 0 without double buffering
  output logic               load_valid_o,
  output logic [Streams-1:0] acc_o
);
  localparam int SelectBits = $clog2(Alpha);
  localparam int WeightBits = 9 + SelectBits;  // W

`ifndef __ICARUS__  // Icarus 11 has no elaboration tasks
  if (Alpha < 1 || Alpha > 64) begin : gen_check_alpha
    $error("sa_mx_cell: Alpha must be 1 to 64");
  end
  if (AccBits != 16 && AccBits != 24 && AccBits != 32) begin : gen_check_acc_bits
    $error("sa_mx_cell: AccBits must be 16, 24 or 32");
  end
  if (Streams != 1 && Streams != AccBits / 8) begin : gen_check_streams
    $error("sa_mx_cell: Streams must be 1 or AccBits / 8");
  end
`endif

  sa_links #(.Lines(Alpha), .DoubleBuffer(DoubleBuffer)) u_links (
    .clk_i, .rst_ni, .data_i, .start_i, .swap_i, .load_i, .data_o, .start_o, .swap_o, .load_o
  );

  logic [Alpha-1:0] load;
  logic [WeightBits-1:0] weight;
  if (DoubleBuffer) begin : gen_load_lines
    assign load = load_i;
  end else begin : gen_load_on_data
    assign load = data_i;
  end

  sa_weight_reg #(
    .Lines(Alpha), .Bits(WeightBits), .DoubleBuffer(DoubleBuffer), .GateClock(GateClock)
  ) u_weight (
    .clk_i, .rst_ni, .swap_i, .load_valid_i, .load_i(load), .load_valid_o, .weight_o(weight)
  );

  logic line;
  if (Alpha == 1) begin : gen_no_select
    assign line = data_i[0];
  end else begin : gen_select
    // Selects beyond Alpha choose a line that carries 0.
    logic [(1<<SelectBits)-1:0] lines;
    assign lines = (1 << SelectBits)'(data_i);
    assign line = lines[weight[WeightBits-1:9]];
  end

  // Without double buffering the data lines carry weights between the words.
  sa_serial_mac #(.Streams(Streams), .MaskIdle(!DoubleBuffer)) u_mac (
    .clk_i, .rst_ni, .start_i, .data_i(line), .weight_i(weight[8:0]), .acc_i, .acc_o
  );
endmodule
