// Weight and select of one cell, and its part of the weight load chain (cycle-model.md, "Weight
// loading"). Latency: 1 clock from load_valid_i to load_valid_o; weight_o changes at the end of the
// clock of swap_i (double-buffered) or of the weight-load cycle (single-buffered).
//
// A cell keeps the bits of the first L = ceil(Bits / Lines) weight-load cycles after the last swap,
// Lines bits each and the lowest first, and hands later ones on. In the clock of a swap the count
// starts again, whatever else happens in it.
module sa_weight_reg #(
  parameter int Lines = 8,   // load lines
  parameter int Bits = 12,   // W: bits of weight and select
  parameter bit DoubleBuffer = 1'b1,  // a second register, which swap_i copies into the first
  parameter bit GateClock = 1'b0      // clock gates in place of clock enables
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             swap_i,
  input  logic             load_valid_i,
  input  logic [Lines-1:0] load_i,
  output logic             load_valid_o,
  output logic [Bits-1:0]  weight_o
);
  localparam int Cycles = (Bits + Lines - 1) / Lines;  // L
  localparam int CountBits = $clog2(Cycles + 1);
  localparam logic [CountBits-1:0] CountFull = CountBits'(Cycles);

  // Weight-load cycles kept since the last swap.
  logic [CountBits-1:0] count_q;
  logic full, keep;

  assign full = (count_q == CountFull);
  assign keep = load_valid_i & ~full;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) count_q <= '0;
    else if (swap_i) count_q <= '0;
    else if (keep) count_q <= count_q + 1'b1;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) load_valid_o <= 1'b0;
    else load_valid_o <= load_valid_i & full;
  end

  // The register that weight-load cycles enter.
  logic [Bits-1:0] loaded;

  if (Cycles == 1) begin : gen_one_cycle
    sa_held_reg #(.Width(Bits), .GateClock(GateClock)) u_loaded (
      .clk_i, .rst_ni, .en_i(keep), .d_i(load_i[Bits-1:0]), .q_o(loaded)
    );
    if (Lines > Bits) begin : gen_surplus
      logic unused_load;
      assign unused_load = ^load_i[Lines-1:Bits];
    end
  end else if (Cycles == 2) begin : gen_two_cycles
    // Each half in its place: a shift register would have to hold 2 x Lines bits.
    localparam int Upper = Bits - Lines;
    sa_held_reg #(.Width(Lines), .GateClock(GateClock)) u_lower (
      .clk_i, .rst_ni, .en_i(keep & ~count_q[0]), .d_i(load_i), .q_o(loaded[Lines-1:0])
    );
    sa_held_reg #(.Width(Upper), .GateClock(GateClock)) u_upper (
      .clk_i, .rst_ni, .en_i(keep & count_q[0]), .d_i(load_i[Upper-1:0]),
      .q_o(loaded[Bits-1:Lines])
    );
    if (Lines > Upper) begin : gen_surplus
      logic unused_load;
      assign unused_load = ^load_i[Lines-1:Upper];
    end
  end else begin : gen_shift
    localparam int Held = Cycles * Lines;
    logic [Held-1:0] shift;
    sa_held_reg #(.Width(Held), .GateClock(GateClock)) u_loaded (
      .clk_i, .rst_ni, .en_i(keep), .d_i({load_i, shift[Held-1:Lines]}), .q_o(shift)
    );
    assign loaded = shift[Bits-1:0];
  end

  if (DoubleBuffer) begin : gen_double
    sa_held_reg #(.Width(Bits), .GateClock(GateClock)) u_weight (
      .clk_i, .rst_ni, .en_i(swap_i), .d_i(loaded), .q_o(weight_o)
    );
  end else begin : gen_single
    assign weight_o = loaded;
  end
endmodule
