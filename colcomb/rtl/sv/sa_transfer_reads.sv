// The input side of the DRAM channel: words from DRAM to the buffers, for the tiles that read
// something in order. step_i requests a word; latency: 1 clock to dram_read_o and dram_address_o,
// DramLatency more to the word on dram_word_i, in whose clock the writes to the buffers stand
// beside it, and moved_o a clock before these.
//
// A record is, from the highest bit down: last of the list; last of its tile; whether no further
// tile reads anything; whether its tile waits for all; whether the tile that used its slots has
// outputs; tiles from this one to the next that reads something; whether it goes to the weight
// buffer, the input buffer, the residual input buffer; whether a batch's lie further on; turn in
// even batches and whether odd ones differ; DRAM words; bytes of a slot; address in the bank; in
// DRAM; a bit for each bank that takes a copy. Record 0 opens the list: it has the distance of the
// first tile alone.
module sa_transfer_reads #(
  parameter int Reads = 8,      // records
  parameter int BankBits = 32,  // banks
  parameter int AddressBits = 16,
  parameter int CounterBits = 8,
  parameter int BatchBits = 16,
  parameter int DramBytes = 16,
  parameter int DramLatency = 32,  // from 2
  parameter int DramBits = 24,
  parameter int TransferBits = 8,
  parameter int IndexBits = (Reads > 1) ? $clog2(Reads) : 1,  // derived
  parameter int RecordBits = 11 + CounterBits + TransferBits + 2 * AddressBits + DramBits + BankBits
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   load_i,
  input  logic [IndexBits-1:0]   load_index_i,
  input  logic [RecordBits-1:0]  load_record_i,
  input  logic [IndexBits-1:0]   restart_i,
  input  logic [DramBits-1:0]    batch_bytes_i,
  input  logic [BatchBits-1:0]   batches_i,
  input  logic                   open_i,
  input  logic                   start_i,  // takes what record 0 says
  input  logic                   step_i,
  // The next tile that reads something: its waits, and its number from the next clock on.
  output logic                   after_all_o,
  output logic                   before_outputs_o,
  output logic [CounterBits-1:0] next_tile_o,
  output logic                   next_none_o,  // there is none
  output logic                   tile_ends_o,  // its last word is requested in this clock
  output logic                   moved_o,      // its last word comes in the next one
  output logic                   dram_read_o,
  output logic [DramBits-1:0]    dram_address_o,
  output logic                   write_weights_o,
  output logic                   write_input_o,
  output logic                   write_residual_o,
  output logic [AddressBits-1:0] address_o,
  output logic [BankBits-1:0]    banks_o
);
  logic [RecordBits-1:0] record;
  logic last_word, next, last, tile_last, none, to_weights, to_input, to_residual, per_batch, turn;
  logic turn_flips;
  logic [CounterBits-1:0] distance, tile_q;
  logic [TransferBits-1:0] words;
  logic [AddressBits-1:0] slot, address, word_address;
  logic [DramBits-1:0] dram, word_dram;
  logic [BankBits-1:0] banks;
  assign {last, tile_last, none, after_all_o, before_outputs_o, distance, to_weights, to_input,
          to_residual, per_batch, turn, turn_flips, words, slot, address, dram, banks} = record;
  assign next = start_i | (step_i & last_word);
  sa_record_walk #(.Records(Reads), .Width(RecordBits)) u_records (
    .clk_i, .rst_ni, .load_i, .load_index_i, .load_record_i, .open_i, .next_i(next), .restart_i,
    .record_o(record)
  );

  // Batches behind the last one are read as the last again: nothing lies behind it.
  logic odd_q, none_q, tile_next;
  logic [DramBits-1:0] batch_offset_q;
  logic [BatchBits-1:0] batch_q;
  assign tile_ends_o = step_i & last_word & tile_last;
  assign tile_next = start_i | tile_ends_o;
  assign next_tile_o = tile_q + (distance & {CounterBits{tile_next}});
  assign next_none_o = tile_next ? none : none_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      tile_q <= '0;
      none_q <= 1'b0;
      odd_q <= 1'b0;
      batch_q <= BatchBits'(1);
      batch_offset_q <= '0;
    end else begin
      tile_q <= next_tile_o;
      none_q <= next_none_o;
      if (step_i & last_word & last) begin
        odd_q <= ~odd_q;
        if (batch_q < batches_i) begin
          batch_q <= batch_q + 1'b1;
          batch_offset_q <= batch_offset_q + batch_bytes_i;
        end
      end
    end
  end

  logic unused_first;
  sa_transfer_words #(
    .AddressBits(AddressBits), .DramBits(DramBits), .TransferBits(TransferBits),
    .DramBytes(DramBytes)
  ) u_words (
    .clk_i, .rst_ni, .step_i, .words_i(words),
    .address_i(address + (slot & {AddressBits{turn ^ (turn_flips & odd_q)}})),
    .dram_i(dram + (batch_offset_q & {DramBits{per_batch}})), .first_o(unused_first),
    .last_o(last_word), .address_o(word_address), .dram_o(word_dram)
  );
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      dram_read_o <= 1'b0;
      dram_address_o <= '0;
    end else begin
      dram_read_o <= step_i;
      if (step_i) dram_address_o <= word_dram;
    end
  end

  // What the word is for waits as long as the word.
  logic valid, there_weights, there_input, there_residual;
  sa_word_delay #(.Clocks(DramLatency + 1), .Width(3 + AddressBits + BankBits)) u_there (
    .clk_i, .rst_ni, .valid_i(step_i),
    .d_i({to_weights, to_input, to_residual, word_address, banks}),
    .valid_o(valid),
    .q_o({there_weights, there_input, there_residual, address_o, banks_o})
  );
  sa_delay #(.Clocks(DramLatency), .Width(1)) u_moved (
    .clk_i, .rst_ni, .d_i(tile_ends_o), .q_o(moved_o)
  );
  assign write_weights_o = valid & there_weights;
  assign write_input_o = valid & there_input;
  assign write_residual_o = valid & there_residual;
endmodule
