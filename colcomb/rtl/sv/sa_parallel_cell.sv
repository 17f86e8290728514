// Bit-parallel cell, to compare with: an 8-bit multiplier on one of Alpha bytes (cycle-model.md,
// "Cell"). acc_o is acc_i + weight x byte after a clock with start_i, else acc_i. Latency: 1 clock
// on every path.
module sa_parallel_cell #(
  parameter int Alpha = 8,     // bytes of a column, 1 to 64
  parameter int AccBits = 32,  // A
  parameter bit DoubleBuffer = 1'b1,
  parameter bit GateClock = 1'b0
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic [8*Alpha-1:0] data_i,
  input  logic               start_i,
  input  logic               swap_i,
  input  logic [8*Alpha-1:0] load_i,  // unused without double buffering
  input  logic               load_valid_i,
  input  logic [AccBits-1:0] acc_i,
  output logic [8*Alpha-1:0] data_o,
  output logic               start_o,
  output logic               swap_o,
  output logic [8*Alpha-1:0] load_o,  // 0 without double buffering
  output logic               load_valid_o,
  output logic [AccBits-1:0] acc_o
);
  localparam int SelectBits = $clog2(Alpha);
  localparam int WeightBits = 8 + SelectBits;  // W

  sa_links #(.Lines(8 * Alpha), .DoubleBuffer(DoubleBuffer)) u_links (
    .clk_i, .rst_ni, .data_i, .start_i, .swap_i, .load_i, .data_o, .start_o, .swap_o, .load_o
  );

  logic [8*Alpha-1:0] load;
  logic [WeightBits-1:0] weight;
  if (DoubleBuffer) begin : gen_load_lines
    assign load = load_i;
  end else begin : gen_load_on_data
    assign load = data_i;
  end

  sa_weight_reg #(
    .Lines(8 * Alpha), .Bits(WeightBits), .DoubleBuffer(DoubleBuffer), .GateClock(GateClock)
  ) u_weight (
    .clk_i, .rst_ni, .swap_i, .load_valid_i, .load_i(load), .load_valid_o, .weight_o(weight)
  );

  logic [7:0] operand;
  if (Alpha == 1) begin : gen_no_select
    assign operand = data_i;
  end else begin : gen_select
    // Selects beyond Alpha choose a byte of 0.
    logic [8*(1<<SelectBits)-1:0] bytes;
    assign bytes = (8 << SelectBits)'(data_i);
    assign operand = bytes[8*weight[WeightBits-1:8]+:8];
  end

  logic signed [AccBits-1:0] product;
  assign product = $signed(weight[7:0]) * $signed({1'b0, operand & {8{start_i}}});

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) acc_o <= '0;
    else acc_o <= acc_i + product;
  end
endmodule
