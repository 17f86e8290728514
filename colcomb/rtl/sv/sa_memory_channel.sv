// DRAM channel of the layer-after-layer machine (cycle-model.md, "DRAM channel"): moves a DRAM word
// a clock for the tiles in their order, first the outputs of earlier tiles, then what a tile reads,
// whose words come DramLatency clocks after the first was requested. It reads two lists of
// transfers, of the tiles that read something and of those with outputs, in order: what lies
// between them needs nothing, and is fetched as soon as what is before it.
//
// DRAM: the word at dram_read_address_o with dram_read_o is on dram_word_i DramLatency clocks
// later; dram_write_o writes the bytes of dram_word_o that dram_mask_o names. Addresses are of
// bytes, and multiples of DramBytes. Buffers: with a write to one of them word_o, which is
// dram_word_i, goes to address_o of the banks that banks_o names, columns of the input buffer or
// row buses of the residual input buffer; read_o asks the output buffer's bank bus_o, whose word is
// on output_i, with those of all buses, two clocks after the decision: one after read_o.
//
// Records are loaded before start_i, at least two clocks; start_i stands for one clock, and the
// clock behind it is clock 0 of the machine. ended_i counts tiles of which nothing is read any
// more, done_i stands for a clock for each tile whose results are written, fetched_o counts the
// tiles whose transfers are complete. Latency: 1 clock from either to dram_read_o or read_o.
// finished_o says that all outputs of batches_i batches are in DRAM; no tile is begun then.
//
// Requires: two_slots_i, batch_bytes_i and batches_i (from 1), which keep their values, are the
// program's; counters of tiles differ by less than half of 2^CounterBits.
module sa_memory_channel #(
  parameter int Reads = 8,       // records
  parameter int Writes = 8,
  parameter int Buses = 4,
  parameter int BankBits = 32,   // columns or row buses, whichever are more
  parameter int AddressBits = 16,
  parameter int CounterBits = 8,
  parameter int BatchBits = 16,
  parameter int DramBytes = 16,
  parameter int DramLatency = 32,
  parameter int DramBits = 24,
  parameter int TransferBits = 8,
  parameter int SkipBits = 12,
  // Derived.
  parameter int BusBits = (Buses > 1) ? $clog2(Buses) : 1,
  parameter int ReadIndexBits = (Reads > 1) ? $clog2(Reads) : 1,
  parameter int WriteIndexBits = (Writes > 1) ? $clog2(Writes) : 1,
  parameter int IndexBits = (ReadIndexBits > WriteIndexBits) ? ReadIndexBits : WriteIndexBits,
  parameter int ReadBits = 11 + CounterBits + TransferBits + 2 * AddressBits + DramBits + BankBits,
  parameter int WriteBits = 7 + CounterBits + TransferBits + 2 * AddressBits + DramBits + BusBits +
                            2 * SkipBits,
  parameter int RecordBits = (ReadBits > WriteBits) ? ReadBits : WriteBits
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  // Program memories; of a record the lowest bits count.
  input  logic                         load_read_i,
  input  logic                         load_write_i,
  input  logic [IndexBits-1:0]         load_index_i,
  input  logic [RecordBits-1:0]        load_record_i,
  input  logic [ReadIndexBits-1:0]     read_restart_i,
  input  logic [DramBits-1:0]          batch_bytes_i,
  input  logic                         two_slots_i,
  input  logic [BatchBits-1:0]         batches_i,
  input  logic                         start_i,
  input  logic [CounterBits-1:0]       ended_i,
  input  logic                         done_i,
  output logic [CounterBits-1:0]       fetched_o,
  output logic                         finished_o,
  // Weight, input and residual input buffer.
  output logic                         write_weights_o,
  output logic                         write_input_o,
  output logic                         write_residual_o,
  output logic [AddressBits-1:0]       address_o,
  output logic [BankBits-1:0]          banks_o,
  output logic [DramBytes*8-1:0]       word_o,
  // Output buffer.
  output logic                         read_o,
  output logic [BusBits-1:0]           bus_o,
  output logic [AddressBits-1:0]       read_address_o,
  input  logic [Buses*DramBytes*8-1:0] output_i,
  // DRAM.
  output logic                         dram_read_o,
  output logic [DramBits-1:0]          dram_read_address_o,
  input  logic [DramBytes*8-1:0]       dram_word_i,
  output logic                         dram_write_o,
  output logic [DramBits-1:0]          dram_write_address_o,
  output logic [DramBytes-1:0]         dram_mask_o,
  output logic [DramBytes*8-1:0]       dram_word_o
);
  typedef enum logic [1:0] {Waiting, Writing, Requesting, Arriving} phase_e;
  phase_e phase_q;

  logic running_q, opens;
  assign opens = ~running_q & ~start_i & ~load_read_i & ~load_write_i;

  logic write, write_busy, next_after_one, next_after_slots;
  logic [CounterBits-1:0] writer, next_writer;
  logic [BatchBits-1:0] batches_written;
  sa_transfer_writes #(
    .Writes(Writes), .Buses(Buses), .AddressBits(AddressBits), .CounterBits(CounterBits),
    .BatchBits(BatchBits), .DramBytes(DramBytes), .DramBits(DramBits), .TransferBits(TransferBits),
    .SkipBits(SkipBits)
  ) u_writes (
    .clk_i, .rst_ni, .load_i(load_write_i), .load_index_i(load_index_i[WriteIndexBits-1:0]),
    .load_record_i(load_record_i[WriteBits-1:0]), .batch_bytes_i, .open_i(opens), .start_i,
    .step_i(write), .tile_o(writer), .next_tile_o(next_writer),
    .next_after_one_o(next_after_one), .next_after_slots_o(next_after_slots),
    .batches_o(batches_written), .busy_o(write_busy), .read_o, .bus_o, .read_address_o, .output_i,
    .dram_write_o, .dram_address_o(dram_write_address_o), .dram_mask_o, .dram_word_o
  );

  logic request, read_after_all, before_outputs, next_none, read_tile_ends, moved;
  logic [CounterBits-1:0] next_reader;
  sa_transfer_reads #(
    .Reads(Reads), .BankBits(BankBits), .AddressBits(AddressBits), .CounterBits(CounterBits),
    .BatchBits(BatchBits), .DramBytes(DramBytes), .DramLatency(DramLatency), .DramBits(DramBits),
    .TransferBits(TransferBits)
  ) u_reads (
    .clk_i, .rst_ni, .load_i(load_read_i), .load_index_i(load_index_i[ReadIndexBits-1:0]),
    .load_record_i(load_record_i[ReadBits-1:0]), .restart_i(read_restart_i), .batch_bytes_i,
    .batches_i, .open_i(opens), .start_i, .step_i(request), .after_all_o(read_after_all),
    .before_outputs_o(before_outputs), .next_tile_o(next_reader), .next_none_o(next_none),
    .tile_ends_o(read_tile_ends), .moved_o(moved), .dram_read_o,
    .dram_address_o(dram_read_address_o), .write_weights_o, .write_input_o, .write_residual_o,
    .address_o, .banks_o
  );
  assign word_o = dram_word_i;
  assign finished_o = running_q & (batches_written == batches_i) & ~write_busy;

  // The tile at hand: whether it reads something or only waits for outputs, and for which tiles.
  logic reads_q, stop_after_all_q, after_all, waits_done, may_start, starts, writing, more, finish;
  logic [CounterBits-1:0] slots, done_q, done, done_ahead, ended_ahead;
  assign slots = two_slots_i ? CounterBits'(2) : CounterBits'(1);
  assign done = done_q + CounterBits'(done_i);
  assign after_all = reads_q ? read_after_all : stop_after_all_q;
  assign waits_done = after_all | before_outputs | ~reads_q;
  // Tiles that are done, or of which nothing is read any more, beyond the one that must be.
  assign done_ahead = done - fetched_o + (after_all ? '0 : slots - 1'b1);
  assign ended_ahead = ended_i - fetched_o + slots - 1'b1;
  assign may_start = waits_done ? ~done_ahead[CounterBits-1] : ~ended_ahead[CounterBits-1];
  assign starts = (phase_q == Waiting) & running_q & may_start & ~finished_o;
  assign writing = starts | (phase_q == Writing);

  // Whether a tile's outputs go before what the tile at hand reads.
  function automatic logic goes_before(
    input logic [CounterBits-1:0] tile, input logic [CounterBits-1:0] hand,
    input logic [CounterBits-1:0] distance
  );
    logic [CounterBits-1:0] ahead;
    ahead = hand - tile - distance;
    goes_before = ~ahead[CounterBits-1];
  endfunction
  logic [CounterBits-1:0] distance;
  assign distance = after_all ? CounterBits'(1) : slots;
  assign write = writing & goes_before(writer, fetched_o, distance);
  assign more = goes_before(next_writer, fetched_o, distance);
  assign request = (phase_q == Requesting) | (writing & ~write & reads_q);
  assign finish = start_i | moved | (writing & ~reads_q & ~(write & more));

  // The next tile that needs something: one that reads, or that must wait for the next outputs.
  logic [CounterBits-1:0] following, stop, to_reader, to_stop;
  logic reads;
  assign following = start_i ? '0 : fetched_o + 1'b1;
  assign stop = next_writer + (next_after_one ? CounterBits'(1) : slots);
  assign to_reader = next_reader - following;
  assign to_stop = stop - following;
  assign reads = ~next_none & (to_reader <= to_stop);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      running_q <= 1'b0;
      phase_q <= Waiting;
      fetched_o <= '0;
      reads_q <= 1'b0;
      stop_after_all_q <= 1'b0;
      done_q <= '0;
    end else begin
      running_q <= running_q | start_i;
      done_q <= done;
      if (finish) begin
        phase_q <= Waiting;
        fetched_o <= reads ? next_reader : stop;
        reads_q <= reads;
        stop_after_all_q <= next_after_one | next_after_slots;
      end else if (request) begin
        phase_q <= read_tile_ends ? Arriving : Requesting;
      end else if (writing) begin
        phase_q <= more ? Writing : Requesting;
      end
    end
  end
endmodule
