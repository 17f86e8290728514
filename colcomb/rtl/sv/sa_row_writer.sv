// Where the results of one bus's rows go: what RowOutput of the simulator decides in the clock in
// which an accumulation is whole (cycle-model.md, "ReLU and quantization block"). Rows follow each
// other clock by clock, so a row's place comes from that of the row before by an addition.
//
// Latency: 1 clock from valid_i (the word's row row_i of the bus, its accumulation whole) to the
// outputs, which stand beside the row's result: one of partial_o, direct_o and windows_o, if the
// tile has the row. partial_o: to the partial-sum buffer at partial_address_o, an accumulation's.
// direct_o: to where writes_o says. windows_o: through the pooling windows as window_o says, and
// queue_o, if the word completes a window, whose result goes where writes_o says.
//
// A token is, from the highest bit down: whether the tile is the last column tile; rows of the
// tile; whether the word completes an output pixel; words of a row in the partial-sum buffer; the
// word among them; whether results are for the data buffer, global pooling, residual buffer, output
// buffer, are logits, go through pooling windows; the row tile's descriptor; offset of the pixel in
// a plane of the residual buffer; the output buffer's place of row 0's value, and bytes of a row
// there; pooling: accumulator of row 0, and bits that go on as they are; bits of windows likewise.
// writes_o is, from the highest bit down: whether to the residual buffer, the address; whether to
// the output buffer, the address; whether a logit; whether to the data buffer, to global pooling;
// the accumulator; the bits of pooling.
//
// A descriptor, of which each row has one for each row tile, is the address of the row's plane in
// the residual buffer; load_address_i is {row tile, row}, of a bus of one row the row tile.
//
// Requires: rows as sa_bus_token gives them; descriptors are loaded before the first word.
module sa_row_writer #(
  parameter int FirstRow = 0,  // of the bus, in the array
  parameter int Rows = 8,      // of the bus
  parameter int TileRowBits = 6,  // of a tile's rows
  parameter int RowTiles = 16,
  parameter int AddressBits = 16,
  parameter int EntryBits = 5,
  parameter int PoolingBits = 20,
  parameter int WindowBits = 40,
  // Derived.
  parameter int RowBits = (Rows > 1) ? $clog2(Rows) : 1,
  parameter int TileBits = (RowTiles > 1) ? $clog2(RowTiles) : 1,
  parameter int KeepBits = TileBits + ((Rows > 1) ? RowBits : 0),
  parameter int TokenBits =
      TileRowBits + TileBits + 5 * AddressBits + 8 + EntryBits + PoolingBits + WindowBits,
  parameter int WritesBits = 5 + 2 * AddressBits + EntryBits + PoolingBits
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   valid_i,
  input  logic [RowBits-1:0]     row_i,
  input  logic [TokenBits-1:0]   token_i,
  input  logic                   load_i,
  input  logic [KeepBits-1:0]    load_address_i,
  input  logic [AddressBits-1:0] load_keep_i,
  output logic [RowBits-1:0]     row_o,
  output logic                   partial_o,
  output logic [AddressBits-1:0] partial_address_o,
  output logic                   direct_o,
  output logic                   windows_o,
  output logic                   queue_o,
  output logic [WindowBits-1:0]  window_o,
  output logic [WritesBits-1:0]  writes_o
);
  logic whole, completes, to_data, to_pooling, to_residual, to_output, logit, to_windows;
  logic [TileRowBits-1:0] rows;
  logic [AddressBits-1:0] partial_words, word, residual_offset, output_base, output_row_bytes;
  logic [TileBits-1:0] tile;
  logic [EntryBits-1:0] entry;
  logic [PoolingBits-1:0] pooling;
  logic [WindowBits-1:0] window;
  assign {whole, rows, completes, partial_words, word, to_data, to_pooling, to_residual, to_output,
          logit, to_windows, tile, residual_offset, output_base, output_row_bytes, entry, pooling,
          window} = token_i;

  logic active, first;
  assign active = valid_i & (rows > TileRowBits'(FirstRow) + TileRowBits'(row_i));
  assign first = (row_i == '0);

  logic to_data_q, to_pooling_q, to_residual_q, to_output_q, logit_q;
  logic [AddressBits-1:0] residual_offset_q, output_address_q;
  logic [EntryBits-1:0] entry_q;
  logic [PoolingBits-1:0] pooling_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      row_o <= '0;
      partial_o <= 1'b0;
      partial_address_o <= '0;
      direct_o <= 1'b0;
      windows_o <= 1'b0;
      queue_o <= 1'b0;
      window_o <= '0;
      to_data_q <= 1'b0;
      to_pooling_q <= 1'b0;
      to_residual_q <= 1'b0;
      to_output_q <= 1'b0;
      logit_q <= 1'b0;
      residual_offset_q <= '0;
      output_address_q <= '0;
      entry_q <= '0;
      pooling_q <= '0;
    end else begin
      partial_o <= active & ~whole;
      direct_o <= active & whole & ~to_windows;
      windows_o <= active & whole & to_windows;
      queue_o <= active & whole & to_windows & completes;
      if (valid_i) begin
        row_o <= row_i;
        partial_address_o <= first ? word : partial_address_o + partial_words;
        output_address_q <= first ? output_base : output_address_q + output_row_bytes;
        entry_q <= entry + EntryBits'(row_i);
        window_o <= window;
        to_data_q <= to_data;
        to_pooling_q <= to_pooling;
        to_residual_q <= to_residual & active;
        to_output_q <= to_output;
        logit_q <= logit;
        residual_offset_q <= residual_offset;
        pooling_q <= pooling;
      end
    end
  end

  logic [AddressBits-1:0] keep;
  logic [KeepBits-1:0] keep_address;
  if (Rows > 1) begin : gen_rows
    assign keep_address = {tile, row_i};
  end else begin : gen_row
    assign keep_address = tile;
  end
  // Of a single row tile there is no number.
  localparam int Keeps = (Rows > 1) ? RowTiles << RowBits : RowTiles;
  localparam int KeepWordBits = (Keeps > 1) ? $clog2(Keeps) : 1;
  logic unused_tile;
  assign unused_tile = keep_address[KeepBits-1] ^ load_address_i[KeepBits-1];
  sa_buffer_bank #(.Words(Keeps), .Width(AddressBits)) u_keep (
    .clk_i, .read_i(active & to_residual), .read_address_i(KeepWordBits'(keep_address)),
    .write_i(load_i), .write_address_i(KeepWordBits'(load_address_i)), .word_i(load_keep_i),
    .word_o(keep)
  );

  // Masked: there is no address before the first one is read.
  logic [AddressBits-1:0] residual_address;
  assign residual_address = (keep + residual_offset_q) & {AddressBits{to_residual_q}};
  assign writes_o = {to_residual_q, residual_address, to_output_q, output_address_q, logit_q,
                     to_data_q, to_pooling_q, entry_q, pooling_q};
endmodule
