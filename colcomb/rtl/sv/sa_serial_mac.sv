// Bit-serial multiply-accumulate of one cell for Streams interleaved accumulations (cycle-model.md,
// "Cell"). Latency: 1 clock from acc_i and data_i to acc_o.
//
// An input word begins in the clock of start_i; stream n serves it, n counting the starts modulo
// Streams. data_i carries the word's bits, least significant first, in that clock and the seven
// after it, then 0 (MaskIdle = 1: then anything). After AccBits clocks acc_o[n] has carried
// (acc + weight x word) mod 2^AccBits, least significant bit first.
//
// Requires: starts at least 8 clocks apart (Streams = 1: at least 16), and weight_i unchanged from
// a start to the word's last data bit.
//
// Only the newest word has data bits left, and only the one before it product bits other than its
// sign. So one adder and one running product serve all streams:
//   part_q  product bits of the newest word, not yet given out, in two's complement;
//   tail_q  the same of the word before, shifted out behind bit_q of its stream;
//   bit_q   per stream, the product bit of a word that is not the newest; at last its sign.
module sa_serial_mac #(
  parameter int Streams = 4,
  parameter bit MaskIdle = 1'b0
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               start_i,
  input  logic               data_i,
  input  logic [8:0]         weight_i,  // magnitude, sign
  input  logic [Streams-1:0] acc_i,
  output logic [Streams-1:0] acc_o
);
`ifndef __ICARUS__  // Icarus 11 has no elaboration tasks
  if (Streams < 1 || Streams > 4) begin : gen_check
    $error("sa_serial_mac: Streams must be 1 to 4");
  end
`endif

  logic [7:0] magnitude;
  logic sign;
  assign {sign, magnitude} = weight_i;

  // What a data bit of 1 adds: the weight in two's complement but for the 1 at the bottom, and 0
  // after the word's last data bit. Kept as it is, for otherwise Yosys puts these gates behind the
  // data bit, which comes last: some MHz less on an iCE40.
  (* keep *) logic [8:0] operand;
  logic open;
  if (MaskIdle) begin : gen_mask
    logic [3:0] age_q;  // clocks since the start, 8: no data bit follows
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) age_q <= 4'd8;
      else if (start_i) age_q <= 4'd1;
      else if (!age_q[3]) age_q <= age_q + 4'd1;
    end
    assign open = start_i | ~age_q[3];
  end else begin : gen_no_mask
    assign open = 1'b1;
  end
  assign operand = {sign, magnitude ^ {8{sign}}} & {9{open}};

  // part + (data ? weight : 0), without bit 0, which both signs have in common: low is early.
  // Below bit 0 stands the carry that negation adds.
  logic [8:0] part_q, part, sum, addend;
  logic       low, carry_low;
  logic [1:0] unused_low;
  assign part = part_q & {9{~start_i}};
  assign low = data_i & open & magnitude[0];
  assign addend = {9{data_i}} & operand;
  assign carry_low = data_i & operand[8];
  assign {sum, unused_low} = {part[8], part, 1'b1} + {addend[8], addend, carry_low};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) part_q <= '0;
    else part_q <= sum;
  end

  // Streams: owns[n] while n's word is the newest, fresh[n] in the clock of its start. product[n]
  // is n's product bit before the data bit of this clock adds to it.
  logic [Streams-1:0] fresh, owns, product;

  if (Streams == 1) begin : gen_one_stream
    assign fresh = start_i;
    assign owns = 1'b1;
    assign product = part_q[0];
  end else begin : gen_streams
    // Owners in Gray code: two flip-flops, and each owner is one function of them and the start.
    logic [1:0] owner_q, owner_after, owner;
    if (Streams == 4) begin : gen_ring4
      assign owner_after = {owner_q[0], ~owner_q[1]};
    end else if (Streams == 3) begin : gen_ring3
      assign owner_after = {owner_q[0] & ~owner_q[1], ~owner_q[1]};
    end else begin : gen_ring2
      assign owner_after = {1'b0, ~owner_q[0]};
    end
    localparam logic [1:0] OwnerLast = (Streams == 4) ? 2'b10 : (Streams == 3) ? 2'b11 : 2'b01;
    assign owner = start_i ? owner_after : owner_q;

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) owner_q <= OwnerLast;
      else owner_q <= owner;
    end

    // In the clock of a start the word before gives its bit out of part_q for the last time.
    logic [6:0] tail_q;
    logic [7:0] tail;
    logic [Streams-1:0] bit_q;
    assign tail = start_i ? part_q[8:1] : {tail_q[6], tail_q};

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) tail_q <= '0;
      else tail_q <= tail[7:1];
    end

    for (genvar n = 0; n < Streams; n++) begin : gen_stream
      localparam logic [1:0] Code = 2'(n ^ (n >> 1));
      assign owns[n] = (owner == Code);
      assign fresh[n] = owns[n] & start_i;
      assign product[n] = (owner_q == Code) ? part_q[0] : bit_q[n];

      always_ff @(posedge clk_i or negedge rst_ni) begin
        if (!rst_ni) bit_q[n] <= 1'b0;
        else if (owns[(n+1)%Streams]) bit_q[n] <= tail[0];
      end
    end
  end

  // Serial adders: a start forgets product and carry of the stream's word before.
  logic [Streams-1:0] carry_q, carry, term;
  assign carry = carry_q & ~fresh;
  assign term = (product & ~fresh) ^ (owns & {Streams{low}});

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      acc_o <= '0;
      carry_q <= '0;
    end else begin
      acc_o <= term ^ acc_i ^ carry;
      carry_q <= (term & acc_i) | (term & carry) | (acc_i & carry);
    end
  end
endmodule
