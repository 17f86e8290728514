// Row feeder with its serializers (cycle-model.md, "Row feeder"): the initial accumulation of every
// input word, which is the row's bias, plus the residual source's byte shifted left by f, or the
// partial sum that the column tile before wrote. Rows without a filter give 0.
//
// A word's token goes on to the next row one clock later. Latency, from valid_i: 2 clocks to the
// reads of the row bus's banks, whose values are taken one clock after them; 4 to the first bit of
// acc_o (parallel: to the accumulation, 0 in other clocks).
//
// A token is, from the highest bit down: fraction bits; offset of the word's pixel in a plane of
// the source, with slot and block; the source (0 none, 1 residual buffer, 2 residual input buffer);
// words of a row in the partial-sum buffer; the word among them; the row tile's descriptor; rows of
// the tile; whether it is the first column tile. A descriptor, of which each row tile has one:
// the exponent of the row's scale, by which f is larger (ExponentBits; 0: rows have none), whether
// the row has a residual, the address of its plane, bias. All addresses are of bytes, but
// of the partial sums of accumulations.
//
// Requires: words as far apart as the array does; descriptors are loaded before the first word.
module sa_row_feeder #(
  parameter int Row = 0,
  parameter int Interval = 8,  // I, rows of a bus
  parameter int Kind = sa_pkg::KindMultiplexed,
  parameter int AccBits = 32,  // A: 16, 24 or 32
  parameter int RowTiles = 16,
  parameter int AddressBits = 16,
  parameter int RowBits = 6,   // of a tile's rows
  parameter int ExponentBits = 0,
  // Derived.
  parameter int TileBits = (RowTiles > 1) ? $clog2(RowTiles) : 1,
  parameter int TokenBits = 5 + 3 * AddressBits + 2 + TileBits + RowBits + 1,
  parameter int DescriptorBits = ExponentBits + 1 + AddressBits + AccBits,
  parameter int AccWires = (Kind == sa_pkg::KindParallel) ? AccBits :
                                    (Kind == sa_pkg::KindBalanced) ? 1 : AccBits / 8
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,
  input  logic                      valid_i,
  input  logic [TokenBits-1:0]      token_i,
  output logic                      valid_o,
  output logic [TokenBits-1:0]      token_o,
  input  logic                      load_i,
  input  logic [TileBits-1:0]       load_tile_i,
  input  logic [DescriptorBits-1:0] load_descriptor_i,
  // Banks of the row bus.
  output logic                      read_partial_o,
  output logic                      read_residual_o,
  output logic                      read_residual_input_o,
  output logic [AddressBits-1:0]    address_o,
  input  logic [AccBits-1:0]        partial_sum_i,
  input  logic [7:0]                residual_i,
  input  logic [7:0]                residual_input_i,
  // West edge of the array.
  output logic [AccWires-1:0]       acc_o
);
  // The token in its register, and the descriptor.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_o <= 1'b0;
      token_o <= '0;
    end else begin
      valid_o <= valid_i;
      if (valid_i) token_o <= token_i;
    end
  end

  logic [4:0] fraction_bits;
  logic [AddressBits-1:0] offset, words, word;
  logic [1:0] source;
  logic [TileBits-1:0] unused_tile;
  logic [RowBits-1:0] rows;
  logic first;
  assign {fraction_bits, offset, source, words, word, unused_tile, rows, first} = token_o;

  logic [DescriptorBits-1:0] descriptor;
  logic has_residual;
  logic [AddressBits-1:0] residual_address;
  logic [AccBits-1:0] bias;
  sa_buffer_bank #(.Words(RowTiles), .Width(DescriptorBits)) u_descriptors (
    .clk_i, .read_i(valid_i), .read_address_i(token_i[RowBits+1+:TileBits]), .write_i(load_i),
    .write_address_i(load_tile_i), .word_i(load_descriptor_i),
    .word_o(descriptor)
  );
  assign {has_residual, residual_address, bias} = descriptor[AddressBits+AccBits:0];
  logic [4:0] shift;
  if (ExponentBits > 0) begin : gen_exponent
    assign shift = fraction_bits + 5'(descriptor[1+AddressBits+AccBits+:ExponentBits]);
  end else begin : gen_no_exponent
    assign shift = fraction_bits;
  end

  // What is read.
  logic active, partial, adds;
  assign active = rows > RowBits'(Row);
  assign partial = active & ~first;
  assign adds = active & first & has_residual;

  logic valid_q, there_valid_q, there_partial_q, there_residual_q, there_residual_input_q;
  logic [AccBits-1:0] bias_q, there_bias_q;
  logic [4:0] shift_q, there_shift_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= 1'b0;
      read_partial_o <= 1'b0;
      read_residual_o <= 1'b0;
      read_residual_input_o <= 1'b0;
      address_o <= '0;
      bias_q <= '0;
      shift_q <= '0;
    end else begin
      valid_q <= valid_o;
      read_partial_o <= valid_o & partial;
      read_residual_o <= valid_o & adds & source[0];
      read_residual_input_o <= valid_o & adds & source[1];
      if (valid_o) begin
        address_o <= partial ? AddressBits'(Row % Interval) * words + word
                             : residual_address + offset;
        bias_q <= bias & {AccBits{active & first}};
        shift_q <= shift;
      end
    end
  end

  // Its value is there.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      there_valid_q <= 1'b0;
      there_partial_q <= 1'b0;
      there_residual_q <= 1'b0;
      there_residual_input_q <= 1'b0;
      there_bias_q <= '0;
      there_shift_q <= '0;
    end else begin
      there_valid_q <= valid_q;
      there_partial_q <= read_partial_o;
      there_residual_q <= read_residual_o;
      there_residual_input_q <= read_residual_input_o;
      if (valid_q) begin
        there_bias_q <= bias_q;
        there_shift_q <= shift_q;
      end
    end
  end

  logic [7:0] residual;
  logic [AccBits-1:0] acc;
  assign residual = (residual_i & {8{there_residual_q}}) |
                    (residual_input_i & {8{there_residual_input_q}});
  assign acc = there_partial_q ? partial_sum_i
                               : there_bias_q + (AccBits'(residual) << there_shift_q);

  if (Kind == sa_pkg::KindParallel) begin : gen_parallel
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) acc_o <= '0;
      else acc_o <= acc & {AccBits{there_valid_q}};
    end
  end else begin : gen_serial
    sa_acc_serializer #(.AccBits(AccBits), .Streams(AccWires)) u_serializer (
      .clk_i, .rst_ni, .load_i(there_valid_q), .acc_i(acc), .acc_o
    );
  end
endmodule
