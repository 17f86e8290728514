// The output side of the DRAM channel: words from the output buffer to DRAM, for the tiles with
// outputs in order. step_i moves a word; latency: 1 clock to read_o, bus_o and read_address_o, 2 to
// dram_write_o and what stands beside it, where output_i carries the bytes that were read: a word
// of each row bus.
//
// A record is, from the highest bit down: last of the list; last of its tile; tiles from this one
// to the next with outputs; whether the tile behind that one, or `slots` behind it, waits for all;
// whether a batch's lie further on; turn in even batches and whether odd ones differ; DRAM words;
// bytes of a slot; address in the bank; in DRAM; bus; bytes that DRAM keeps in front; end of those
// that are written. Record 0 opens the list: it has the distance and waits of the first tile alone.
module sa_transfer_writes #(
  parameter int Writes = 8,  // records
  parameter int Buses = 4,
  parameter int AddressBits = 16,
  parameter int CounterBits = 8,
  parameter int BatchBits = 16,
  parameter int DramBytes = 16,
  parameter int DramBits = 24,
  parameter int TransferBits = 8,
  parameter int SkipBits = 12,
  parameter int BusBits = (Buses > 1) ? $clog2(Buses) : 1,  // derived
  parameter int IndexBits = (Writes > 1) ? $clog2(Writes) : 1,
  parameter int RecordBits = 7 + CounterBits + TransferBits + 2 * AddressBits + DramBits + BusBits +
                             2 * SkipBits
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         load_i,
  input  logic [IndexBits-1:0]         load_index_i,
  input  logic [RecordBits-1:0]        load_record_i,
  input  logic [DramBits-1:0]          batch_bytes_i,
  input  logic                         open_i,
  input  logic                         start_i,  // takes what record 0 says
  input  logic                         step_i,
  // The tile whose outputs are next and its waits, and the same from the next clock on.
  output logic [CounterBits-1:0]       tile_o,
  output logic [CounterBits-1:0]       next_tile_o,
  output logic                         next_after_one_o,
  output logic                         next_after_slots_o,
  output logic [BatchBits-1:0]         batches_o,  // whose outputs are written
  output logic                         busy_o,     // words are on their way
  output logic                         read_o,
  output logic [BusBits-1:0]           bus_o,
  output logic [AddressBits-1:0]       read_address_o,
  input  logic [Buses*DramBytes*8-1:0] output_i,
  output logic                         dram_write_o,
  output logic [DramBits-1:0]          dram_address_o,
  output logic [DramBytes-1:0]         dram_mask_o,
  output logic [DramBytes*8-1:0]       dram_word_o
);
  logic [RecordBits-1:0] record;
  logic last_word, next, last, tile_last, after_one, after_slots, per_batch, turn, turn_flips;
  logic [CounterBits-1:0] distance;
  logic [TransferBits-1:0] words;
  logic [AddressBits-1:0] slot, address, word_address;
  logic [DramBits-1:0] dram, word_dram;
  logic [BusBits-1:0] bus;
  logic [SkipBits-1:0] skip, ends;
  assign {last, tile_last, distance, after_one, after_slots, per_batch, turn, turn_flips, words,
          slot, address, dram, bus, skip, ends} = record;
  assign next = start_i | (step_i & last_word);
  sa_record_walk #(.Records(Writes), .Width(RecordBits)) u_records (
    .clk_i, .rst_ni, .load_i, .load_index_i, .load_record_i, .open_i, .next_i(next),
    .restart_i(IndexBits'(1)), .record_o(record)
  );

  logic odd_q, after_one_q, after_slots_q, tile_next;
  logic [DramBits-1:0] batch_offset_q;
  assign tile_next = start_i | (step_i & last_word & tile_last);
  assign next_tile_o = tile_o + (distance & {CounterBits{tile_next}});
  assign next_after_one_o = tile_next ? after_one : after_one_q;
  assign next_after_slots_o = tile_next ? after_slots : after_slots_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      tile_o <= '0;
      after_one_q <= 1'b0;
      after_slots_q <= 1'b0;
      odd_q <= 1'b0;
      batch_offset_q <= '0;
      batches_o <= '0;
    end else begin
      if (tile_next) begin
        tile_o <= next_tile_o;
        after_one_q <= after_one;
        after_slots_q <= after_slots;
      end
      if (step_i & last_word & last) begin
        odd_q <= ~odd_q;
        batch_offset_q <= batch_offset_q + batch_bytes_i;
        batches_o <= batches_o + 1'b1;
      end
    end
  end

  logic first_word;
  sa_transfer_words #(
    .AddressBits(AddressBits), .DramBits(DramBits), .TransferBits(TransferBits),
    .DramBytes(DramBytes)
  ) u_words (
    .clk_i, .rst_ni, .step_i, .words_i(words),
    .address_i(address + (slot & {AddressBits{turn ^ (turn_flips & odd_q)}})),
    .dram_i(dram + (batch_offset_q & {DramBits{per_batch}})), .first_o(first_word),
    .last_o(last_word), .address_o(word_address), .dram_o(word_dram)
  );

  // Bytes from the word's first one to those that are written, and to their end.
  logic [SkipBits-1:0] word_skip, word_end, skip_q, end_q;
  logic [DramBytes-1:0] mask;
  assign word_skip = first_word ? skip : skip_q;
  assign word_end = first_word ? ends : end_q;
  for (genvar i = 0; i < DramBytes; i++) begin : gen_byte
    localparam logic [31:0] Byte = i;
    assign mask[i] = (32'(word_skip) <= Byte) & (32'(word_end) > Byte);
  end
  function automatic logic [SkipBits-1:0] less_word(input logic [SkipBits-1:0] bytes);
    less_word = (32'(bytes) > DramBytes) ? bytes - SkipBits'(DramBytes) : '0;
  endfunction

  logic [DramBits-1:0] dram_q;
  logic [DramBytes-1:0] mask_q;
  logic [BusBits-1:0] there_bus_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      skip_q <= '0;
      end_q <= '0;
      read_o <= 1'b0;
      bus_o <= '0;
      read_address_o <= '0;
      dram_q <= '0;
      mask_q <= '0;
      dram_write_o <= 1'b0;
      dram_address_o <= '0;
      dram_mask_o <= '0;
      there_bus_q <= '0;
    end else begin
      read_o <= step_i;
      dram_write_o <= read_o;
      if (step_i) begin
        skip_q <= less_word(word_skip);
        end_q <= less_word(word_end);
        bus_o <= bus;
        read_address_o <= word_address;
        dram_q <= word_dram;
        mask_q <= mask;
      end
      if (read_o) begin
        dram_address_o <= dram_q;
        dram_mask_o <= mask_q;
        there_bus_q <= bus_o;
      end
    end
  end
  assign busy_o = read_o | dram_write_o;
  assign dram_word_o = output_i[there_bus_q*DramBytes*8+:DramBytes*8];
endmodule
